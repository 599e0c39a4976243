"""Conversations: sessions and their turns, in a SQLite file of their own beside the library.

Apart from the library, so that storing a turn never meets a reader or writer of articles, and so
that a library can be given away without what was asked of it. A turn holds the whole answer as it
was given: its cuttings stay as they were cited when an article is replaced or removed.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import orjson

from qa.conversation_file import ConversationFile
from qa.domain import Turn
from qa.errors import SessionNameTakenError, SeveralSessionsError, UnknownSessionError
from qa.sessions import MAX_NAME_CHARS, Session, StoredTurn, checked_name, folded
from qa.settings import SessionSettings

FILE_NAME = "conversations.sqlite3"
LEAST_ID_CHARS = 4
"""Of an id that is given by its beginning; fewer are a mistyped name."""
UNUSED_KEPT = timedelta(days=1)
"""A session that was begun for a question that was never answered."""
SESSION = """
SELECT id, name, created_at, last_turn_at,
    (SELECT count(*) FROM turns WHERE session_id = id),
    (SELECT question FROM turns WHERE session_id = id ORDER BY number DESC LIMIT 1)
FROM sessions
"""
FORGET_UNUSED = """
DELETE FROM sessions WHERE last_turn_at = created_at AND name IS NULL AND created_at < ?
    AND NOT EXISTS (SELECT 1 FROM turns WHERE session_id = id)
