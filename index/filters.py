"""Which articles a question is put to: by date, source, author or article."""

import re
from dataclasses import dataclass
from typing import Any

from index.errors import InputError

DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilter:
    """All that are set must hold. Days are inclusive; an article without a year has no day."""

    published_after: str | None = None
    published_before: str | None = None
    source: str | None = None
    author: str | None = None
    article_id: str | None = None

    def __post_init__(self) -> None:
        """Raise InputError for a day that is none."""
        for name in ("published_after", "published_before"):
            day = getattr(self, name)
            if day is not None and not _is_day(day):
                raise InputError(f"{name}: {day!r} is not a day, expected one like 2024-06-14")

    @property
    def is_empty(self) -> bool:
        """Whether every article passes."""
        return not any(getattr(self, name) for name in self.__slots__)

    def sql(self) -> tuple[str, tuple[Any, ...]]:
        """Return a condition on the table `articles`, and its values."""
        conditions = {
            "published_at >= ? AND published_at NOT LIKE '--%'": self.published_after,
            "published_at < ? AND published_at NOT LIKE '--%'": _day_after(self.published_before),
            "instr(lower(source), lower(?))": self.source,
            "instr(lower(author), lower(?))": self.author,
            "id = ?": self.article_id,
        }
        kept = {condition: value for condition, value in conditions.items() if value}
        return " AND ".join(kept) or "1", tuple(kept.values())


def _is_day(day: str) -> bool:
    from index.dates import parse_date

    return bool(DAY.match(day)) and parse_date(day) is not None


def _day_after(day: str | None) -> str | None:
    """Return a text that sorts behind every time of the day, month or year."""
    return f"{day}\x7f" if day else None
