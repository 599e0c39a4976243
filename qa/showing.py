"""An answer at the terminal as it comes: piece by piece, then the cuttings."""

import re
import sys
from collections.abc import Iterable

import click

from qa.answering import NOT_ANSWERED
from qa.domain import Answer
from qa.events import Asked, Cited, Done, Event, Piece
from qa.terminal import console, print_below, printable
from qa.transcripts import Marking


def show(question: str, events: Iterable[Event]) -> Answer:
    """Print events as they come and return the answer.

    Where the question was understood otherwise than it was typed, that is said first.
    """
    marking = Marking()
    for event in events:
        match event:
            case Asked(understood) if understood != " ".join(question.split()):
                _print(f"understood as: {understood}\n", "dim")
            case Piece(text):
                _print(marking.write(event), _style(text))
            case Cited():
                _print(marking.write(event), "cyan")
            case Done(answer):
                _print("\n", "")
                print_below(answer)
                return answer
            case _:
                pass
    raise AssertionError("events end with Done")


def _style(text: str) -> str:
    return "bold yellow" if text == NOT_ANSWERED else "bold green"


def _print(text: str, style: str) -> None:
    text = printable(re.sub(r"[^\S\n]+|\n(?!$)", " ", text))
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        sys.stdout.flush()
        return
    from rich.text import Text

    console().print(Text(text, style), end="", soft_wrap=True)
