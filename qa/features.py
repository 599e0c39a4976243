"""What speaks for a span as an answer, as numbers that weights are fitted to."""

import math
import re
from collections import Counter
from collections.abc import Sequence

from index.sentences import Span
from qa.answer_types import asked_names, expected_type, typed_spans
from qa.domain import RetrievedPassage
from qa.words import STOPWORDS, content_words, stems, words_of

OF_READING = ("span", "answerable", "echo", "type_missing", "sentence_coverage")
"""The span's start plus end logit; the logit that its passage answers; the share of its words that
the question holds; 1 where it is not of the kind asked for, such as a name or a time; the share of
the question's words, weighted by how rare they are among the passages, that its sentence holds."""
BEFORE_READING = ("passage_score", "cosine", "word_share", "coverage", "names_missing")
"""What retrieval said of the passage; the share of the question's words, weighted alike, that the
passage or its title holds; the share of the question's names that neither holds."""
SPAN_FEATURES = (*OF_READING, *BEFORE_READING)
WHO_IS = re.compile(r"\b[Ww]ho(?:'s|’s| is| was| are| were) [A-ZÀ-ÖØ-Þ]")
UNTYPED = (None, "reason")


class Asked:
    """A question taken apart, to be held against the passages that were retrieved for it."""

    def __init__(self, question: str, passages: Sequence[RetrievedPassage]) -> None:
        self._question = question
        self._words = frozenset(words_of(question))
        self._names = frozenset(stems(words_of(" ".join(asked_names(question)))))
        self._kind = expected_type(question)
        passages_stems = [_stems(f"{one.stored.article.title} {one.text}") for one in passages]
        self._rarity = _rarity(frozenset(stems(content_words(question))), passages_stems)
        self.before_reading = [
            (
                one.score,
                one.cosine,
                one.word_share,
                self._coverage(held),
                _share(len(self._names - held), len(self._names)),
            )
            for one, held in zip(passages, passages_stems, strict=True)
        ]
        """BEFORE_READING of each passage."""

    def of_reading(
        self, score: float, answerable: float, sentence: str, span: Span
    ) -> tuple[float, ...]:
        """Return OF_READING of a span, whose offsets are in its sentence."""
        said = words_of(sentence[span[0] : span[1]])
        echoed = sum(word in self._words for word in said)
        return (
            score,
            answerable,
            _share(echoed, len(said)),
            self._type_missing(sentence, span),
            self._coverage(_stems(sentence)),
        )

    def repeats(self, text: str) -> bool:
        """Return whether a text only names whom a question about somebody else names.

        "Who spoke with Campbell?" is not answered by "Kurt Campbell", but "Who is Campbell?" may be
        by "Deputy Secretary Campbell".
        """
        said = words_of(text)
        if not said or self._kind != "person" or WHO_IS.search(self._question):
            return False
        return said[-1] in self._words and said[-1] not in STOPWORDS

    def _coverage(self, held: frozenset[str]) -> float:
        shared = sum(weight for word, weight in self._rarity.items() if word in held)
        return _share(shared, sum(self._rarity.values()))

    def _type_missing(self, sentence: str, span: Span) -> float:
        if self._kind is None or self._kind in UNTYPED:
            return 0.0
        typed = typed_spans(sentence, self._kind, self._question)
        return float(not any(a < span[1] and span[0] < b for a, b in typed))


def _rarity(asked: frozenset[str], held: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return a weight in (0, log(2n + 2)] for each word: less, the more of n passages hold it."""
    counts = Counter(word for words in held for word in words & asked)
    return {word: math.log((len(held) + 1) / (counts[word] + 0.5)) for word in sorted(asked)}


def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(words_of(text)))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
