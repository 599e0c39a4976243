"""One writer: a lock that a killed process cannot leave behind, and says who holds it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import LibraryBusyError

WAIT_SECONDS = 0.3


@contextmanager
def writing(folder: Path, *, doing: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the library's write lock; raises LibraryBusyError, naming the other, after the wait.

    The operating system frees the lock when its process ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "writer.lock")
    note = folder / "writer.json"
    try:
        lock.acquire(timeout=wait_seconds, poll_interval=0.05)
    except Timeout:
        raise LibraryBusyError(
            f"the library is being written by {_holder(note)}; "
            "wait until it is done, or stop it, then try again"
        ) from None
    try:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        note.write_text(json.dumps({"pid": os.getpid(), "doing": doing, "since": started}))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text())
        return f"process {holder['pid']} ({holder['doing']}, since {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
