"""`cuttings chat`: a prompt to ask on at."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import click

from index.filters import ArticleFilter
from index.library import Library
from index.settings import IndexSettings
from qa.assembly import open_answerer
from qa.cli import EXIT_ANSWERED
from qa.commands.opening import article_page
from qa.commands.questions import filter_options
from qa.configuration import Configuration
from qa.domain import Answer
from qa.errors import AnsweringError
from qa.terminal import described, note, print_answer

HELP = """Type a question, or
  /sources   the cuttings of the last answer, or the nearest passages
  /open N    the article of cutting N, at the cutting
  /help      this
  /quit      leave (also Ctrl-D); Ctrl-C drops the line"""


@click.command("chat")
@filter_options
@click.pass_obj
def chat_command(library: str | None, /, **where: Any) -> int:
    """Ask one question after the other, at a prompt."""
    asked_of = ArticleFilter(**where)
    configuration = Configuration()
    index = configuration.index(library)
    opened = open_answerer(index, configuration.qa(), many_questions=True, notify=note)
    last: Answer | None = None
    click.echo(_greeting(opened.library, asked_of))
    for line in _lines(index):
        command, _, rest = line.strip().partition(" ")
        match command:
            case "":
                continue
            case "/quit" | "/exit" | "/q":
                break
            case "/help" | "/?":
                click.echo(HELP)
            case "/sources":
                _print_sources(last)
            case "/open":
                _open_cutting(opened.library, last, rest.strip())
            case _ if command.startswith("/"):
                click.echo(f"{command} is not a command.\n{HELP}")
            case _:
                try:
                    last = opened.answerer.answer(line, where=asked_of)
                    print_answer(last)
                except AnsweringError as error:
                    click.echo(str(error))
                click.echo()
    return EXIT_ANSWERED


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


def _print_sources(answer: Answer | None) -> None:
    if answer is None:
        click.echo("No answer yet.")
        return
    shown = [(one.retrieved, one.start_char) for one in answer.citations] or [
        (one, one.stored.passage.start_char) for one in answer.passages
    ]
    for number, (retrieved, offset) in enumerate(shown, 1):
        click.echo(
            f"[{number}] {described(retrieved, offset)}  ({retrieved.stored.passage.article_id})"
        )


def _open_cutting(library: Library, answer: Answer | None, number: str) -> None:
    """Show the article of a cutting in the pager, at the cutting."""
    spans = (
        [(one.retrieved, (one.start_char, one.end_char)) for one in answer.citations]
        if answer
        else []
    )
    if answer and not spans:
        spans = [
            (one, (one.stored.passage.start_char, one.stored.passage.end_char))
            for one in answer.passages
        ]
    if not number.isdigit() or not 1 <= int(number) <= len(spans):
        click.echo(
            f"/open takes a number from 1 to {len(spans)}." if spans else "No cutting to open yet."
        )
        return
    retrieved, span = spans[int(number) - 1]
    text, line = article_page(retrieved.stored.article, span)
    _page(text, line)


def _page(text: str, line: int) -> None:
    """Show text from a line on; less can, where it is installed, and else it is printed."""
    import shutil

    less = shutil.which("less")
    if not (less and sys.stdout.isatty()):
        click.echo(text)
        return
    environment = {**os.environ, "LESSSECURE": "1"}
    subprocess.run(
        [less, "-R", f"+{max(1, line - 2)}"], input=text.encode(), env=environment, check=False
    )
