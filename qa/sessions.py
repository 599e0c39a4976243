"""What a conversation consists of: a session, its name, its turns."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from qa.domain import Turn
from qa.errors import SessionNameError

MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation, without what was said."""

    id: str
    name: str | None
    created_at: str
    """UTC, as 2024-06-14T12:30:00+00:00."""
    last_turn_at: str
    """When it was created, where there is no turn."""
    turn_count: int
    last_question: str | None


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question with its answer as it was given."""

    number: int
    """From 1 on, without gaps."""
    question: str
    asked_at: str
    filters: dict[str, Any]
    """Those that were set."""
    answer: dict[str, Any]
    """In the shape of `POST /chat`."""

    @property
    def turn(self) -> Turn:
        """The turn as a later question needs it; what another version did not store is empty."""
        cited = self.answer.get("citations", ())
        return Turn(
            self.question,
            self.answer.get("answer", "") if self.answer.get("answered") else "",
            self.answer.get("standalone_question", ""),
            tuple(one.get("cited_text", "") for one in cited),
            tuple(one.get("article_id", "") for one in cited),
        )


def checked_name(name: str) -> str:
    """Return a name without needless white space; raises SessionNameError for what is none."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise SessionNameError(
            f"a session's name has 1 to {MAX_NAME_CHARS} printable characters, "
            f"found {len(name):,}: {name[:MAX_NAME_CHARS]!r}"
        )
    return name


def folded(name: str) -> str:
    """Return what two names have in common that count as the same."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
