"""Which passages a question is read against: dense and lexical search, fused.

Scores are fused, not ranks: on newsquiz reciprocal rank fusion (Cormack et al., SIGIR 2009) fell
behind BM25 at cuts 1 and 5, as it forgets how far ahead the first hit is; a convex combination of
normalised scores (Bruch et al., TOIS 2023) is ahead of both at every cut.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from index.encoders import Vectors
from index.filters import ArticleFilter
from index.library import Library, Rows
from qa.domain import RetrievedPassage
from qa.settings import RetrievalSettings
from qa.words import content_words, fts_query

LEAST_COSINE = 0.0


class QuestionEmbedder(Protocol):
    """The part of the embedder that a question needs."""

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, float32, (texts, dimension)."""
        ...


class Neighbours(Protocol):
    """Nearest passages by embedding."""

    def nearest(
        self, vector: Vectors, *, limit: int, where: ArticleFilter | None = None
    ) -> tuple[Rows, Vectors]:
        """Return up to `limit` (rows, cosines in [-1, 1]), nearest first."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a question goes on about without saying it."""

    text: str
    """Words and names of earlier turns."""
    weight: float
    """What each of its words counts beside the question's own, in [0, 1]."""
    article_ids: tuple[str, ...] = ()
    """Articles that the answer before came from."""
    preference: float = 0.0
    """What is added to the score, in [0, 1], of their passages that were found."""


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds passages in a library; holds no state of its own."""

    library: Library
    embedder: QuestionEmbedder
    neighbours: Neighbours
    settings: RetrievalSettings = RetrievalSettings()

    def retrieve(
        self,
        question: str,
        *,
        where: ArticleFilter | None = None,
        limit: int | None = None,
        context: Context | None = None,
    ) -> list[RetrievedPassage]:
        """Return up to `limit` passages, best first; none where the library or filter is empty."""
        limit = limit or self.settings.passages_per_question
        with self.library.snapshot():
            return self._retrieve(question, where, limit, context)

    def _retrieve(
        self,
        question: str,
        where: ArticleFilter | None,
        limit: int,
        context: Context | None,
    ) -> list[RetrievedPassage]:
        with ThreadPoolExecutor(1) as beside:  # SQLite leaves a core to the embedder
            vector = beside.submit(self._embedded, question, context)
            words = self._lexical(question, where, limit)
            if context:
                for row, score in self._lexical_of_context(question, context, where, limit):
                    words[row] = words.get(row, 0.0) + context.weight * score
        cosines = self._dense(vector.result(), where, limit)
        scores = dict(fused(cosines, words, dense_weight=self.settings.dense_weight))
        # Only what is returned is read with its article: 1 ms instead of 5.
        articles = self.library.article_ids(list(scores))
        if context:
            scores = _preferring(scores, articles, context)
        rows = self._capped(articles, scores, limit)
        best_words = max(words.values(), default=0.0) or 1.0
        return [
            RetrievedPassage(
                one,
                scores[one.row],
                cosines.get(one.row, LEAST_COSINE),
                words.get(one.row, 0.0) / best_words,
            )
            for one in self.library.passages(rows)
        ]

    def _embedded(self, question: str, context: Context | None) -> Vectors:
        if context is None:
            vector: Vectors = self.embedder.embed_questions([question])[0]
            return vector
        own, earlier = self.embedder.embed_questions([question, context.text])
        mixed = own + np.float32(context.weight) * earlier
        unit: Vectors = np.divide(mixed, np.linalg.norm(mixed), dtype=np.float32)
        return unit

    def _lexical_of_context(
        self, question: str, context: Context, where: ArticleFilter | None, limit: int
    ) -> Iterable[tuple[int, float]]:
        """Return (row, score) by the words that the question does not hold itself."""
        own = set(content_words(question))
        others = " ".join(word for word in content_words(context.text) if word not in own)
        return self._lexical(others, where, limit).items()

    def _dense(self, vector: Vectors, where: ArticleFilter | None, limit: int) -> dict[int, float]:
        count = max(self.settings.candidates, limit)
        rows, cosines = self.neighbours.nearest(vector, limit=count, where=where)
        return dict(zip(rows.tolist(), cosines.tolist(), strict=True))

    def _lexical(self, question: str, where: ArticleFilter | None, limit: int) -> dict[int, float]:
        query = fts_query(question)
        if not query:
            return {}
        return dict(
            self.library.search_words(
                query,
                limit=max(self.settings.candidates, limit),
                header_weight=self.settings.header_weight,
                where=where,
            )
        )

    def _capped(
        self, article_ids: Mapping[int, str], ranked: Iterable[int], limit: int
    ) -> list[int]:
        """Keep at most a few passages of each article; what that leaves out fills the end."""
        taken: Counter[str] = Counter()
        kept: list[int] = []
        crowded: list[int] = []
        for row in ranked:
            if row in article_ids:
                taken[article_ids[row]] += 1
                within = taken[article_ids[row]] <= self.settings.passages_per_article
                (kept if within else crowded).append(row)
        return (kept + crowded)[:limit]


def fused(
    cosines: dict[int, float],
    words: dict[int, float],
    *,
    dense_weight: float,
) -> list[tuple[int, float]]:
    """Return (row, score in [0, 1]) of both results by a convex combination, best first.

    Each score is a share of the best of its own result; what one search did not return is 0 there.
    """
    dense, lexical = _shares(cosines), _shares(words)
    scores = {
        row: dense_weight * dense.get(row, 0.0) + (1 - dense_weight) * lexical.get(row, 0.0)
        for row in {**dense, **lexical}
    }
    return sorted(scores.items(), key=lambda one: (-one[1], one[0]))


def _preferring(
    scores: Mapping[int, float], articles: Mapping[int, str], context: Context
) -> dict[int, float]:
    """Return the scores, best first, with something more for passages of the context's articles."""
    raised = {
        row: score + (context.preference if articles.get(row) in context.article_ids else 0.0)
        for row, score in scores.items()
    }
    return dict(sorted(raised.items(), key=lambda one: (-one[1], one[0])))


def _shares(scores: dict[int, float]) -> dict[int, float]:
    best = max(scores.values(), default=0.0)
    return {row: max(score, 0.0) / best if best > 0 else 0.0 for row, score in scores.items()}
