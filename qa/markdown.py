"""A conversation as Markdown, with the cuttings as footnotes.

Whatever is quoted is escaped: nothing that an article, a question or a chat model says becomes
markup, a link or HTML.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from qa.sessions import Session, StoredTurn
from qa.terminal import printable, quoted, shown_date

MEANT_AS_MARKUP = re.compile(r"[\\`*_\[\]<>&~|^$#@{}]|(?<=[A-Za-z]):(?=//)|(?<=www)\.", re.I)
"""Beside Markdown's own: mathematics, mentions, and addresses that would become links."""
OPENS_A_BLOCK = re.compile(r"^(?=[-+=:>])|^(\d+)(?=[.)])")
SAFE_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]+\Z")


def exported(session: Session, turns: Sequence[StoredTurn]) -> str:
    """Return a conversation as Markdown: questions as headings, answers, then the footnotes."""
    title = session.name or f"Conversation of {session.created_at[:10]}"
    numbers, footnotes, parts = count(1), list[str](), [f"# {escaped(title)}"]
    for turn in turns:
        parts += [f"## {escaped(turn.question)}", escaped(_facts(turn))]
        understood = turn.answer["standalone_question"]
        if understood != turn.question:
            parts.append(f"Understood as: {escaped(understood)}")
        parts += _told(turn.answer, numbers, footnotes)
    return "\n\n".join([*parts, *footnotes]) + "\n"


def escaped(text: str) -> str:
    """Return text in one line that Markdown shows as it stands."""
    return OPENS_A_BLOCK.sub(r"\1\\", _marked_off(" ".join(text.split())))


def _marked_off(text: str) -> str:
    return MEANT_AS_MARKUP.sub(r"\\\g<0>", printable(text))


def _facts(turn: StoredTurn) -> str:
    """Return when a question was asked, and of which articles."""
    filters = [f"{name.replace('_', ' ')} {value}" for name, value in turn.filters.items()]
    return " · ".join([f"{turn.asked_at[:16].replace('T', ' ')} UTC", *filters])


def _told(answer: dict[str, Any], numbers: Iterator[int], footnotes: list[str]) -> Iterable[str]:
    """Yield the paragraphs of an answer; adds to the footnotes."""
    yield from _paragraphs(_with_marks(answer["answer"], answer["citations"], numbers, footnotes))
    for other in answer["also_said"]:
        said = _with_marks(other["answer"], [other["citation"]], numbers, footnotes)
        yield from _paragraphs(f"Also said: {said}")
    for note in answer["notes"]:
        yield escaped(note)


def _with_marks(
    text: str, citations: Iterable[dict[str, Any]], numbers: Iterator[int], footnotes: list[str]
) -> str:
    """Return escaped text in which each footnote's mark stands behind what it is for."""
    written, told = "", 0
    for one in sorted(citations, key=lambda one: int(one["answer_end"])):
        number = next(numbers)
        written += f"{_marked_off(text[told : one['answer_end']])}[^{number}]"
        told = one["answer_end"]
        footnotes.append(f"[^{number}]: {_footnote(one)}")
    return written + _marked_off(text[told:])


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        if line := " ".join(paragraph.split()):
            yield OPENS_A_BLOCK.sub(r"\1\\", line)


def _footnote(citation: dict[str, Any]) -> str:
    """Return a cutting with where it is from."""
    page, url = citation.get("page"), citation["url"]
    facts = [
        f"*{escaped(citation['title'] or 'untitled')}*",
        escaped(citation["source"] or ""),
        escaped(citation["author"] or ""),
        shown_date(citation["published_at"]),
        f"page {page}" if page else "",
        f"<{url}>" if url and SAFE_ADDRESS.match(url) else escaped(url or ""),
    ]
    cutting = quoted(" ".join(citation["cited_text"].split()))
    return f"{_marked_off(cutting)} — {', '.join(one for one in facts if one)}"
