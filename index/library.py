"""The library: one SQLite file that holds every article, passage and embedding. The truth.

Readers open as many `Library` objects as they like; the one writer is `index.writing`. A write is
one transaction, so readers in other processes see an article whole or not at all.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
import numpy.typing as npt
import orjson

from index.domain import Article, Passage
from index.errors import LibraryDamagedError
from index.filters import ArticleFilter
from index.migrating import Connection
from index.schema import LIBRARY

FILE_NAME = "library.sqlite3"
PARAMETERS_PER_QUERY = 500
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its article and its row, which is its name in the vector index."""

    row: int
    passage: Passage
    article: Article

    @property
    def text(self) -> str:
        """The passage's text, to the character."""
        return self.article.text[self.passage.start_char : self.passage.end_char]


class Library:
    """Reads a library; safe to share between threads, each of which gets its own connection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._local = threading.local()
        self._connections: WeakSet[Connection] = WeakSet()

    def exists(self) -> bool:
        """Return whether there is a library in the folder."""
        return self.path.is_file() and self.path.stat().st_size > 0

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in list(self._connections):
            connection.close()
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of this thread; raises LibraryDamagedError if it cannot be read."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
            self._connections.add(connection)
        return connection

    def _open(self) -> Connection:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return LIBRARY.opened(self.path)
        except sqlite3.OperationalError as error:
            raise LibraryDamagedError(f"{self.path} cannot be opened: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LibraryDamagedError(
                f"{self.path} is damaged or not a library ({error}); move it away and add the "
                "articles again, or restore a copy"
            ) from error

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Make all reads inside see one state of the library."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("COMMIT")

    # Meta

    def meta(self, name: str) -> Any:
        """Return a remembered value, None where there is none."""
        found = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return orjson.loads(found[0]) if found else None

    def generation(self) -> int:
        """Return a number that grows with every change of what can be found."""
        return int(self.meta("generation") or 0)

    # Articles

    def article(self, article_id: str) -> Article | None:
        """Return the article, also one that a newer version has replaced; None if unknown."""
        found = self.connection.execute(
            f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return _article(found) if found else None

    def superseded_by(self, article_id: str) -> str | None:
        """Return the id of the version that replaced an article."""
        found = self.connection.execute(
            "SELECT superseded_by FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        return found[0] if found else None

    def places(self, article_id: str) -> list[str]:
        """Return where the article was read from, sorted."""
        found = self.connection.execute(
            "SELECT place FROM places WHERE article_id = ? ORDER BY place", (article_id,)
        )
        return [place for (place,) in found]

    def articles(
        self,
        where: ArticleFilter | None = None,
        *,
        limit: int = -1,
        offset: int = 0,
    ) -> list[tuple[str, Article]]:
        """Return (id, article without its text) of current articles, newest first."""
        clause, values = (where or ArticleFilter()).sql()
        found = self.connection.execute(
            f"SELECT id, {ARTICLE_COLUMNS.replace('text', TEXTLESS, 1)} FROM articles "
            f"WHERE superseded_by IS NULL AND {clause} "
            "ORDER BY published_at IS NULL, published_at LIKE '--%', published_at DESC, title, id "
            "LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [(row[0], _article(row[1:])) for row in found]

    def count_articles(self, where: ArticleFilter | None = None) -> int:
        """Return the number of current articles."""
        clause, values = (where or ArticleFilter()).sql()
        return int(
            self.connection.execute(
                f"SELECT count(*) FROM articles WHERE superseded_by IS NULL AND {clause}", values
            ).fetchone()[0]
        )

    # Passages

    def count_passages(self, where: ArticleFilter | None = None) -> int:
        """Return the number of passages that can be found."""
        if not where or where.is_empty:
            found = self.connection.execute("SELECT count(*) FROM passages")
            return int(found.fetchone()[0])
        return len(self.rows(where))

    def has_passages(self) -> bool:
        """Return whether anything can be found; counting 50,000 passages takes 1 ms."""
        return self.connection.execute("SELECT 1 FROM passages LIMIT 1").fetchone() is not None

    def rows(self, where: ArticleFilter) -> Rows:
        """Return the rows of the passages that a filter lets through, ascending."""
        clause, values = where.sql()
        found = self.connection.execute(
            "SELECT row FROM passages WHERE article_id IN "
            f"(SELECT id FROM articles WHERE superseded_by IS NULL AND {clause}) ORDER BY row",
            values,
        )
        return np.fromiter((row for (row,) in found), np.int64)

    def passages(self, rows: Sequence[int]) -> list[StoredPassage]:
        """Return the passages among `rows`, in the order of `rows`; removed ones are left out."""
        stored: dict[int, StoredPassage] = {}
        articles: dict[str, Article] = {}
        for part in _parts(rows):
            for row, article_id, *span in self.connection.execute(
                "SELECT row, article_id, ordinal, start_char, end_char FROM passages "
                f"WHERE row IN ({_marks(part)})",
                part,
            ):
                if article_id not in articles and (article := self.article(article_id)):
                    articles[article_id] = article
                stored[row] = StoredPassage(row, Passage(article_id, *span), articles[article_id])
        return [stored[row] for row in rows if row in stored]

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """Return the article of each of `rows` that can still be found, by row."""
        return {
            row: article_id
            for part in _parts(rows)
            for row, article_id in self.connection.execute(
                f"SELECT row, article_id FROM passages WHERE row IN ({_marks(part)})", part
            )
        }

    def passage(self, passage_id: str) -> StoredPassage | None:
        """Return a passage by its id."""
        found = self.connection.execute("SELECT row FROM passages WHERE id = ?", (passage_id,))
        row = found.fetchone()
        return next(iter(self.passages([row[0]])), None) if row else None

    def stored_among(self, rows: Sequence[int]) -> set[int]:
        """Return those of `rows` that can still be found."""
        return set(self.article_ids(rows))

    def vectors(
        self,
        *,
        after: int = 0,
        rows: Rows | None = None,
    ) -> Iterator[tuple[Rows, npt.NDArray[np.float16]]]:
        """Yield (rows, float16 vectors) in blocks, ascending by row."""
        dimension = int((self.meta("embedder") or {}).get("dimension", 0))
        if rows is None:
            found = self.connection.execute(
                "SELECT row, vector FROM embeddings WHERE row > ? ORDER BY row", (after,)
            )
            while block := found.fetchmany(4096):
                yield _block(block, dimension)
        else:
            for part in _parts(rows.tolist()):
                yield _block(
                    self.connection.execute(
                        f"SELECT row, vector FROM embeddings "
                        f"WHERE row IN ({_marks(part)}) ORDER BY row",
                        part,
                    ).fetchall(),
                    dimension,
                )

    def search_words(
        self, query: str, *, limit: int, header_weight: float, where: ArticleFilter | None = None
    ) -> list[tuple[int, float]]:
        """Return (row, BM25 score, higher is better) for an FTS5 query, best first."""
        filtered, values = "", ()
        if where and not where.is_empty:
            clause, values = where.sql()
            filtered = (
                "AND rowid IN (SELECT row FROM passages WHERE article_id IN "
                f"(SELECT id FROM articles WHERE superseded_by IS NULL AND {clause})) "
            )
        found = self.connection.execute(
            "SELECT rowid, -bm25(passage_words, ?, 1.0) AS score FROM passage_words "
            f"WHERE passage_words MATCH ? {filtered}ORDER BY score DESC, rowid LIMIT ?",
            (header_weight, query, *values, limit),
        )
        return [(row, score) for row, score in found]


ARTICLE_COLUMNS = (
    "text, title, source, author, url, published_at, modified_at, body_start, page_starts"
)
TEXTLESS = "''"


def _article(columns: Sequence[Any]) -> Article:
    text, title, source, author, url, published_at, modified_at, body_start, page_starts = columns
    return Article(
        text=text,
        title=title,
        source=source,
        author=author,
        url=url,
        published_at=published_at,
        modified_at=modified_at,
        body_start=body_start,
        page_starts=tuple(orjson.loads(page_starts)),
    )


def _block(found: list[Any], dimension: int) -> tuple[Rows, npt.NDArray[np.float16]]:
    rows = np.fromiter((row for row, _ in found), np.int64, len(found))
    joined = np.frombuffer(b"".join(vector for _, vector in found), np.float16)
    return rows, joined.reshape(len(found), dimension)


def _parts(rows: Sequence[int]) -> Iterable[Sequence[int]]:
    size = PARAMETERS_PER_QUERY
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))
