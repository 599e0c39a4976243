"""Nearest neighbours from Chroma, as immutable snapshots; the only importer of chromadb.

Chroma 1.5.9 loses a folder that is killed while its index files are written, and two processes
that write to one folder lose vectors. So a snapshot is built beside the others by a child process,
fingerprinted, and only then named in the library; after that nothing writes to it. What was added
since is searched exactly, which is fast while it is little.
"""

import atexit
import contextlib
import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from index.encoders import Vectors
from index.library import Library, Rows

FOLDER = "vectors"
COLLECTION = "passages"
OPEN_PREFIX = "open-"
UNFINISHED = ".building"
BATCH = 5_000  # Chroma takes at most 5,461 at once
REBUILD_MIN_PASSAGES = 2_000
"""Fewer new passages are searched exactly: 2,000 take 1 ms, a snapshot of them 2 s to build."""
REBUILD_SHARE = 0.5
GONE_SHARE = 0.2
SEARCH_BREADTH = 200
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


class SnapshotError(Exception):
    """An opened snapshot is not what it was."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished folder, as the library names it."""

    folder: str
    last_row: int
    count: int
    chroma: str
    files: dict[str, str]
    """Relative path to SHA-256."""


def named_snapshot(library: Library) -> Snapshot | None:
    """Return the snapshot that the library names, None where there is none."""
    stored = library.meta("index")
    return Snapshot(**stored) if stored else None


def fault(library: Library, snapshot: Snapshot) -> str | None:
    """Return what is wrong with a snapshot's folder, None when it is as it was built."""
    folder = library.folder / FOLDER / snapshot.folder
    if snapshot.chroma != version("chromadb"):
        return f"made by Chroma {snapshot.chroma}, this is {version('chromadb')}"
    if not folder.is_dir():
        return "missing"
    try:
        found = fingerprint(folder)
    except OSError as error:  # such as a writer that removes it, a newer one being there
        return f"not readable ({error.strerror})"
    if found == snapshot.files:
        return None
    changed = sorted(
        name for name in {*found, *snapshot.files} if found.get(name) != snapshot.files.get(name)
    )
    return f"damaged ({', '.join(Path(name).name for name in changed[:3])})"


def is_due(library: Library) -> bool:
    """Return whether so much has changed since the snapshot that a new one pays."""
    snapshot = named_snapshot(library)
    total = library.count_passages()
    if snapshot is None:
        return total >= REBUILD_MIN_PASSAGES
    newer = int(
        library.connection.execute(
            "SELECT count(*) FROM passages WHERE row > ?", (snapshot.last_row,)
        ).fetchone()[0]
    )
    gone = snapshot.count - (total - newer)
    return newer > max(REBUILD_MIN_PASSAGES, snapshot.count * REBUILD_SHARE) or (
        gone > max(REBUILD_MIN_PASSAGES, snapshot.count * GONE_SHARE)
    )


