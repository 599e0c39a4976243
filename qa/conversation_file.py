"""The file of the conversations: opening it, transactions, and what to say when it is broken."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from index.errors import LaterVersionError, LibraryDamagedError
from index.migrating import Connection, Schema
from qa.errors import ConversationsError

VERSION_1 = """
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    name TEXT,
    folded_name TEXT UNIQUE,
    created_at TEXT NOT NULL,
    last_turn_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_time ON sessions (last_turn_at);
CREATE INDEX sessions_unused ON sessions (created_at)
    WHERE last_turn_at = created_at AND name IS NULL;
CREATE TABLE turns (
    row INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    filters TEXT NOT NULL,
    answer TEXT NOT NULL,
    UNIQUE (session_id, number)
);
"""
WAIT_SECONDS = 2
"""For another process's write; a turn that cannot be stored in that time is said to be lost."""
CONVERSATIONS = Schema("file of conversations", 0x43555443, (VERSION_1,))  # "CUTC"


class ConversationFile:
    """One connection for all threads of a process; other processes have theirs.

    What is done with it takes a millisecond or two, and the threads of a pool come and go.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: Connection | None = None
        self._opened_as: tuple[int, int] | None = None

    def close(self) -> None:
        """Close the file; using it opens it again."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give out the connection; raises ConversationsError where the file cannot be used."""
        with self._lock:
            try:
                yield self._current()
            except (sqlite3.OperationalError, OSError) as error:
                raise ConversationsError(
                    f"conversations cannot be stored in {self.path}: {error}"
                ) from error
            except LaterVersionError as error:
                raise ConversationsError(f"{self.path}: {error}") from error
            except (
                sqlite3.DatabaseError,
                LibraryDamagedError,
                orjson.JSONDecodeError,
            ) as error:
                raise ConversationsError(
                    f"{self.path} is damaged or of another kind ({error}); move it away, and "
                    "conversations begin anew; the articles are not affected"
                ) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give out the connection in a transaction that no other writer can be in."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def empty_log(self) -> None:
        """Write the log of changes into the file, so that it holds nothing that was deleted."""
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _current(self) -> Connection:
        """Return a connection to the file that is there: somebody may have moved it away."""
        if self._connection is None or self._identity() != self._opened_as:
            self.close()
            self._connection = self._open()
            self._opened_as = self._identity()
        return self._connection

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _open(self) -> Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)  # what somebody asks is nobody else's business
        connection = CONVERSATIONS.opened(self.path, wait_seconds=WAIT_SECONDS)
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        return connection
