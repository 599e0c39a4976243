"""What people see: colour at a terminal, plain text elsewhere."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from qa.domain import Answer, Citation, RetrievedPassage

if TYPE_CHECKING:
    from rich.console import Console

CONTEXT_CHARS = 400


def console(*, stderr: bool = False) -> "Console":
    """Return a console that colours only where somebody is looking."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def note(message: str) -> None:
    """Print a line about what is going on, to standard error."""
    click.echo(message, err=True)


def note_error(message: str) -> None:
    """Print a line about what went otherwise than hoped, to standard error."""
    click.echo(message, err=True)


def warn_lines(lines: Sequence[str], most: int) -> None:
    """Print up to `most` lines and how many more there are, to standard error."""
    for line in lines[:most]:
        click.echo(printable(line), err=True)
    if len(lines) > most:
        click.echo(f"… and {len(lines) - most:,} more; --json lists them all", err=True)


def printable(text: str) -> str:
    """Return text without control characters, so that no article can drive the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def print_answer(answer: Answer) -> None:
    """Print the answer and its cuttings; where there is none, the nearest passages."""
    if not sys.stdout.isatty():
        click.echo(answer_in_words(answer))
        return
    from rich.text import Text

    text = Text(_flat(answer.text), "bold green" if answer.answered else "bold yellow")
    text.append(_marks(answer), "cyan")
    console().print(text)
    print_below(answer)


def print_below(answer: Answer) -> None:
    """Print what stands under the answer's text."""
    if sys.stdout.isatty():
        _print_rich_below(answer)
    elif below := _below_in_words(answer):
        click.echo("\n".join(below))


def answer_in_words(answer: Answer) -> str:
    """Return the answer as plain lines, with its cuttings or with the nearest passages."""
    return "\n".join([_flat(answer.text) + _marks(answer), *_below_in_words(answer)])


def _below_in_words(answer: Answer) -> list[str]:
    lines = [*_also_said(answer), *answer.notes]
    for citation, _ in _cuttings(answer):
        lines += ["", cutting_in_words(citation)]
    if not answer.answered and answer.passages:
        lines += ["", "Nearest passages, not an answer:"]
        lines += [
            f"  - {described(one, one.stored.passage.start_char)}: {_flat(one.text)[:160]}…"
            for one in answer.passages[:3]
        ]
    return lines


def cutting_in_words(citation: Citation) -> str:
    """Return a cutting as two plain lines: what it is from, and what it says."""
    heading = f"[{citation.id}] {described(citation.retrieved, citation.start_char)}"
    return f"{heading}\n    {quoted(_flat(citation.cited_text))}"


def described(retrieved: RetrievedPassage, offset: int) -> str:
    """Return outlet, title, date and page in one line."""
    article = retrieved.stored.article
    page = article.page_at(offset)
    parts = [
        article.source,
        article.title or "untitled",
        shown_date(article.published_at),
        article.author,
        f"page {page}" if page else None,
    ]
    return printable(" · ".join(part for part in parts if part))


def shown_date(date: str | None) -> str:
    """Return a date for reading: the day, or what is known of it."""
    if date is None:
        return "date unknown"
    if date.startswith("--"):
        return f"{_month_name(int(date[2:4]))} {int(date[5:7])}, year not given"
    return date[:10]


def _month_name(number: int) -> str:
    import calendar

    return calendar.month_name[number]


def quoted(text: str) -> str:
    """Return text in quotation marks, unless it opens with one of its own."""
    return text if text.startswith(tuple("“”‘’\"'«»„")) else f"“{text}”"


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))


def _marks(answer: Answer) -> str:
    return "".join(f" [{citation.id}]" for citation in answer.citations)


def _also_said(answer: Answer) -> list[str]:
    return [f"Also said: {_flat(one.text)} [{one.citation.id}]" for one in answer.also_said]


def _cuttings(answer: Answer) -> list[tuple[Citation, str]]:
    """Return each citation with the words that it is given for."""
    return [
        *((one, answer.text[one.answer_start : one.answer_end]) for one in answer.citations),
        *((one.citation, one.text) for one in answer.also_said),
    ]


def _print_rich_below(answer: Answer) -> None:
    from rich.text import Text

    out = console()
    for line in _also_said(answer):
        out.print(Text(line, "cyan"))
    for line in answer.notes:
        out.print(Text(line, "yellow"))
    for citation, words in _cuttings(answer):
        out.print()
        heading = Text(f"[{citation.id}] ", "cyan")
        heading.append(described(citation.retrieved, citation.start_char), "bold")
        out.print(heading)
        out.print(_highlighted(citation, words))
        if url := citation.retrieved.stored.article.url:
            out.print(Text(f"    {printable(url)}", "dim"))
    if not answer.answered and answer.passages:
        out.print(Text("\nNearest passages, not an answer:", "dim"))
        for one in answer.passages[:3]:
            near = Text("  · ", "dim")
            near.append(described(one, one.stored.passage.start_char))
            near.append(f"\n    {_flat(one.text)[:200]}…", "dim")
            out.print(near)


def _highlighted(citation: Citation, words: str) -> "object":
    """Return the passage around the cited sentence, in which the answer's words stand out."""
    from rich.padding import Padding
    from rich.text import Text

    passage, article = citation.retrieved.stored.passage, citation.retrieved.stored.article
    start = max(passage.start_char, citation.start_char - CONTEXT_CHARS)
    end = min(passage.end_char, citation.end_char + CONTEXT_CHARS)
    text = Text("… " if start > passage.start_char else "", "dim")
    text.append(printable(article.text[start : citation.start_char]), "dim")
    before, found, after = citation.cited_text.partition(words)
    text.append(printable(before), "bold")
    text.append(printable(found), "bold underline")
    text.append(printable(after), "bold")
    text.append(printable(article.text[citation.end_char : end]), "dim")
    text.append(" …" if end < passage.end_char else "", "dim")
    return Padding(text, (0, 0, 0, 4))