def build(library: Library, *, progress: Callable[[int, int], None] | None = None) -> Snapshot:
    """Build a snapshot of every stored vector in a child process; the caller holds the lock.

    The caller names it in the library, after which `collect_garbage` removes older ones.
    Raises OSError where the child fails.
    """
    name = f"s{library.generation():08d}-{version('chromadb')}"
    final = library.folder / FOLDER / name
    shutil.rmtree(final, ignore_errors=True)
    final.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, as the child of a killed process may still write under the last one.
    unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", suffix=UNFINISHED, dir=final.parent))
    command = [sys.executable, "-m", "index.vectors", str(library.folder), str(unfinished)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as child:
        count = last_row = 0
        for line in child.stdout or ():
            count, total, last_row = (int(part) for part in line.split())
            if progress:
                progress(count, total)
        complaint = child.stderr.read() if child.stderr else ""
    if child.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        last = (complaint.strip().splitlines() or [f"exit status {child.returncode}"])[-1]
        raise OSError(f"the vector index could not be built: {last}")
    unfinished.rename(final)
    return Snapshot(name, last_row, count, version("chromadb"), fingerprint(final))


def collect_garbage(library: Library) -> list[str]:
    """Remove folders that the library does not name, and return those that were half-built."""
    snapshot = named_snapshot(library)
    half_built = []
    parent = library.folder / FOLDER
    for folder in sorted(parent.iterdir()) if parent.is_dir() else []:
        if snapshot and folder.name == snapshot.folder:
            continue
        if folder.name.startswith(OPEN_PREFIX) and _is_in_use(folder):
            continue
        if folder.suffix == UNFINISHED:
            half_built.append(folder.name)
        shutil.rmtree(folder, ignore_errors=True)
    return half_built


def _is_in_use(folder: Path) -> bool:
    """Return whether the process that opened this copy still runs."""
    import psutil

    process_id = folder.name.removeprefix(OPEN_PREFIX).split("-", maxsplit=1)[0]
    return process_id.isdigit() and psutil.pid_exists(int(process_id))


def fingerprint(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder by relative path."""
    hashes = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-journal")):
            with path.open("rb") as file:
                hashes[str(path.relative_to(folder))] = hashlib.file_digest(
                    file, "sha256"
                ).hexdigest()
    return hashes


class SnapshotIndex:
    """A snapshot opened for questions. Open only what `fault` finds nothing wrong with.

    Raises whatever Chroma does, and SnapshotError, where the copy is damaged or goes away.

    Chroma writes to a folder that it only reads (its SQLite file differs after each opening), so
    every process opens a copy of its own: 0.25 s and 110 MB for 56,000 passages.
    """

    def __init__(self, library: Library, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        parent = library.folder / FOLDER
        self._folder = Path(tempfile.mkdtemp(prefix=f"{OPEN_PREFIX}{os.getpid()}-", dir=parent))
        atexit.register(self.close)
        try:
            shutil.copytree(parent / snapshot.folder, self._folder, dirs_exist_ok=True)
            if fingerprint(self._folder) != snapshot.files:
                raise SnapshotError("it changed while it was copied")  # noqa: TRY301 - one clean-up
            with _panics_raised():
                self._client = _client(self._folder)
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            # Chroma reads its files with the first question, and is silent where they are gone.
            dimension = int((library.meta("embedder") or {}).get("dimension", 0))
            self.nearest(np.ones(dimension, np.float32), limit=1)
        except Exception:
            self.close()
            raise

    def nearest(self, vector: Vectors, *, limit: int) -> tuple[Rows, Vectors]:
        """Return up to `limit` (rows, cosines in [-1, 1]), nearest first."""
        wanted = min(limit, self.snapshot.count)
        if not wanted:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        with _panics_raised():
            found = self._collection.query(
                query_embeddings=[vector.astype(np.float32)],
                n_results=wanted,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        rows = np.fromiter((int(one) for one in found["ids"][0]), np.int64)
        if len(rows) < wanted / 2:
            raise SnapshotError(f"{len(rows)} neighbours where {wanted} were asked for")
        return rows, 1 - np.asarray(distances, np.float32)  # Chroma's cosine is a distance

    def close(self) -> None:
        """Give the snapshot's memory and files back."""
        atexit.unregister(self.close)
        with contextlib.suppress(Exception):  # the folder may be gone; nothing is lost by that
            self._client.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextlib.contextmanager
def _panics_raised() -> Iterator[None]:
    """Turn a panic of Chroma's Rust code, which is no Exception, into a SnapshotError."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise SnapshotError(str(error)) from error


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
    )


def _write_snapshot(library: Library, folder: Path) -> None:
    """Fill a Chroma folder so that each batch, the last too, is synced to its index files."""
    total = library.count_passages()
    batches = max(1, -(-total // BATCH))
    size = max(1, -(-total // batches))
    last = max(2, total - size * (batches - 1))
    collection = _client(folder).create_collection(
        COLLECTION,
        embedding_function=None,
        configuration={
            "hnsw": {
                "space": "cosine",
                "ef_construction": 100,
                "ef_search": SEARCH_BREADTH,
                "max_neighbors": 16,
                "sync_threshold": last,
                "batch_size": min(100, last),
            }
        },
    )
    rows: list[int] = []
    pending = np.zeros((0, 0), np.float32)
    done = 0
    for block_rows, block in library.vectors():
        rows += block_rows.tolist()
        vectors = block.astype(np.float32)
        pending = np.vstack([pending, vectors]) if len(pending) else vectors
        while len(rows) >= size or (done + len(rows) == total and rows):
            collection.add(ids=[str(row) for row in rows[:size]], embeddings=pending[:size])
            done += len(rows[:size])
            print(done, total, rows[:size][-1], flush=True)
            rows, pending = rows[size:], pending[size:]


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is killed.

    The pipe tells everywhere, but Chroma keeps the interpreter for a second at a time.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def wait() -> None:
        os.read(0, 1)  # not sys.stdin, whose lock would stop the interpreter from ending
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    _end_with_parent()
    _write_snapshot(Library(Path(sys.argv[1])), Path(sys.argv[2]))
