"""The default Answerer: the words of an article that answer, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.citing import checked, cite
from qa.domain import Citation, RetrievedPassage
from qa.reader import AnswerSpan


class Reader(Protocol):
    """Marks where passages answer a question, and how surely."""

    def read(self, question: str, passages: Sequence[RetrievedPassage]) -> list[AnswerSpan]:
        """Return spans, most probable first."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What an Answerer says; the caller decides whether it is sure enough to be said aloud."""

    text: str
    confidence: float
    citations: tuple[Citation, ...]


class Answerer(Protocol):
    """Question and passages to a draft with citations; the contract of every way of answering."""

    @property
    def name(self) -> str:
        """How the answerer is called in answers."""
        ...

    def draft(self, question: str, passages: Sequence[RetrievedPassage]) -> Draft:
        """Return the best answer that the passages hold, however unsure."""
        ...


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers in the words of one passage."""

    reader: Reader
    name: str = "extractive"

    def draft(self, question: str, passages: Sequence[RetrievedPassage]) -> Draft:
        """Return the most probable span, with the one citation that it is."""
        best = next(iter(self.reader.read(question, passages)), None)
        if best is None:
            return Draft("", 0.0, ())
        citation = cite(
            1, best.retrieved, best.span, answer_span=(0, len(best.text)), score=best.probability
        )
        return Draft(best.text, best.probability, checked([citation], passages))
