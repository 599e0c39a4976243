"""What `cuttings chat` shows of an answer when asked: its cuttings, and their articles."""

import os
import signal
import subprocess
import sys

import click

from index.library import Library
from index.sentences import Span
from qa.commands.opening import article_page
from qa.domain import Answer, RetrievedPassage
from qa.terminal import described


def print_sources(answer: Answer | None) -> None:
    """Print what each cutting is from, or each nearest passage."""
    if answer is None:
        click.echo("No answer yet.")
        return
    for number, (retrieved, (start, _)) in enumerate(_shown(answer), 1):
        click.echo(
            f"[{number}] {described(retrieved, start)}  ({retrieved.stored.passage.article_id})"
        )


def open_cutting(library: Library, answer: Answer | None, number: str) -> None:
    """Show the article of a cutting in the pager, at the cutting."""
    spans = _shown(answer) if answer else []
    if not number.isdecimal() or not 1 <= int(number) <= len(spans):
        click.echo(
            f"/open takes a number from 1 to {len(spans)}." if spans else "No cutting to open yet."
        )
        return
    retrieved, span = spans[int(number) - 1]
    text, line = article_page(retrieved.stored.article, span)
    _page(text, line)


def _shown(answer: Answer) -> list[tuple[RetrievedPassage, Span]]:
    """Return each cutting with its place in the article; else each nearest passage."""
    return [(one.retrieved, (one.start_char, one.end_char)) for one in answer.citations] or [
        (one, (one.stored.passage.start_char, one.stored.passage.end_char))
        for one in answer.passages
    ]


def _page(text: str, line: int) -> None:
    """Show text from a line on; less can, where it is installed, and else it is printed."""
    import shutil

    less = shutil.which("less")
    if not (less and sys.stdout.isatty()):
        click.echo(text)
        return
    environment = {**os.environ, "LESSSECURE": "1"}
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
    try:
        subprocess.run(
            [less, "-R", f"+{max(1, line - 2)}"], input=text.encode(), env=environment, check=False
        )
    finally:
        signal.signal(signal.SIGINT, before)
