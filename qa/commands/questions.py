"""`cuttings ask` and `cuttings search`."""

import sys
from collections.abc import Callable
from typing import Any

import click
import orjson

from index.filters import ArticleFilter
from qa.assembly import Opened, open_answerer
from qa.cli import EXIT_ANSWERED, EXIT_NOT_ANSWERED
from qa.commands.chat_model import chat_model_options
from qa.configuration import Configuration
from qa.serialising import answer_json, passage_json
from qa.settings import GenerativeSettings
from qa.terminal import described, note, print_answer, printable

Command = Callable[..., Any]


def filter_options(command: Command) -> Command:
    """Add the options that say which articles a question is put to."""
    for option in reversed(
        (
            click.option(
                "--after",
                "published_after",
                metavar="DAY",
                help="Published on or after, as 2024-06-14.",
            ),
            click.option(
                "--before", "published_before", metavar="DAY", help="Published on or before."
            ),
            click.option("--source", help="Outlet, or part of its name."),
            click.option("--author", help="Author, or part of the name."),
            click.option("--article", "article_id", metavar="ID", help="This article alone."),
        )
    ):
        command = option(command)
    return command


def open_for_one_question(library: str | None, *, to_answer: bool = True) -> Opened:
    """Open the library the quick way, without torch and chromadb."""
    configuration = Configuration()
    qa = configuration.qa()
    if not to_answer:  # a search needs no chat model
        qa = qa.model_copy(update={"generative": GenerativeSettings()})
    return open_answerer(configuration.index(library), qa, many_questions=False, notify=note)


@click.command("ask")
@click.argument("question", nargs=-1)
@filter_options
@chat_model_options
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.pass_obj
def ask_command(
    library: str | None, /, question: tuple[str, ...], as_json: bool, **where: Any
) -> int:
    """Ask one question, given as words or on standard input."""
    opened = open_for_one_question(library)
    answer = opened.answerer.answer(_question(question), where=ArticleFilter(**where))
    if as_json:
        click.echo(orjson.dumps(answer_json(answer), option=orjson.OPT_INDENT_2))
    else:
        print_answer(answer)
    return EXIT_ANSWERED if answer.answered else EXIT_NOT_ANSWERED


@click.command("search")
@click.argument("query", nargs=-1)
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@filter_options
@click.option("--json", "as_json", is_flag=True, help="Print the passages as JSON.")
@click.pass_obj
def search_command(
    library: str | None, /, query: tuple[str, ...], limit: int, as_json: bool, **where: Any
) -> int:
    """Show the nearest passages, without an answer."""
    opened = open_for_one_question(library, to_answer=False)
    found = opened.answerer.passages(_question(query), where=ArticleFilter(**where), limit=limit)
    if as_json:
        click.echo(orjson.dumps([passage_json(one) for one in found], option=orjson.OPT_INDENT_2))
    else:
        for number, one in enumerate(found, 1):
            click.echo(
                f"{number:>2}. {one.score:.2f}  {described(one, one.stored.passage.start_char)}"
            )
            click.echo(f"    {printable(' '.join(one.text.split()))[:300]}\n")
    return EXIT_ANSWERED if found else EXIT_NOT_ANSWERED


def _question(words: tuple[str, ...]) -> str:
    if words and words != ("-",):
        return " ".join(words)
    if sys.stdin.isatty():
        raise click.UsageError(
            'no question; ask like this: cuttings ask "who spoke with Campbell?"'
        )
    return sys.stdin.buffer.read(1_000_000).decode("utf-8", "replace")
