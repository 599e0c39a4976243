"""The default Answerer: the words of the articles that answer, or nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from index.sentences import Span
from qa.appositions import described
from qa.citing import checked, cite
from qa.context import dateline_length, points_back
from qa.domain import Alternative, Citation, RetrievedPassage, Struck
from qa.events import Waiting
from qa.lists import asks_for_several, enumerated
from qa.question_kinds import OF_WORDS, Form, form_of
from qa.settings import ExtractiveSettings
from qa.spans import AnswerSpan, Candidate, Reading, sentences_of
from qa.words import words_of

SEPARATOR = "; "
OPENS_WITH_A_QUOTATION = re.compile(r"[“\"]")
DECIDED_BY_THE_READER = (
    "Whether that is a yes or a no is for you to judge: this is what the articles say about it."
)


class Reader(Protocol):
    """Marks where passages answer a question, and how surely."""

    def read(self, question: str, passages: Sequence[RetrievedPassage]) -> Reading:
        """Return the candidate answers and the passages in the reader's order."""
        ...

    def reading(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Reading | None]:
        """Yield the same at the end, and None before it whenever the work can be stopped."""
        ...

    def order(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> tuple[RetrievedPassage, ...]:
        """Return the passages, those that answer first."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What an Answerer says; the caller decides whether it is sure enough to be said aloud."""

    text: str
    confidence: float
    citations: tuple[Citation, ...]
    passages: tuple[RetrievedPassage, ...]
    """All that were given, those that answer first."""
    also_said: tuple[Alternative, ...] = ()
    notes: tuple[str, ...] = ()
    struck: tuple[Struck, ...] = ()
    answered: bool | None = None
    """Whether it answers, where that is not for the threshold to say."""
    answerer: str = ""
    """Who made it, where that is not the answerer that was asked."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of a draft that may be said already: it is never taken back."""

    text: str
    citations: tuple[Citation, ...] = ()
    """With offsets in the text of the whole draft."""


class Answerer(Protocol):
    """Question and passages to a draft with citations; the contract of every way of answering."""

    @property
    def name(self) -> str:
        """How the answerer is called in answers."""
        ...

    @property
    def passages_read(self) -> int:
        """How many passages an answer is made from."""
        ...

    @property
    def passages_ordered(self) -> int:
        """How many passages `ordered` puts in order."""
        ...

    def drafting(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Statement | Waiting | Draft]:
        """Yield what may be said already, and the draft at the end.

        The statements joined are the beginning of the draft's text; there are none where only the
        draft's confidence can tell whether it is said. Closing the iterator stops the work.
        """
        ...

    def ordered(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Sequence[RetrievedPassage]:
        """Return the passages, those that answer first."""
        ...


@dataclass(frozen=True, slots=True)
class ExtractiveAnswerer:
    """Answers in the words of the articles."""

    reader: Reader
    passages_read: int = 10
    passages_ordered: int = 20
    settings: ExtractiveSettings = field(default_factory=ExtractiveSettings)
    threshold: float = 0.0
    """Least probability of whatever is told beside the first answer."""
    name: str = "extractive"

    def draft(self, question: str, passages: Sequence[RetrievedPassage]) -> Draft:
        """Return the most probable answer, each part of it cited from the articles that give it."""
        return self._made(
            question, passages, self.reader.read(question, passages[: self.passages_read])
        )

    def drafting(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Statement | Waiting | Draft]:
        """Yield the draft, which is all there is, and chances to stop while the reader reads."""
        for reading in self.reader.reading(question, passages[: self.passages_read]):
            yield Waiting() if reading is None else self._made(question, passages, reading)

    def _made(self, question: str, passages: Sequence[RetrievedPassage], reading: Reading) -> Draft:
        ordered = (*reading.passages, *passages[self.passages_read :])
        if not reading.candidates:
            return Draft("", 0.0, (), ordered)
        best, form = reading.candidates[0], form_of(question)
        items = self._items(question, reading.candidates, form)
        text, citations = _written(items, form, self.settings.citations_per_answer)
        return Draft(
            text,
            best.probability,
            checked(citations, passages),
            ordered,
            self._also_said(reading.candidates, items, len(citations), form),
            (DECIDED_BY_THE_READER,) if form == "decision" else (),
        )

    def ordered(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Sequence[RetrievedPassage]:
        """Return the passages, those that answer first."""
        read, rest = passages[: self.passages_ordered], passages[self.passages_ordered :]
        return (*self.reader.order(question, read), *rest)

    def _items(self, question: str, candidates: Sequence[Candidate], form: Form) -> list["_Item"]:
        """Return the parts of the answer: one, or all that were asked for."""
        first = _Item(candidates[0], _shown(candidates[0].best, form))
        if form not in OF_WORDS or not asks_for_several(question):
            return [first]
        items: list[_Item] = []
        for one in candidates:
            item = _Item(one, enumerated(_text(one.best), one.best.span, one.best.support))
            if not items or (
                one.probability >= self._least(self.settings.item_share, candidates[0])
                and item.text[:1].isupper() == items[0].text[:1].isupper()
                and not any(_overlap(one, kept) for kept in items)
            ):
                items.append(item)
        return items[: self.settings.most_items]

    def _also_said(
        self,
        candidates: Sequence[Candidate],
        items: Sequence["_Item"],
        numbered: int,
        form: Form,
    ) -> tuple[Alternative, ...]:
        """Return different answers that are nearly as probable, none to a list."""
        best = candidates[0]
        if len(items) > 1 or form not in OF_WORDS:
            return ()
        least = max(self._least(self.settings.also_share, best), self.settings.also_probability)
        others = [
            one
            for one in candidates[1:]
            if one.probability >= least and not _overlap(one, items[0])
        ]
        return tuple(
            Alternative(
                one.best.text, one.probability, _cited(number, one, one.best, one.best.span)
            )
            for number, one in enumerate(others[: self.settings.most_also_said], numbered + 1)
        )

    def _least(self, share: float, best: Candidate) -> float:
        return max(share * best.probability, self.threshold)


@dataclass(frozen=True, slots=True)
class _Item:
    """One part of an answer, as it is shown."""

    candidate: Candidate
    span: Span

    @property
    def text(self) -> str:
        return _text(self.candidate.best)[self.span[0] : self.span[1]]


def _written(items: Sequence[_Item], form: Form, most: int) -> tuple[str, list[Citation]]:
    """Return the answer's text, and for each part a citation from each article that gives it."""
    text, citations, numbers = "", [], count(1)
    for item in items:
        text += SEPARATOR if text else ""
        for one in _of_different_articles(item.candidate, most):
            shown = item.span if one is item.candidate.best else _shown(one, form)
            cutting = _text(one)[slice(*_cutting(one, shown))]
            part = _part(item.text, one.text, cutting)
            if part:
                answer_span = (len(text) + part[0], len(text) + part[1])
                citations.append(_cited(next(numbers), item.candidate, one, shown, answer_span))
        text += item.text
    return text, citations


def _cited(
    number: int, candidate: Candidate, one: AnswerSpan, shown: Span, answer_span: Span | None = None
) -> Citation:
    """Return a citation of the sentences around what is shown of one place."""
    return cite(
        number,
        one.retrieved,
        _cutting(one, shown),
        answer_span=answer_span or (0, shown[1] - shown[0]),
        score=candidate.probability,
    )


def _cutting(one: AnswerSpan, shown: Span) -> Span:
    return min(one.support[0], shown[0]), max(one.support[1], shown[1])


def _part(item: str, said: str, cutting: str) -> Span | None:
    """Return which part of an item a cutting holds: all of it, or what the place itself says."""
    if item in cutting:
        return 0, len(item)
    at = item.find(said)
    return (at, at + len(said)) if said and at >= 0 else None


def _of_different_articles(candidate: Candidate, most: int) -> list[AnswerSpan]:
    articles: dict[str, AnswerSpan] = {}
    for one in candidate.spans:
        articles.setdefault(one.article_id, one)
    return list(articles.values())[:most]


def _shown(answer: AnswerSpan, form: Form) -> Span:
    """Return what is shown: the answer, or its sentence with those that it cannot stand without.

    They are the one before, where it speaks of "he", and the one after, where that is a quotation.
    """
    if form == "phrase":
        return answer.span
    text, (start, end) = _text(answer), answer.support
    dateline = start + dateline_length(text[start:end])
    if form == "person":
        return described(text, answer.span, (min(dateline, answer.span[0]), end))
    passage = answer.retrieved.stored.passage
    if points_back(text[start:end]):
        earlier = sentences_of(text, (passage.start_char, start))
        start = earlier[-1][0] if earlier else start
    elif dateline <= answer.span[0]:
        start = dateline
    later = sentences_of(text, (end, passage.end_char))
    if later and OPENS_WITH_A_QUOTATION.match(text[later[0][0] : later[0][1]]):
        end = later[0][1]
    return start, end


def _text(answer: AnswerSpan) -> str:
    return answer.retrieved.stored.article.text


def _holds(one: str, other: str) -> bool:
    """Return whether the words of one are a run of the other's."""
    left, right = (f" {' '.join(words_of(text))} " for text in (one, other))
    return left in right or right in left


def _overlap(candidate: Candidate, item: _Item) -> bool:
    """Return whether a candidate is part of what is said already, or in the same sentence."""
    best, other = item.candidate.best, candidate.best
    same_sentence = best.article_id == other.article_id and best.support == other.support
    return same_sentence or _holds(item.text, other.text)
