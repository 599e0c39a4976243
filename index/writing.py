"""Changes to the library: each a transaction that is there whole, or not at all."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import orjson

from index.domain import Article, Passage, Skipped
from index.embedding import EmbedderIdentity
from index.encoders import Vectors
from index.errors import EmbedderMismatchError
from index.library import Library
from index.search_text import normalised
from index.splitting import header

Outcome = Literal["added", "replaced", "unchanged", "duplicate"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What storing an article at a place comes to, decided before anything is embedded."""

    place: str
    file: str | None
    article: Article
    outcome: Outcome
    needs_embedding: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan with the passages and vectors that it needed."""

    plan: Plan
    passages: Sequence[Passage] = ()
    vectors: Vectors | None = None


@contextmanager
def transaction(library: Library) -> Iterator[sqlite3.Connection]:
    """Run the body in one transaction, and count it as a change that readers should see."""
    connection = library.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        set_meta(connection, "generation", library.generation() + 1)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def set_meta(connection: sqlite3.Connection, name: str, value: Any) -> None:
    """Remember a value inside the caller's transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, orjson.dumps(value).decode())
    )


class LibraryWriter:
    """Writes to a library; the caller holds `index.locking.writing` for as long as it lives."""

    def __init__(self, library: Library, embedder: EmbedderIdentity) -> None:
        self._library = library
        check_embedder(library, embedder)
        if library.meta("embedder") is None:
            with transaction(self._library) as connection:
                set_meta(connection, "embedder", asdict(embedder))

    def remember(self, name: str, value: Any) -> None:
        """Remember a value in a transaction of its own."""
        with transaction(self._library) as connection:
            set_meta(connection, name, value)

    # Articles

    def plan(self, place: str, file: str | None, article: Article) -> Plan:
        """Decide what `article` at `place` comes to.

        The same text is stored once; the place that first gave it may correct its fields, further
        places only fill in what is unknown.
        """
        current = self._article_at(place)
        stored = self._library.article(article.id)
        if stored is None:
            return Plan(place, file, article, "replaced" if current else "added", True)
        sole = current == article.id and len(self._library.places(article.id)) == 1
        revived = self._library.superseded_by(article.id) is not None
        wanted = replace(
            article if sole or revived else stored.filled_from(article),
            body_start=stored.body_start,
        )
        needs_embedding = revived or header(wanted) != header(stored)
        if current == article.id:
            outcome: Outcome = "unchanged" if wanted == stored else "replaced"
        else:
            outcome = "replaced" if current else "added" if revived else "duplicate"
        return Plan(place, file, wanted, outcome, needs_embedding)

    def store(self, batch: Iterable[Prepared]) -> None:
        """Store articles in one transaction; when this returns they are on disk."""
        with transaction(self._library) as connection:
            for prepared in batch:
                self._store_one(connection, prepared)

    def _store_one(self, connection: sqlite3.Connection, prepared: Prepared) -> None:
        plan, article = prepared.plan, prepared.plan.article
        previous = self._article_at(plan.place)
        self._write_article(connection, article)
        if prepared.vectors is not None:
            _delete_passages(connection, article.id)
            _insert_passages(connection, article, prepared.passages, prepared.vectors)
        connection.execute(
            "INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (plan.place, plan.file, article.id)
        )
        if previous and previous != article.id and not self._library.places(previous):
            _delete_passages(connection, previous)
            connection.execute(
                "UPDATE articles SET superseded_by = ? WHERE id = ?", (article.id, previous)
            )

    def _write_article(self, connection: sqlite3.Connection, article: Article) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        connection.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) "
            "ON CONFLICT (id) DO UPDATE SET title = excluded.title, source = excluded.source, "
            "author = excluded.author, url = excluded.url, published_at = excluded.published_at, "
            "modified_at = excluded.modified_at, superseded_by = NULL",
            (
                article.id,
                article.title,
                article.text,
                article.source,
                article.author,
                article.url,
                article.published_at,
                article.modified_at,
                article.body_start,
                orjson.dumps(article.page_starts).decode(),
                now,
            ),
        )

    def _article_at(self, place: str) -> str | None:
        found = self._library.connection.execute(
            "SELECT article_id FROM places WHERE place = ?", (place,)
        ).fetchone()
        return found[0] if found else None

    # Files

    def file_fingerprint(self, path: str) -> str | None:
        """Return the fingerprint under which a file was last read to its end."""
        found = self._library.connection.execute(
            "SELECT fingerprint FROM files WHERE path = ?", (path,)
        ).fetchone()
        return found[0] if found else None

    def file_skips(self, path: str) -> list[Skipped]:
        """Return what was skipped when the file was last read."""
        found = self._library.connection.execute(
            "SELECT skipped FROM files WHERE path = ?", (path,)
        ).fetchone()
        return [Skipped(*one) for one in orjson.loads(found[0])] if found else []

    def finish_file(self, path: str, fingerprint: str, skipped: Sequence[Skipped]) -> None:
        """Note that a file was read to its end and all of its articles are stored."""
        noted = orjson.dumps([(one.place, one.reason) for one in skipped]).decode()
        with transaction(self._library) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (path, fingerprint, noted)
            )

    def files(self) -> list[str]:
        """Return all files that articles were read from, sorted."""
        found = self._library.connection.execute("SELECT path FROM files ORDER BY path")
        return [path for (path,) in found]

    def places_of(self, file: str) -> list[str]:
        """Return the places inside a file, sorted."""
        found = self._library.connection.execute(
            "SELECT place FROM places WHERE file = ? ORDER BY place", (file,)
        )
        return [place for (place,) in found]

    # Removal

    def remove_places(self, places: Sequence[str], *, files: Sequence[str] = ()) -> int:
        """Forget places, and the articles that were nowhere else; return how many articles went."""
        removed = 0
        with transaction(self._library) as connection:
            for place in places:
                article_id = self._article_at(place)
                connection.execute("DELETE FROM places WHERE place = ?", (place,))
                if article_id and not self._library.places(article_id):
                    removed += _delete_article(connection, article_id)
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in files])
        return removed

    def remove_articles(self, article_ids: Sequence[str]) -> int:
        """Delete articles, their places and their earlier versions; return how many were there."""
        with transaction(self._library) as connection:
            connection.executemany(
                "DELETE FROM files WHERE path IN (SELECT file FROM places WHERE article_id = ?)",
                [(article_id,) for article_id in article_ids],
            )
            return sum(_delete_article(connection, article_id) for article_id in article_ids)


