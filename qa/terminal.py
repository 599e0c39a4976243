"""What people see: colour at a terminal, plain text elsewhere."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from qa.domain import Answer, Citation, RetrievedPassage
from qa.events import Piece, pieces_of

if TYPE_CHECKING:
    from rich.console import Console

CONTEXT_CHARS = 400
SHORT_CHARS = 100


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

    text = Text()
    for part, is_marker in _marked(answer):
        style = "bold green" if answer.answered else "bold yellow"
        text.append(part, "cyan" if is_marker else style)
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
    marked = "".join(part for part, _ in _marked(answer))
    return "\n".join([marked, *_below_in_words(answer)])


def _below_in_words(answer: Answer) -> list[str]:
    lines = [*_also_said(answer), *answer.notes]
    lines += [f"Struck out: {_flat(one.text)} ({_flat(one.reason)})" for one in answer.struck]
    for numbers, citation, _ in _cuttings(answer):
        lines += ["", cutting_in_words(citation, numbers)]
    if not answer.answered and answer.passages:
        lines += ["", "Nearest passages, not an answer:"]
        lines += [
            f"  - {described(one, one.stored.passage.start_char)}: {_flat(one.text)[:160]}…"
            for one in answer.passages[:3]
        ]
    return lines


def cutting_in_words(citation: Citation, numbers: str = "") -> str:
    """Return a cutting as two plain lines: what it is from, and what it says."""
    numbers = numbers or f"[{citation.id}]"
    heading = f"{numbers} {described(citation.retrieved, citation.start_char)}"
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


def shortened(text: str) -> str:
    """Return text in one line of at most SHORT_CHARS, as a row of a list has room for."""
    flat = _flat(text)
    return flat if len(flat) <= SHORT_CHARS else f"{flat[: SHORT_CHARS - 1]}…"


def _flat(text: str) -> str:
    return printable(" ".join(text.split()))


def _marked(answer: Answer) -> Iterator[tuple[str, bool]]:
    """Yield the answer's text in parts, and the markers, which are told by True.

    They stand behind what they support where that is a sentence, else all at the end.
    """
    if answer.answerer != "generative":
        yield _flat(answer.text), False
        yield "".join(f" [{one.id}]" for one in answer.citations), True
        return
    for event in pieces_of(answer):
        if isinstance(event, Piece):
            lead = " " if event.text[:1].isspace() else ""
            yield lead + _flat(event.text), False
        else:
            yield f" [{event.citation.id}]", True


def _also_said(answer: Answer) -> list[str]:
    return [f"Also said: {_flat(one.text)} [{one.citation.id}]" for one in answer.also_said]


def _cuttings(answer: Answer) -> list[tuple[str, Citation, str]]:
    """Return (numbers, citation, the words that it is given for); each cutting once."""
    cited = [
        *((one, answer.text[one.answer_start : one.answer_end]) for one in answer.citations),
        *((one.citation, one.text) for one in answer.also_said),
    ]
    same: dict[tuple[str, int, int], list[tuple[Citation, str]]] = {}
    for one, words in cited:
        place = (one.retrieved.stored.passage.article_id, one.start_char, one.end_char)
        same.setdefault(place, []).append((one, words))
    return [("".join(f"[{one.id}]" for one, _ in some), *some[0]) for some in same.values()]


def _print_rich_below(answer: Answer) -> None:
    from rich.text import Text

    out = console()
    for line in _also_said(answer):
        out.print(Text(line, "cyan"))
    for line in answer.notes:
        out.print(Text(line, "yellow"))
    for struck in answer.struck:
        out.print(
            Text(_flat(struck.text), "strike red").append(
                f" ({_flat(struck.reason)})", "not strike dim"
            )
        )
    for numbers, citation, words in _cuttings(answer):
        out.print()
        heading = Text(f"{numbers} ", "cyan")
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
