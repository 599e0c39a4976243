"""SQLite files that know their version, and the path from each older one to the current."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.errors import LaterVersionError, LibraryDamagedError

BUSY_SECONDS = 10


class Connection(sqlite3.Connection):
    """A connection that a thread which ends leaves nothing open of, and that may be listed weakly.

    A server's threads come and go; each had left two files open.
    """

    def __del__(self) -> None:
        """Close; one that never opened says so, which nobody can use here."""
        with suppress(sqlite3.ProgrammingError):
            self.close()


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of one kind of file."""

    name: str
    """What the file is called in messages."""
    application_id: int
    """Tells a file of this kind from any other SQLite file."""
    migrations: tuple[str, ...]
    """migrations[n] takes a file from version n to n + 1; a statement ends with its line."""

    def opened(self, path: Path, *, wait_seconds: float = BUSY_SECONDS) -> Connection:
        """Return a connection to a file, which is made or brought to the current version.

        Raises sqlite3.Error, and what `migrate` raises.
        """
        connection = sqlite3.connect(
            path,
            timeout=wait_seconds,
            isolation_level=None,
            check_same_thread=False,
            factory=Connection,
        )
        try:
            write_ahead(connection, wait_seconds=wait_seconds)
            connection.execute("PRAGMA synchronous = FULL")  # acknowledged survives a power cut
            connection.execute("PRAGMA foreign_keys = ON")
            self.migrate(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def migrate(self, connection: sqlite3.Connection) -> None:
        """Bring the file to the current version, each step in one transaction.

        Two processes may open a new file at once; the second finds the first one's work done.
        Raises LibraryDamagedError for a file of another kind, or of a later version.
        """
        current = len(self.migrations)
        if _in_transaction(connection, "BEGIN", self._version_of) == current:
            return
        while _in_transaction(connection, "BEGIN IMMEDIATE", self._next_step) < current:
            pass

    def _version_of(self, connection: sqlite3.Connection) -> int:
        """Return the version, 0 for an empty file.

        The caller is in a transaction, so that all that is read belongs to one state.
        """
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != self.application_id and (tables or application or version):
            raise LibraryDamagedError(f"a SQLite file that is not a Cuttings {self.name}")
        if version > len(self.migrations):
            raise LaterVersionError(
                f"the {self.name} has version {version}, this program reads up to "
                f"{len(self.migrations)}; upgrade with: pip install --upgrade cuttings"
            )
        return version

    def _next_step(self, connection: sqlite3.Connection) -> int:
        """Take the file one version further, unless it is current; return its version."""
        version = self._version_of(connection)
        if version == len(self.migrations):
            return version
        # Not executescript, which would commit what is open.
        for statement in self.migrations[version].split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {self.application_id}")
        connection.execute(f"PRAGMA user_version = {version + 1}")
        return version + 1


def _in_transaction(
    connection: sqlite3.Connection, begin: str, body: Callable[[sqlite3.Connection], int]
) -> int:
    connection.execute(begin)
    try:
        result = body(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return result


def write_ahead(connection: sqlite3.Connection, *, wait_seconds: float) -> None:
    """Set the journal's mode, which does not wait as all else does where two set it at once."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
