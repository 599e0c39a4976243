"""What happens on the way to an answer, in the order in which a client may show it.

`Asked`, then `Retrieved`, then pieces of the answer, each followed at once by the citations that
support it, then `Done`. The pieces joined are the answer's text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from qa.domain import Answer, Citation, RetrievedPassage


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as it stands by itself, with what earlier turns add to it."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The passages that the answer is made from, as retrieval orders them."""

    passages: tuple[RetrievedPassage, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of the answer's text; it is never taken back."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation that supports what has been said so far."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing new within the last fraction of a second: a chance to stop."""


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer, as it is given without streaming; the last event."""

    answer: Answer


Event = Asked | Retrieved | Piece | Cited | Waiting | Done


def pieces_of(answer: Answer) -> Iterator[Piece | Cited]:
    """Yield an answer that is complete already, each citation right after what it supports."""
    told = 0
    for one in sorted(answer.citations, key=lambda one: one.answer_end):
        if one.answer_end > told:
            yield Piece(answer.text[told : one.answer_end])
            told = one.answer_end
        yield Cited(one)
    if told < len(answer.text):
        yield Piece(answer.text[told:])
