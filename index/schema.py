"""The library's tables, and the path from each older version of them to this one."""

import sqlite3

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
"""MIGRATIONS[n] takes a library from version n to n + 1."""
CURRENT_VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version; 0 for an empty file. Raises LibraryDamagedError for others'."""
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
    """Bring the library to the current version, each step in one transaction."""
    for number in range(version_of(connection), CURRENT_VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{MIGRATIONS[number]}\n"
            f"PRAGMA application_id = {APPLICATION_ID};\n"
            f"PRAGMA user_version = {number + 1};\nCOMMIT;"
        )
