"""`cuttings sessions`: list, rename, delete and export conversations."""

from dataclasses import asdict
from datetime import datetime

import click
import orjson

from qa.cli import EXIT_ANSWERED
from qa.configuration import Configuration
from qa.conversations import Conversations
from qa.errors import UnknownSessionError
from qa.markdown import exported
from qa.sessions import Session
from qa.terminal import note, printable, shortened

ID_SHOWN = 8
BEGIN_ONE = "begin one with: cuttings chat --session NAME"


@click.group("sessions", invoke_without_command=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--offset", default=0, type=click.IntRange(0, 10_000_000))
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_context
def sessions_command(ctx: click.Context, limit: int, offset: int, as_json: bool) -> int:
    """List the conversations, the latest first; or rename, delete, export one.

    SESSION is a name, an id, or the beginning of an id.
    """
    if ctx.invoked_subcommand:
        return EXIT_ANSWERED
    conversations = opened_conversations(ctx.obj)
    there = conversations.exists()
    found = conversations.sessions(limit=limit, offset=offset) if there else []
    total = conversations.count() if there else 0
    if as_json:
        click.echo(orjson.dumps([asdict(one) for one in found], option=orjson.OPT_INDENT_2))
        return EXIT_ANSWERED
    for one in found:
        click.echo(_line(one))
    if not total:
        note(f"No sessions yet; {BEGIN_ONE}")
    elif total > len(found):
        note(f"{len(found):,} of {total:,}; more with --limit and --offset")
    return EXIT_ANSWERED


@sessions_command.command("rename")
@click.argument("session")
@click.argument("name")
@click.pass_obj
def rename_command(library: str | None, session: str, name: str) -> int:
    """Give a session a name, or another one."""
    conversations = opened_conversations(library)
    renamed = conversations.rename(_found(conversations, session).id, name)
    click.echo(f"Renamed {described_session(renamed)}.")
    return EXIT_ANSWERED


@sessions_command.command("delete")
@click.argument("session")
@click.pass_obj
def delete_command(library: str | None, session: str) -> int:
    """Delete a session and all that was said."""
    conversations = opened_conversations(library)
    found = _found(conversations, session)
    conversations.delete(found.id)
    click.echo(f"Deleted {described_session(found)}.")
    return EXIT_ANSWERED


@sessions_command.command("export")
@click.argument("session")
@click.pass_obj
def export_command(library: str | None, session: str) -> int:
    """Print a session as Markdown, with the cuttings as footnotes."""
    conversations = opened_conversations(library)
    found = _found(conversations, session)
    click.echo(exported(found, conversations.turns(found.id)).encode(), nl=False)
    return EXIT_ANSWERED


def opened_conversations(library: str | None) -> Conversations:
    """Return the conversations beside a library."""
    configuration = Configuration()
    return Conversations(configuration.index(library).library, configuration.sessions)


def described_session(session: Session) -> str:
    """Return the name, or the beginning of the id, and the number of turns."""
    name = f"“{session.name}”" if session.name else session.id[:ID_SHOWN]
    turns = "1 turn" if session.turn_count == 1 else f"{session.turn_count:,} turns"
    return printable(f"{name} with {turns}")


def _found(conversations: Conversations, session: str) -> Session:
    if not conversations.exists():  # looking would make the file
        raise UnknownSessionError(f"no session {session!r}; {BEGIN_ONE}")
    return conversations.find(session)


def _line(session: Session) -> str:
    latest = datetime.fromisoformat(session.last_turn_at).astimezone()
    name = f"{session.name} · " if session.name else ""
    asked = shortened(session.last_question) if session.last_question else "no question yet"
    return printable(
        f"{session.id[:ID_SHOWN]}  {latest:%Y-%m-%d %H:%M}  {session.turn_count:>4}  {name}{asked}"
    )
