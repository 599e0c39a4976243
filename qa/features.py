"""What speaks for a span as an answer, as numbers that weights are fitted to."""

from index.sentences import Span
from qa.answer_types import asked_names, expected_type, typed_spans
from qa.domain import RetrievedPassage
from qa.words import content_words, stem_of, stems, words_of

OF_READING = ("span", "answerable", "echo", "type_missing")
"""The span's start plus end logit; the logit that its passage answers; the share of its words that
the question holds; 1 where it is not of the kind asked for, such as a name or a time."""
BEFORE_READING = ("passage_score", "cosine", "word_share", "coverage", "names_missing")
"""What retrieval said of the passage; the share of the question's words that the passage or its
title holds; the share of the question's names that neither holds."""
SPAN_FEATURES = (*OF_READING, *BEFORE_READING)
UNTYPED = (None, "reason")


class Asked:
    """A question taken apart, to be held against passages and spans."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._words = frozenset(words_of(question))
        self._stems = frozenset(stems(content_words(question)))
        self._names = frozenset(stems(words_of(" ".join(asked_names(question)))))
        self._kind = expected_type(question)

    def before_reading(self, one: RetrievedPassage) -> tuple[float, ...]:
        """Return BEFORE_READING of a passage."""
        held = {stem_of(word) for word in words_of(f"{one.stored.article.title} {one.text}")}
        return (
            one.score,
            one.cosine,
            one.word_share,
            _share(len(self._stems & held), len(self._stems)),
            _share(len(self._names - held), len(self._names)),
        )

    def of_reading(
        self, score: float, answerable: float, sentence: str, span: Span
    ) -> tuple[float, ...]:
        """Return OF_READING of a span, whose offsets are in its sentence."""
        said = words_of(sentence[span[0] : span[1]])
        echoed = sum(word in self._words for word in said)
        return (score, answerable, _share(echoed, len(said)), self._type_missing(sentence, span))

    def _type_missing(self, sentence: str, span: Span) -> float:
        if self._kind is None or self._kind in UNTYPED:
            return 0.0
        typed = typed_spans(sentence, self._kind, self._question)
        return float(not any(a < span[1] and span[0] < b for a, b in typed))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
