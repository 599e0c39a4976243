"""The library's tables; index.migrating is the path from each older version to this one."""

from index.migrating import Schema

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

LIBRARY = Schema("library", APPLICATION_ID, (VERSION_1,))
