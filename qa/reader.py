"""The trained reader: marks the answer inside the passages and says how surely it is one.

One small cross-encoder reads (question, title and passage). Its spans' scores were trained to be
comparable between the passages of a question (shared normalisation: Clark and Gardner, ACL 2018),
so one pass orders the passages, answers, and says whether there is an answer at all. How its scores
and those of retrieval are weighted, and what that comes to as a probability, is fitted by
`python -m evals.fit_reader`.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qa.candidates import candidates_of, weighted
from qa.context import dateline_length, lead_of
from qa.domain import RetrievedPassage
from qa.features import OF_READING, Asked
from qa.phrases import widened
from qa.reader_model import ReaderModel, Window
from qa.settings import ReaderSettings
from qa.spans import AnswerSpan, Reading, WindowLogits, around, best_spans, sentences_of
from qa.words import WORD

SPANS_PER_PASSAGE = 3


@dataclass(frozen=True, slots=True)
class TrainedReader:
    """Reads passages against a question."""

    model: ReaderModel
    settings: ReaderSettings = ReaderSettings()

    def read(self, question: str, passages: Sequence[RetrievedPassage]) -> Reading:
        """Return candidate answers and the passages in the order of their best span.

        Passages are read in their order until all are, or the rest cannot win, or the time for a
        question is up; some are always read.
        """
        return next(one for one in self.reading(question, passages) if one is not None)

    def reading(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Reading | None]:
        """Yield None after each passage and the reading at the end; closing it stops the work."""
        found: dict[int, list[AnswerSpan]] = {}
        for _ in self._find(question, passages, found, all_of_them=False):
            yield None
        candidates = candidates_of((one for some in found.values() for one in some), self.settings)
        yield Reading(candidates, self._ordered(passages, found))

    def order(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> tuple[RetrievedPassage, ...]:
        """Return the passages in the order of their best span; all are read, if time allows."""
        found: dict[int, list[AnswerSpan]] = {}
        for _ in self._find(question, passages, found, all_of_them=True):
            pass
        return self._ordered(passages, found)

    def _find(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
        found: dict[int, list[AnswerSpan]],
        *,
        all_of_them: bool,
    ) -> Iterator[None]:
        """Put the best spans of each passage that is read into `found`, by its number."""
        asked = Asked(question, passages)
        windows = [Window(lead_of(one), one.text) for one in passages]
        best, until = -math.inf, math.inf
        for number, logits in self.model.logits(question, windows):
            if not found:  # what came before was loading the network, once
                until = time.monotonic() + self.settings.seconds_per_question
            found[number] = self._spans(asked, number, passages[number], logits)
            best = max([best, *(one.score for one in found[number])])
            decided = not all_of_them and best > self._reachable(asked, found)
            if decided or time.monotonic() > until:
                return
            yield

    def _reachable(self, asked: Asked, found: Mapping[int, Sequence[AnswerSpan]]) -> float:
        """Return the score that hardly any span of the passages not yet read exceeds."""
        weights = self.settings.span_weights[len(OF_READING) :]
        unread = [
            weighted(weights, one)
            for number, one in enumerate(asked.before_reading)
            if number not in found
        ]
        return self.settings.highest_reading + max(unread, default=0.0)

    def _spans(
        self,
        asked: Asked,
        number: int,
        retrieved: RetrievedPassage,
        logits: WindowLogits,
    ) -> list[AnswerSpan]:
        text, passage = retrieved.stored.article.text, retrieved.stored.passage
        bounds = (passage.start_char, passage.end_char)
        sentences = sentences_of(text, bounds)
        spans = []
        for (a, b), score in best_spans(logits, SPANS_PER_PASSAGE):
            marked = (bounds[0] + a, bounds[0] + b)
            support = around(marked, sentences)
            sentence = text[support[0] : support[1]]
            dateline = support[0] + dateline_length(sentence)
            said = support if marked[0] < dateline else (dateline, support[1])
            start, end = widened(text, marked, said)
            if not WORD.search(text[start:end]) or asked.repeats(text[start:end]):
                continue
            inside = (start - support[0], end - support[0])
            read = asked.of_reading(score, logits.answerable, sentence, inside)
            features = (*read, *asked.before_reading[number])
            worth = weighted(self.settings.span_weights, features)
            spans.append(AnswerSpan(retrieved, (start, end), support, worth, features))
        return spans

    def _ordered(
        self,
        passages: Sequence[RetrievedPassage],
        found: Mapping[int, Sequence[AnswerSpan]],
    ) -> tuple[RetrievedPassage, ...]:
        """Return the read passages by their best span, then the others in their order."""
        weights = self.settings.order_weights
        best = [
            max(
                (weighted(weights, one.features) for one in found.get(number, ())),
                default=-math.inf,
            )
            for number in range(len(passages))
        ]
        order = sorted(range(len(passages)), key=lambda number: -best[number])
        return tuple(passages[number] for number in order)
