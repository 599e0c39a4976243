"""The `cuttings` command: what all subcommands share, and the subcommands by name.

A question must be quick, so each subcommand imports what it needs when it runs.
"""

import importlib
import os
import sys
from typing import Any

import click

EXIT_ANSWERED, EXIT_FAILED, EXIT_USAGE, EXIT_NOT_ANSWERED = 0, 1, 2, 3
EXIT_STOPPED = 130
"""What shells expect of a command that Ctrl-C ended."""
COMMANDS = {
    "add": "articles_in",
    "remove": "articles_in",
    "ask": "questions",
    "search": "questions",
    "chat": "chatting",
    "sessions": "sessions",
    "articles": "listing",
    "show": "listing",
    "status": "upkeep",
    "doctor": "upkeep",
    "serve": "serving",
    "mcp": "model_context",
    "completion": "completion",
}
"""Subcommand to the module of qa.commands that holds it."""


class LazyGroup(click.Group):
    """Imports a subcommand's module only when it is called or described."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand, None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"qa.commands.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--library",
    metavar="FOLDER",
    envvar="CUTTINGS_LIBRARY",
    help="Where the library is; CUTTINGS_LIBRARY sets it too.",
)
@click.version_option(package_name="cuttings", message="%(prog)s %(version)s")
@click.pass_context
def cuttings(ctx: click.Context, library: str | None) -> None:
    """Ask your own collection of news articles, and get the cutting that answers.

    \b
      cuttings add ~/news                     put articles in: files, folders, collections
      cuttings ask "who spoke with Campbell?" ask once
      cuttings chat                           ask on
      cuttings serve                          ask over HTTP, at http://127.0.0.1:8765

    Exit status: 0 answered or done, 1 failed, 2 wrong usage, 3 not answered by these articles.
    """  # noqa: D301 - click reads the backspace
    ctx.obj = library


def main() -> None:
    """Run the command; every failure is one line on standard error."""
    _quiet_third_parties()
    try:
        result: Any = cuttings.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else EXIT_ANSWERED)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        _fail("stopped", EXIT_STOPPED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _fail("stopped", EXIT_STOPPED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except Exception as error:
        _fail(*_described(error))


def _described(error: Exception) -> tuple[str, int]:
    import sqlite3

    from pydantic import ValidationError

    from index.errors import IndexingError, InputError
    from qa.errors import AnsweringError, QuestionError, SessionNameError, UnknownSessionError

    if isinstance(error, InputError | QuestionError | SessionNameError | UnknownSessionError):
        return str(error), EXIT_USAGE
    if isinstance(error, IndexingError | AnsweringError):
        return str(error), EXIT_FAILED
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        return f"setting {name}: {first['msg']}, found {first['input']!r}", EXIT_USAGE
    if isinstance(error, sqlite3.Error):
        return (
            f"the library could not be used: {error}; check it with: cuttings doctor",
            EXIT_FAILED,
        )
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"{error.strerror or error}{where}", EXIT_FAILED
    if os.environ.get("CUTTINGS_DEBUG"):
        raise error
    return (
        f"internal error: {type(error).__name__}: {error}; set CUTTINGS_DEBUG=1 for details",
        EXIT_FAILED,
    )


def _fail(message: str, status: int) -> None:
    click.echo(f"cuttings: {message}", err=True)
    sys.exit(status)


def _quiet_third_parties() -> None:
    """Keep libraries from calling home and from talking over the answer."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")


if __name__ == "__main__":
    main()
