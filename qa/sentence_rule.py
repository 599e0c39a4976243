"""The sentence rule: scores each sentence of the retrieved passages by how likely it answers.

A logistic regression over twelve features of question, sentence and passage. Its weights are fitted
by `python -m evals.fit_sentence_rule` on the development half of newsquiz. The baseline of every
table, and what answers where the trained reader's weights are missing or not what was published.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from index.sentences import Span, sentence_spans
from qa.answer_types import asked_names, expected_type, strength_of, typed_spans
from qa.context import STARTS_WITH_PRONOUN, dateline_length, points_back
from qa.domain import RetrievedPassage
from qa.retrieval import QuestionEmbedder
from qa.settings import SentenceRuleSettings
from qa.spans import AnswerSpan, Candidate, Reading
from qa.words import STOPWORDS, WORD, content_words, stem_of, stems, words_of

TEASER = re.compile(
    r"(?:more|read more|related|see also|watch|photos?|video|sign up|subscribe|register|click here|"
    r"advertisement|getty images|contributing|follow us)\b[^.]{0,40}(?::|\bfor\b|\bnewsletter|$)",
    re.I,
)
BESIDE_CHARS = 40
FEATURES = (
    "sentence_cosine",
    "passage_cosine",
    "passage_score",
    "sentence_overlap",
    "passage_overlap",
    "phrase_overlap",
    "type_found",
    "type_missing",
    "nearness",
    "length",
    "first_rank",
    "names_missing",
)


@dataclass(frozen=True, slots=True)
class SentenceRule:
    """Reads passages against a question, behind the interface of the trained reader."""

    embedder: QuestionEmbedder
    settings: SentenceRuleSettings = SentenceRuleSettings()

    def read(self, question: str, passages: Sequence[RetrievedPassage]) -> Reading:
        """Return the candidate sentences, most probable first, and the passages as they came."""
        chosen = self._preselected(question, passages)
        if not chosen:
            return Reading((), tuple(passages))
        texts = [question, *(one.stored.article.text[a:b] for one, (a, b), _ in chosen)]
        vectors = self.embedder.embed_questions(texts)
        cosines = vectors[1:] @ vectors[0]
        read = [
            self._scored(question, one, span, (float(cosine), *rest))
            for (one, span, rest), cosine in zip(chosen, cosines, strict=True)
        ]
        candidates = sorted(read, key=lambda one: -one.probability)
        return Reading(tuple(candidates), tuple(passages))

    def reading(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Reading | None]:
        """Yield the reading, which takes no longer than 30 ms."""
        yield self.read(question, passages)

    def order(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> tuple[RetrievedPassage, ...]:
        """Return the passages as they came: the rule does not rank them."""
        return tuple(passages)

    def _preselected(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
    ) -> list[tuple[RetrievedPassage, Span, tuple[float, ...]]]:
        """Return the sentences that the features without embeddings rank first.

        Embedding all sentences of ten passages takes 150 ms; of three sentences, 10 ms.
        """
        read = passages[: self.settings.passages]
        split = [(one, _sentences(one)) for one in read]
        rarity = _rarity([sentence.words for _, some in split for sentence in some])
        asked = _Asked(question, rarity)
        rows = [
            (one, sentence.span, asked.features(one, rank, context, sentence))
            for rank, (one, some) in enumerate(split)
            for context in [set(stems(words_of(f"{one.stored.article.title} {one.text}")))]
            for sentence in some
        ]
        weights = np.asarray(self.settings.weights[1:])
        order = sorted(rows, key=lambda row: -float(weights @ np.asarray(row[2])))
        return order[: self.settings.sentences]

    def _scored(
        self, question: str, one: RetrievedPassage, span: Span, features: tuple[float, ...]
    ) -> Candidate:
        logit = self.settings.bias + sum(
            weight * value for weight, value in zip(self.settings.weights, features, strict=True)
        )
        found = AnswerSpan(one, span, span, logit, features)
        return Candidate((found,), 1 / (1 + math.exp(-logit)), features)


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    text: str
    words: list[str]


def _sentences(retrieved: RetrievedPassage) -> list[_Sentence]:
    """Return the passage's sentences without questions, teasers and fragments.

    One that speaks of "he" without saying who comes with the sentence before it.
    """
    passage, text = retrieved.stored.passage, retrieved.stored.article.text
    spans = sentence_spans(text[: passage.end_char], passage.start_char)
    spans = [(a + dateline_length(text[a:b]), b) for a, b in spans]
    shown = []
    for number, (a, b) in enumerate(spans):
        sentence = text[a:b]
        if b - a < 20 and not STARTS_WITH_PRONOUN.match(sentence):
            continue
        if sentence.rstrip("\"'”’").endswith("?") or TEASER.match(sentence):
            continue
        start = spans[number - 1][0] if number and points_back(sentence) else a
        shown.append(_Sentence((start, b), text[start:b], words_of(text[start:b])))
    return shown


class _Asked:
    """A question taken apart, to be held against many sentences."""

    def __init__(self, question: str, rarity: dict[str, float]) -> None:
        self._question = question
        self._kind = expected_type(question)
        self._words = set(stems(content_words(question)))
        self._pairs = _pairs(words_of(question))
        self._names = {stem_of(one) for one in words_of(" ".join(asked_names(question)))}
        self._rarity = rarity

    def features(
        self, one: RetrievedPassage, rank: int, context: set[str], sentence: _Sentence
    ) -> tuple[float, ...]:
        """Return the features but for the first; `context` is the stems of title and passage."""
        spans = typed_spans(sentence.text, self._kind, self._question) if self._kind else []
        found = strength_of(spans, sentence.text, self._kind) if self._kind else 0.0
        return (
            one.cosine,
            one.score,
            self._overlap(set(stems(sentence.words))),
            self._overlap(context),
            _share(self._pairs, _pairs(sentence.words)),
            found,
            float(bool(self._kind) and not found),
            self._nearness(sentence.text, spans),
            min(len(sentence.text), 400) / 400,
            1 / (1 + rank),
            _share(self._names, self._names - context),
        )

    def _overlap(self, held: set[str]) -> float:
        """Return the share of the asked words that is held, weighted by rarity."""
        total = sum(self._rarity.get(word, 1.0) for word in self._words)
        shared = sum(self._rarity.get(word, 1.0) for word in self._words & held)
        return shared / total if total else 0.0

    def _nearness(self, sentence: str, spans: list[Span]) -> float:
        """Return the largest share of the asked words that stands beside one of the spans."""
        words = [
            (found.start(), found.end(), stem)
            for found in WORD.finditer(sentence)
            if spans and (stem := stem_of(found[0].lower())) in self._words
        ]
        beside = [
            {stem for start, end, stem in words if max(a - end, start - b) <= BESIDE_CHARS}
            for a, b in spans
        ]
        return max((len(one) for one in beside), default=0) / max(1, len(self._words))


def _share(asked: set[Any], held: set[Any]) -> float:
    return len(asked & held) / len(asked) if asked else 0.0


def _pairs(words: Sequence[str]) -> set[tuple[str, str]]:
    """Return the neighbours among the words that carry meaning, as (led, inquiry)."""
    return set(pairwise(stems(word for word in words if word not in STOPWORDS)))


def _rarity(sentences: list[list[str]]) -> dict[str, float]:
    """Return how telling each word is among these sentences, in (0, 1]."""
    counts = Counter(stem for words in sentences for stem in set(stems(words)))
    most = math.log(len(sentences) + 1) or 1.0
    return {
        word: math.log((len(sentences) + 1) / count) / most
        for word, count in counts.items()
        if word not in STOPWORDS
    }
