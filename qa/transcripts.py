"""Answers as text with markers, as chat programs keep them, and such transcripts as turns."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from qa.answering import NOT_ANSWERED
from qa.domain import Answer, Citation, Turn
from qa.events import Cited, Done, Event, Piece, pieces_of

Role = Literal["user", "assistant"]
ADDED = re.compile(r"\n\n(?:Also said|Note): [^\n]*")
MARKER = re.compile(r" ?\[\d+\]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A citation and where its marker stands: `text[start:end] == "[1]"`, end exclusive."""

    citation: Citation
    start: int
    end: int


class Marking:
    """Writes the events of one answer as text with markers such as [1], in pieces.

    A marker stands right after the words that it is for. Behind the answer follow, each in a
    paragraph, other answers that the articles give, and what the reader should know.
    """

    def __init__(self) -> None:
        self.marked: list[Marked] = []
        """The markers so far, in the order of the text."""
        self._length = 0
        self._kept = ""
        """White space at the end of what was said: a marker would come before it."""

    def write(self, event: Event) -> str:
        """Return what an event adds to the text, often nothing."""
        match event:
            case Piece(text):
                return self._piece(text)
            case Cited(citation):
                return self._marker(citation)
            case Done(answer):
                return self._added(answer)
        return ""

    def _piece(self, text: str) -> str:
        text = self._kept + text
        said = text.rstrip()
        self._kept = text[len(said) :]
        self._length += len(said)
        return said

    def _marker(self, citation: Citation) -> str:
        after_another = self.marked and self.marked[-1].end == self._length
        marker = f"[{citation.id}]"
        text = marker if after_another else f" {marker}"
        self._length += len(text)
        self.marked.append(Marked(citation, self._length - len(marker), self._length))
        return text

    def _added(self, answer: Answer) -> str:
        if not answer.answered:
            return ""
        self._kept = ""
        added = ""
        for one in answer.also_said:
            added += self._piece(f"\n\nAlso said: {' '.join(one.text.split())}")
            added += self._marker(one.citation)
        for note in answer.notes:
            added += self._piece(f"\n\nNote: {note}")
        return added


def written(answer: Answer) -> tuple[str, tuple[Marked, ...]]:
    """Return a whole answer as text with markers, and the markers."""
    marking = Marking()
    text = "".join(marking.write(event) for event in (*pieces_of(answer), Done(answer)))
    return text, tuple(marking.marked)


def turns_of(messages: Iterable[tuple[Role, str]]) -> tuple[Turn, ...]:
    """Return earlier messages as turns: each question with what was answered up to the next.

    Answers that were written by `Marking` lose their markers and additions.
    """
    return tuple(Turn(question, _said(answers)) for question, answers in _exchanges(messages))


def _exchanges(messages: Iterable[tuple[Role, str]]) -> Iterator[tuple[str, list[str]]]:
    question, answers = "", list[str]()
    for role, text in messages:
        if role == "assistant":
            answers.append(text)
            continue
        if question:
            yield question, answers
        question, answers = text.strip(), []
    if question:
        yield question, answers


def _said(answers: list[str]) -> str:
    said = "\n\n".join(answers).strip()
    return "" if said == NOT_ANSWERED else MARKER.sub("", ADDED.sub("", said))
