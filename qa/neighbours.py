"""Nearest passages by embedding: a Chroma snapshot plus what is newer, or everything exactly."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from index.encoders import Vectors
from index.filters import ArticleFilter
from index.library import Library, Rows

if TYPE_CHECKING:
    from index.vectors import Snapshot, SnapshotIndex

EXACT_FILTERED_PASSAGES = 20_000
"""Up to so many passages behind a filter are compared exactly, in about 40 ms."""
NOTHING: tuple[Rows, Vectors] = (np.zeros(0, np.int64), np.zeros(0, np.float32))
Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Matrix:
    rows: Rows
    vectors: npt.NDArray[np.float16]

    def nearest(self, vector: Vectors, limit: int) -> tuple[Rows, Vectors]:
        if not len(self.rows):
            return NOTHING
        cosines = np.concatenate(
            [
                self.vectors[start : start + 8192].astype(np.float32) @ vector
                for start in range(0, len(self.rows), 8192)
            ]
        )
        best = np.argsort(-cosines, kind="stable")[:limit]
        return self.rows[best], cosines[best]


def _matrix(library: Library, *, after: int = 0, rows: Rows | None = None) -> _Matrix:
    blocks = list(library.vectors(after=after, rows=rows))
    if not blocks:
        return _Matrix(NOTHING[0], np.zeros((0, 0), np.float16))
    return _Matrix(np.concatenate([r for r, _ in blocks]), np.concatenate([v for _, v in blocks]))


class ExactNeighbours:
    """Reads all vectors for each question: no start-up at all, 0.2 s for 50,000 passages.

    That is less than importing chromadb takes, so this is what a single question uses.
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def nearest(
        self, vector: Vectors, *, limit: int, where: ArticleFilter | None = None
    ) -> tuple[Rows, Vectors]:
        """Return up to `limit` (rows, cosines), nearest first."""
        rows = self._library.rows(where) if where and not where.is_empty else None
        return _matrix(self._library, rows=rows).nearest(vector, limit)


class IndexedNeighbours:
    """Keeps a snapshot open and follows the library; safe to share between threads.

    Without a usable snapshot every vector is held in memory (768 bytes each) and searched exactly.
    """

    def __init__(self, library: Library, *, notify: Notify | None = None) -> None:
        self._library = library
        self._notify = notify or (lambda _: None)
        self._lock = threading.Lock()
        self._generation, self._newer_than = -1, 0
        self._index: SnapshotHolder = SnapshotHolder(library, self._notify)
        self._newer = _Matrix(NOTHING[0], np.zeros((0, 0), np.float16))

    def nearest(
        self, vector: Vectors, *, limit: int, where: ArticleFilter | None = None
    ) -> tuple[Rows, Vectors]:
        """Return up to `limit` (rows, cosines), nearest first."""
        allowed = self._library.rows(where) if where and not where.is_empty else None
        if allowed is not None and len(allowed) <= EXACT_FILTERED_PASSAGES:
            return _matrix(self._library, rows=allowed).nearest(vector, limit)
        # Twice as many, as some may be gone from the library or behind the filter.
        wanted = limit * (2 if allowed is None else 8)
        with self._lock:  # a snapshot must not be closed while it is searched, which takes 3 ms
            self._follow()
            indexed = self._index.nearest(vector, wanted)
            self._follow()  # the index may have failed just now
            parts = [indexed, self._newer.nearest(vector, wanted)]
        rows, cosines = (np.concatenate(one) for one in zip(*parts, strict=True))
        keep = np.isin(
            rows,
            allowed if allowed is not None else list(self._library.stored_among(rows.tolist())),
        )
        order = np.argsort(-cosines[keep], kind="stable")[:limit]
        return rows[keep][order], cosines[keep][order]

    def close(self) -> None:
        """Give the snapshot's memory back."""
        self._index.close()

    def _follow(self) -> None:
        """Take up what other processes have written since the last question."""
        generation = self._library.generation()
        if generation != self._generation:
            self._index.follow()
        if (generation, self._index.last_row) != (self._generation, self._newer_than):
            self._newer_than = self._index.last_row
            self._newer = _matrix(self._library, after=self._newer_than)
            self._generation = generation


class SnapshotHolder:
    """The open snapshot, or none; a failing one is dropped and said, never raised."""

    def __init__(self, library: Library, notify: Notify) -> None:
        self._library = library
        self._notify = notify
        self._open: SnapshotIndex | None = None
        self._name = ""
        self.last_row = 0

    def follow(self) -> None:
        """Open the snapshot that the library names now, if it is another and is sound."""
        from index import vectors

        named = vectors.named_snapshot(self._library)
        if named and named.folder == self._name:
            return
        self.close()
        if named is None:
            return
        self._name = named.folder
        if reason := self._opened(named):
            if vectors.named_snapshot(self._library) != named:  # replaced while it was opened
                self.follow()
                return
            self._complain(reason)

    def _opened(self, named: "Snapshot") -> str | None:
        """Open a snapshot; return the reason why not, None where it is open."""
        from index import vectors

        if reason := vectors.fault(self._library, named):
            return reason
        try:
            self._open = vectors.SnapshotIndex(self._library, named)
        except Exception as error:
            return f"not readable ({type(error).__name__})"
        self.last_row = named.last_row
        return None

    def nearest(self, vector: Vectors, limit: int) -> tuple[Rows, Vectors]:
        """Return the snapshot's neighbours, none where there is no usable snapshot."""
        if not self._open:
            return NOTHING
        try:
            return self._open.nearest(vector, limit=limit)
        except Exception as error:
            self._drop()  # but not its name: what failed once is not opened again
            self._complain(f"not readable ({type(error).__name__})")
            return NOTHING

    def close(self) -> None:
        """Close the snapshot and remove this process's copy of it."""
        self._drop()
        self._name = ""

    def _drop(self) -> None:
        if self._open:
            self._open.close()
        self._open, self.last_row = None, 0

    def _complain(self, reason: str) -> None:
        self._notify(
            f"The vector index is {reason}; answering without it, more slowly. "
            "Repair it with: cuttings doctor"
        )
