"""The library's tables, and the path from each older version of them to this one."""

import sqlite3
import time
from collections.abc import Callable

from index.errors import LibraryDamagedError

APPLICATION_ID = 0x43555447  # "CUTG": tells a library from any other SQLite file

VERSION_1 = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    source TEXT,
    author TEXT,
    url TEXT,
    published_at TEXT,
    modified_at TEXT,
    body_start INTEGER NOT NULL,
    page_starts TEXT NOT NULL DEFAULT '[]',
    added_at TEXT NOT NULL,
    superseded_by TEXT
) WITHOUT ROWID;
CREATE INDEX articles_by_date ON articles (published_at);
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    skipped TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
CREATE TABLE places (
    place TEXT PRIMARY KEY,
    file TEXT,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX places_by_article ON places (article_id);
CREATE INDEX places_by_file ON places (file);
CREATE TABLE passages (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id, ordinal);
CREATE TABLE embeddings (
    row INTEGER PRIMARY KEY REFERENCES passages (row) ON DELETE CASCADE,
    vector BLOB NOT NULL
);
CREATE VIRTUAL TABLE passage_words USING fts5 (
    header, body, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

MIGRATIONS = (VERSION_1,)
"""MIGRATIONS[n] takes a library from version n to n + 1; a statement ends with its line."""
CURRENT_VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version; 0 for an empty file. Raises LibraryDamagedError for others'.

    The caller is in a transaction, so that all that is read belongs to one state.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != APPLICATION_ID and (tables or application or version):
        raise LibraryDamagedError("a SQLite file that is not a Cuttings library")
    if version > CURRENT_VERSION:
        raise LibraryDamagedError(
            f"the library has version {version}, this program reads up to {CURRENT_VERSION}; "
            "upgrade with: pip install --upgrade cuttings"
        )
    return version


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the library to the current version, each step in one transaction.

    Two processes may open a new library at once; the second finds the first one's work done.
    """
    if _in_transaction(connection, "BEGIN", version_of) == CURRENT_VERSION:
        return
    while _in_transaction(connection, "BEGIN IMMEDIATE", _next_step) < CURRENT_VERSION:
        pass


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


def _next_step(connection: sqlite3.Connection) -> int:
    """Take the library one version further, unless it is current; return its version."""
    version = version_of(connection)
    if version == CURRENT_VERSION:
        return version
    # Not executescript, which would commit what is open.
    for statement in MIGRATIONS[version].split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version + 1}")
    return version + 1


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
