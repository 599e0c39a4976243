"""Libraries of any size, made from another by cutting it or by adding altered copies.

Nothing is embedded: a copy's vectors are its article's, turned a little at random, and its text
ends in a line that makes it another article. Words and lengths stay those of real news.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

import numpy as np

from evals.datasets import WORK
from evals.metrics import SEED
from index.domain import Passage
from index.embedding import EmbedderIdentity
from index.encoders import Vectors
from index.library import Library
from index.locking import writing
from index.upkeep import bring_up_to_date
from index.writing import LibraryWriter, Plan, Prepared

ARTICLES_PER_TRANSACTION = 200
TURN = 0.35
"""Length of what is added to a unit vector: the copy's cosine to it is 0.94."""


def sized_library(source: Library, passages: int) -> Library:
    """Return a library of `passages` passages, rounded up to whole articles; kept once made.

    Raises SystemExit where the source is empty.
    """
    if not source.exists() or not source.count_passages():
        raise SystemExit(f"no library to enlarge at {source.folder}")
    folder = WORK / "libraries" / f"{source.folder.name}-{passages}"
    library = Library(folder)
    if library.exists() and library.meta("enlarged"):
        return library
    shutil.rmtree(folder, ignore_errors=True)
    embedder = EmbedderIdentity(**source.meta("embedder"))
    library = Library(folder)
    with writing(folder, doing="an evaluation"):
        writer = LibraryWriter(library, embedder)
        for batch in _batches(_first(passages, _copies(source))):
            writer.store(batch)
        bring_up_to_date(library, embedder)
        writer.remember("enlarged", {"from": source.folder.name, "passages": passages})
    return library


def _first(passages: int, articles: Iterable[Prepared]) -> Iterator[Prepared]:
    """Yield articles until they hold so many passages."""
    held = 0
    for one in articles:
        yield one
        held += len(one.passages)
        if held >= passages:
            return


def _batches(articles: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    pending: list[Prepared] = []
    for one in articles:
        pending.append(one)
        if len(pending) == ARTICLES_PER_TRANSACTION:
            yield pending
            pending = []
    if pending:
        yield pending


def _copies(source: Library) -> Iterator[Prepared]:
    """Yield the articles as they are, then altered, then altered otherwise, without end."""
    generator = np.random.default_rng(SEED)
    ids = sorted(one for one, _ in source.articles())
    for number in count():
        for article_id in ids:
            yield _copy(source, article_id, number, generator)


def _copy(
    source: Library, article_id: str, number: int, generator: np.random.Generator
) -> Prepared:
    """Return copy `number` of an article; number 0 is the article itself."""
    article = source.article(article_id)
    assert article is not None  # listed a moment ago, and nobody writes to an evaluation's library
    passages, vectors = _stored(source, article_id)
    if number:
        article = replace(article, text=f"{article.text}\n\nEdition {number}.")
        passages = [replace(one, article_id=article.id) for one in passages]
        vectors = _turned(vectors, generator)
    place = f"{article_id}#{number}"
    return Prepared(Plan(place, None, article, "added", True), passages, vectors)


def _stored(source: Library, article_id: str) -> tuple[list[Passage], Vectors]:
    """Return an article's passages with their vectors, float32, (passages, dimension)."""
    found = source.connection.execute(
        "SELECT ordinal, start_char, end_char, vector FROM passages JOIN embeddings USING (row) "
        "WHERE article_id = ? ORDER BY ordinal",
        (article_id,),
    ).fetchall()
    joined = np.frombuffer(b"".join(vector for *_, vector in found), np.float16)
    passages = [Passage(article_id, *span) for *span, _ in found]
    return passages, joined.reshape(len(found), -1).astype(np.float32)


def _turned(vectors: Vectors, generator: np.random.Generator) -> Vectors:
    """Return unit rows near those given."""
    noise = generator.standard_normal(vectors.shape, np.float32)
    turned = vectors + noise * np.float32(TURN / np.sqrt(vectors.shape[1]))
    return np.asarray(turned / np.linalg.norm(turned, axis=1, keepdims=True), np.float32)