def replace_all_embeddings(
    library: Library, blocks: Iterable[tuple[Sequence[int], Vectors]], embedder: EmbedderIdentity
) -> None:
    """Replace every vector, and the embedder's identity, in one transaction."""
    with transaction(library) as connection:
        for rows, vectors in blocks:
            connection.executemany(
                "INSERT OR REPLACE INTO embeddings VALUES (?, ?)",
                list(zip(rows, _blobs(vectors), strict=True)),
            )
        set_meta(connection, "embedder", asdict(embedder))
        set_meta(connection, "index", None)


def check_embedder(library: Library, embedder: EmbedderIdentity) -> None:
    """Raise EmbedderMismatchError where the library was embedded with another model."""
    stored = library.meta("embedder")
    if stored and (stored["sha256"], stored["dimension"]) != (embedder.sha256, embedder.dimension):
        raise EmbedderMismatchError(
            f"the library was embedded with {stored['name']} ({stored['sha256'][:12]}…, "
            f"{stored['dimension']} dimensions), but {embedder.name} ({embedder.sha256[:12]}…, "
            f"{embedder.dimension} dimensions) is set; go back to that model, or embed all "
            "passages again with: cuttings doctor --reembed"
        )


def _insert_passages(
    connection: sqlite3.Connection, article: Article, passages: Sequence[Passage], vectors: Vectors
) -> None:
    words = normalised(header(article))
    for passage, blob in zip(passages, _blobs(vectors), strict=True):
        row = connection.execute(
            "INSERT INTO passages (id, article_id, ordinal, start_char, end_char) "
            "VALUES (?, ?, ?, ?, ?)",
            (passage.id, article.id, passage.ordinal, passage.start_char, passage.end_char),
        ).lastrowid
        connection.execute("INSERT INTO embeddings VALUES (?, ?)", (row, blob))
        body = normalised(article.text[passage.start_char : passage.end_char])
        connection.execute(
            "INSERT INTO passage_words (rowid, header, body) VALUES (?, ?, ?)", (row, words, body)
        )


def _delete_passages(connection: sqlite3.Connection, article_id: str) -> None:
    connection.execute(
        "DELETE FROM passage_words WHERE rowid IN (SELECT row FROM passages WHERE article_id = ?)",
        (article_id,),
    )
    connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))


def _delete_article(connection: sqlite3.Connection, article_id: str) -> int:
    """Delete an article with the versions that it replaced."""
    earlier = connection.execute(
        "SELECT id FROM articles WHERE superseded_by = ? AND id != ?", (article_id, article_id)
    ).fetchall()
    connection.execute(
        "UPDATE articles SET superseded_by = NULL WHERE superseded_by = ?", (article_id,)
    )
    _delete_passages(connection, article_id)
    removed = connection.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount
    for (one,) in earlier:
        _delete_article(connection, one)
    return removed


def _blobs(vectors: Vectors) -> list[bytes]:
    return [row.tobytes() for row in np.asarray(vectors, np.float16)]
