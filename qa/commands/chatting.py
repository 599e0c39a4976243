"""`cuttings chat`: a prompt to ask on at, in a session that is stored."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any

import click

from index.filters import ArticleFilter
from index.library import Library
from index.settings import IndexSettings
from qa.assembly import Opened, open_answerer
from qa.cli import EXIT_ANSWERED
from qa.commands.chat_model import chat_model_options
from qa.commands.cuttings_shown import open_cutting, print_sources
from qa.commands.questions import filter_options
from qa.commands.sessions import described_session
from qa.configuration import Configuration
from qa.conversations import Conversations
from qa.domain import Answer
from qa.errors import (
    AnsweringError,
    ConversationsError,
    SeveralSessionsError,
    UnknownSessionError,
)
from qa.remembering import Remembering
from qa.sessions import Session
from qa.showing import show
from qa.terminal import note, printable, shortened

HELP = """Type a question, which may build on the one before, or
  /sources        the cuttings of the last answer, or the nearest passages
  /open N         the article of cutting N, at the cutting
  /new            begin anew, without what was said
  /session NAME   go on with a session, or begin it
  /help           this
  /quit           leave (also Ctrl-D); Ctrl-C drops the line, or stops the answer"""


@click.command("chat")
@click.option("--session", metavar="NAME", help="Go on with this session, or begin it.")
@filter_options
@chat_model_options
@click.pass_obj
def chat_command(library: str | None, /, session: str | None, **where: Any) -> int:
    """Ask one question after the other, at a prompt; what is said is stored as a session."""
    configuration = Configuration()
    index = configuration.index(library)
    opened = open_answerer(index, configuration.qa(), many_questions=True, notify=note)
    conversations = Conversations(index.library, configuration.sessions)
    chat = Chat(opened, conversations, ArticleFilter(**where))
    if session is not None:
        chat.go_on_with(session)
    click.echo(_greeting(opened.library, chat.where))
    for line in _lines(index):
        if not chat.take(line):
            break
    conversations.close()
    return EXIT_ANSWERED


class Chat:
    """What is typed, one line after the other."""

    def __init__(self, opened: Opened, conversations: Conversations, where: ArticleFilter) -> None:
        self.where = where
        self._opened = opened
        self._conversations = conversations
        self._session = Remembering(conversations)
        self._last: Answer | None = None

    def take(self, line: str) -> bool:
        """Do what a line says; return whether to go on."""
        command, _, rest = line.strip().partition(" ")
        match command:
            case "":
                pass
            case "/quit" | "/exit" | "/q":
                return False
            case "/help" | "/?":
                click.echo(HELP)
            case "/sources":
                print_sources(self._last)
            case "/open":
                open_cutting(self._opened.library, self._last, rest.strip())
            case "/new":
                self._session, self._last = Remembering(self._conversations), None
                click.echo("Begun anew.")
            case "/session":
                self._told(lambda: self.go_on_with(rest))
            case _ if command.startswith("/"):
                click.echo(f"{command} is not a command.\n{HELP}")
            case _:
                self._told(lambda: self._ask(line))
                click.echo()
        return True

    def go_on_with(self, name: str) -> None:
        """Go on with the session of that name or id; one that is not there is begun."""
        try:
            try:
                session = self._conversations.find(name)
            except SeveralSessionsError as error:
                note(str(error))
                return
            except UnknownSessionError:
                session = self._conversations.create(name)
        except ConversationsError as error:
            note(f"{error}; nothing that is said now is stored")
            return
        self._session, self._last = Remembering(self._conversations, session.id), None
        click.echo(_opening(session))

    def _ask(self, line: str) -> None:
        events = self._session.events(self._opened.answerer, line, where=self.where)
        with closing(events):
            self._last = show(line, events)

    def _told(self, work: Callable[[], None]) -> None:
        """Do what may go wrong, and say so."""
        try:
            work()
        except AnsweringError as error:
            click.echo(str(error))
        except KeyboardInterrupt:
            if not sys.stdin.isatty():
                raise
            click.echo("\nStopped.")


def _opening(session: Session) -> str:
    """Return what is shown of a session that is gone on with."""
    if not session.turn_count:
        return f"Session {described_session(session)}."
    return printable(
        f"Session {described_session(session)}. "
        f"The last question was: {shortened(session.last_question or '')}"
    )


def _greeting(library: Library, where: ArticleFilter) -> str:
    count = library.count_articles(where) if library.exists() else 0
    return f"{count:,} articles. Ask, or type /help."


def _lines(settings: IndexSettings) -> Iterable[str]:
    return _typed_lines(settings) if sys.stdin.isatty() else sys.stdin


def _typed_lines(settings: IndexSettings) -> Iterator[str]:
    """Yield the lines that are typed, until Ctrl-D."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    settings.library.mkdir(parents=True, exist_ok=True)
    history = settings.library / "history.txt"
    history.touch(mode=0o600)
    session: PromptSession[str] = PromptSession(history=FileHistory(str(history)))
    while True:
        try:
            yield session.prompt("› ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
