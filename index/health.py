"""What state a library is in: counts for people, and the checks of the doctor."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index import vectors
from index.library import Library


@dataclass(frozen=True, slots=True)
class Summary:
    """A library in figures."""

    folder: str
    articles: int
    passages: int
    earlier_versions: int
    bytes: int
    model: str | None
    first_date: str | None
    last_date: str | None
    undated: int
    sources: list[tuple[str, int]]
    """(outlet, articles), most articles first."""
    index: str
    """Whether the vector index is in step, in words."""


def summary(library: Library) -> Summary:
    """Return the figures of a library that exists."""
    one = library.connection.execute
    current = "FROM articles WHERE superseded_by IS NULL"
    dated = f"{current} AND published_at NOT LIKE '--%'"
    first, last, known = one(
        f"SELECT min(published_at), max(published_at), count(*) {dated}"
    ).fetchone()
    articles = library.count_articles()
    embedder = library.meta("embedder")
    return Summary(
        folder=str(library.folder),
        articles=articles,
        passages=library.count_passages(),
        earlier_versions=one(
            "SELECT count(*) FROM articles WHERE superseded_by IS NOT NULL"
        ).fetchone()[0],
        bytes=_bytes_in(library.folder),
        model=embedder["name"] if embedder else None,
        first_date=first and first[:10],
        last_date=last and last[:10],
        undated=articles - known,
        sources=one(
            f"SELECT coalesce(source, 'unknown'), count(*) AS n {current} "
            "GROUP BY 1 ORDER BY n DESC, 1"
        ).fetchall(),
        index=index_state(library),
    )


def _bytes_in(folder: Path) -> int:
    """Return the size of all files; a writer may remove some while they are counted."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total


def index_state(library: Library) -> str:
    """Return in words whether the vector index is in step with the library."""
    snapshot = vectors.named_snapshot(library)
    if snapshot is None:
        return (
            "due to be built; run: cuttings doctor"
            if vectors.is_due(library)
            else "not needed yet, so few passages are searched exactly"
        )
    if reason := vectors.fault(library, snapshot):
        return f"{reason}; repair it with: cuttings doctor"
    newer = library.count_passages() - int(
        library.connection.execute(
            "SELECT count(*) FROM passages WHERE row <= ?", (snapshot.last_row,)
        ).fetchone()[0]
    )
    return f"in step: {snapshot.count:,} passages indexed, {newer:,} newer ones searched exactly"


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong inside the library itself, in words; nothing where all is well."""
    one = library.connection.execute
    for (found,) in one("PRAGMA integrity_check"):
        if found != "ok":
            yield f"SQLite: {found}"
    for table, *_ in one("PRAGMA foreign_key_check").fetchall():
        yield f"a row of {table} points at nothing"
    checks = {
        "passages without an embedding": "SELECT count(*) FROM passages "
        "LEFT JOIN embeddings USING (row) "
        "WHERE vector IS NULL",
        "passages that full-text search misses": "SELECT count(*) FROM passages WHERE row NOT IN "
        "(SELECT rowid FROM passage_words)",
        "full-text rows without a passage": "SELECT count(*) FROM passage_words WHERE rowid NOT IN "
        "(SELECT row FROM passages)",
        "passages that reach beyond their article": "SELECT count(*) FROM passages "
        "JOIN articles ON "
        "articles.id = article_id WHERE end_char > length(text) "
        "OR start_char >= end_char",
        "current articles without a passage": "SELECT count(*) FROM articles "
        "WHERE superseded_by IS NULL "
        "AND id NOT IN (SELECT article_id FROM passages)",
    }
    for name, query in checks.items():
        if count := one(query).fetchone()[0]:
            yield f"{count:,} {name}"
    yield from _vector_problems(library)


def _vector_problems(library: Library) -> Iterator[str]:
    dimension = int((library.meta("embedder") or {}).get("dimension", 0))
    wrong = library.connection.execute(
        "SELECT count(*) FROM embeddings WHERE length(vector) != ?", (dimension * 2,)
    ).fetchone()[0]
    if wrong:
        yield f"{wrong:,} embeddings of another size than {dimension}"
        return
    for _, block in library.vectors():
        lengths = np.linalg.norm(block.astype(np.float32), axis=1)
        if bad := int((~(np.abs(lengths - 1) < 0.02)).sum()):
            yield f"{bad:,} embeddings that are not unit vectors"
            return
