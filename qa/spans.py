"""Where passages answer a question: what every reader returns, and what a network's logits mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.sentences import Span, sentence_spans
from qa.domain import RetrievedPassage

Logits = npt.NDArray[np.float32]
MAX_SPAN_TOKENS = 30
"""Of NewsQA's development answers, one in a hundred is longer."""


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """An answer at one place; offsets in the article."""

    retrieved: RetrievedPassage
    span: Span
    """The answer itself."""
    support: Span
    """The sentence or sentences around it, which is what is cited."""
    score: float
    """Higher is better; comparable between the spans of one question."""
    features: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        """The answer, to the character."""
        return self.retrieved.stored.article.text[self.span[0] : self.span[1]]

    @property
    def article_id(self) -> str:
        """The article that it stands in."""
        return self.retrieved.stored.passage.article_id


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer, with every place that gives it, the best first."""

    spans: tuple[AnswerSpan, ...]
    probability: float
    """Estimated chance, in [0, 1], that it is right."""
    features: tuple[float, ...] = ()

    @property
    def best(self) -> AnswerSpan:
        """The place that gives it most surely."""
        return self.spans[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of the passages of a question."""

    candidates: tuple[Candidate, ...]
    """Different answers, the best first."""
    passages: tuple[RetrievedPassage, ...]
    """All passages, in the reader's order: those that answer come first."""


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """What the network says of one passage, without padding, question and lead.

    `offsets` is int, (tokens, 2): each token's characters in the passage, end exclusive. `start`
    and `end` are float32, (tokens,), comparable between the passages of one question.
    """

    offsets: npt.NDArray[np.int64]
    start: Logits
    end: Logits
    answerable: float


def best_spans(window: WindowLogits, count: int) -> list[tuple[Span, float]]:
    """Return up to `count` (span in the passage, start plus end logit), best first, disjoint."""
    if not len(window.offsets):
        return []
    scores = window.start[:, None] + window.end[None, :]
    ones = np.ones_like(scores, bool)
    scores = np.where(np.triu(ones) & ~np.triu(ones, MAX_SPAN_TOKENS), scores, -np.inf)
    found: list[tuple[Span, float]] = []
    while len(found) < count and np.isfinite(scores.max()):
        first, last = divmod(int(scores.argmax()), scores.shape[1])
        span = (int(window.offsets[first, 0]), int(window.offsets[last, 1]))
        found.append((span, float(scores[first, last])))
        scores[: last + 1, first:] = -np.inf  # whatever overlaps it
    return found


def around(span: Span, sentences: Sequence[Span]) -> Span:
    """Return the whole ones of a passage's sentences that hold `span`; offsets of one text."""
    held = [(a, b) for a, b in sentences if a < span[1] and span[0] < b]
    return (min(span[0], held[0][0]), max(span[1], held[-1][1])) if held else span


def sentences_of(text: str, passage: Span) -> Sequence[Span]:
    """Return the passage's sentences; offsets in the article."""
    start, end = passage
    return [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