"""
LISTED = "WHERE name IS NOT NULL OR EXISTS (SELECT 1 FROM turns WHERE session_id = id)"
"""Not what was begun for a question that was never answered."""


class Conversations:
    """Stores sessions; safe to share between threads, and with other processes.

    Every method raises ConversationsError where the file cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        settings: SessionSettings | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.settings = settings or SessionSettings()
        self._file = ConversationFile(folder / FILE_NAME)
        self._now = now

    def exists(self) -> bool:
        """Return whether anything was ever stored."""
        return self._file.path.exists()

    def close(self) -> None:
        """Close the file; using it opens it again."""
        self._file.close()

    # Sessions

    def create(self, name: str | None = None, *, session_id: str | None = None) -> Session:
        """Return a new session. Raises SessionNameError, or SessionNameTakenError."""
        session_id = session_id or str(uuid.uuid4())
        name = checked_name(name) if name is not None else None
        now = self._now()
        at, unused_since = _stamp(now), _stamp(now - UNUSED_KEPT)
        with self._file.writing() as connection:
            connection.execute(FORGET_UNUSED, (unused_since,))
            _check_is_free(connection, name)
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
                (session_id, name, folded(name) if name else None, at, at),
            )
        return Session(session_id, name, at, at, 0, None)

    def session(self, session_id: str) -> Session:
        """Return a session; raises UnknownSessionError."""
        with self._reading() as connection:
            found = connection.execute(f"{SESSION} WHERE id = ?", (session_id,)).fetchone()
        if not found:
            raise _unknown(session_id)
        return Session(*found)

    def find(self, name: str) -> Session:
        """Return the session of a name, an id, or an id's beginning; raises UnknownSessionError."""
        name = name.encode("utf-8", "replace").decode().strip()
        with self._reading() as connection:
            found = connection.execute(
                f"{SESSION} WHERE folded_name = ? OR id = ?", (folded(name), name.lower())
            ).fetchall()
            if not found and len(name) >= LEAST_ID_CHARS:
                found = connection.execute(
                    f"{SESSION} WHERE substr(id, 1, ?) = ?", (len(name), name.lower())
                ).fetchall()
        if len(found) > 1:
            raise SeveralSessionsError(
                f"{len(found)} sessions begin with {name!r}; list them with: cuttings sessions"
            )
        if not found:
            raise UnknownSessionError(f"no session {name!r}; list them with: cuttings sessions")
        return Session(*found[0])

    def sessions(self, *, limit: int = -1, offset: int = 0) -> list[Session]:
        """Return the sessions, the one with the latest turn first."""
        with self._reading() as connection:
            found = connection.execute(
                f"{SESSION} {LISTED} ORDER BY last_turn_at DESC, id LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
        return [Session(*row) for row in found]

    def count(self) -> int:
        """Return how many sessions `sessions` lists."""
        with self._reading() as connection:
            found = connection.execute(f"SELECT count(*) FROM sessions {LISTED}").fetchone()
        return int(found[0])

    def rename(self, session_id: str, name: str) -> Session:
        """Give a session a name. Raises as `create` does, and UnknownSessionError."""
        name = checked_name(name)
        with self._file.writing() as connection:
            _check_is_free(connection, name, session_id)
            done = connection.execute(
                "UPDATE sessions SET name = ?, folded_name = ? WHERE id = ?",
                (name, folded(name), session_id),
            )
        if not done.rowcount:
            raise _unknown(session_id)
        return self.session(session_id)

    def delete(self, session_id: str) -> None:
        """Delete a session with all its turns; raises UnknownSessionError."""
        with self._file.writing() as connection:
            done = connection.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
        self._file.empty_log()
        if not done.rowcount:
            raise _unknown(session_id)

    # Turns

    def add_turn(
        self, session_id: str, question: str, answer: dict[str, Any], filters: dict[str, Any]
    ) -> int:
        """Store a turn and return its number; it is there when this returns.

        Raises UnknownSessionError, as for a session that was deleted meanwhile.
        """
        at = _stamp(self._now())
        with self._file.writing() as connection:
            done = connection.execute(
                "UPDATE sessions SET last_turn_at = ? WHERE id = ?", (at, session_id)
            )
            if not done.rowcount:
                raise _unknown(session_id)
            (number,) = connection.execute(
                "SELECT coalesce(max(number), 0) + 1 FROM turns WHERE session_id = ?", (session_id,)
            ).fetchone()
            connection.execute(
                "INSERT INTO turns (session_id, number, question, asked_at, filters, answer) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (session_id, number, question, at, _json(filters), _json(answer)),
            )
        return int(number)

    def turns(self, session_id: str, *, last: int = -1) -> list[StoredTurn]:
        """Return the turns of a session, or the last ones, oldest first; none of an unknown one."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT number, question, asked_at, filters, answer FROM turns "
                "WHERE session_id = ? ORDER BY number DESC LIMIT ?",
                (session_id, last),
            ).fetchall()
            return [
                StoredTurn(number, question, at, orjson.loads(filters), orjson.loads(answer))
                for number, question, at, filters, answer in reversed(found)
            ]

    def remembered(self, session_id: str) -> tuple[Turn, ...]:
        """Return the last turns as a further question needs them, oldest first."""
        return tuple(
            one.turn for one in self.turns(session_id, last=self.settings.turns_remembered)
        )

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give out the connection, without the sessions that have expired."""
        with self._file.reading() as connection:
            if self.settings.days_kept:
                oldest = _stamp(self._now() - timedelta(days=self.settings.days_kept))
                expired = "FROM sessions WHERE last_turn_at < ?"
                if connection.execute(f"SELECT 1 {expired} LIMIT 1", (oldest,)).fetchone():
                    connection.execute(f"DELETE {expired}", (oldest,))
            yield connection


def _check_is_free(connection: Connection, name: str | None, session_id: str | None = None) -> None:
    """Raise SessionNameTakenError where another session has the name."""
    if name is None:
        return
    found = connection.execute(
        "SELECT id FROM sessions WHERE folded_name = ? AND id IS NOT ?", (folded(name), session_id)
    ).fetchone()
    if found:
        raise SessionNameTakenError(f"another session is called {name!r}")


def _unknown(session_id: str) -> UnknownSessionError:
    return UnknownSessionError(f"no session {session_id[:MAX_NAME_CHARS]!r}")


def _stamp(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()
