"""What the rest of the product talks about: articles, their passages and their places."""

import hashlib
from dataclasses import dataclass, replace

MIN_IDENTIFYING_CHARS = 200
"""Shorter texts ("Subscribe to read on") may coincide by accident: there the title counts too."""


def content_id(*parts: str) -> str:
    """Return 24 hexadecimal digits that are the same for the same parts on every machine."""
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as it was extracted; `text` is never changed afterwards.

    Dates are ISO 8601, as precise as the article is: "2024-06-14T09:30:00+08:00", "2024-06-14",
    "2024-06", or "--06-14" where the article names no year. None is unknown.
    """

    text: str
    title: str = ""
    source: str | None = None
    author: str | None = None
    url: str | None = None
    published_at: str | None = None
    modified_at: str | None = None
    body_start: int = 0
    """Offset in `text` behind a headline that is part of the text; passages start here."""
    page_starts: tuple[int, ...] = ()
    """Offsets in `text` at which the pages of a paginated document begin."""

    @property
    def id(self) -> str:
        """The article's content hash: the same text is the same article wherever it lies."""
        if len(self.text) < MIN_IDENTIFYING_CHARS:
            return content_id(self.title, self.text)
        return content_id(self.text)

    def filled_from(self, other: "Article") -> "Article":
        """Return this article with the fields that it lacks taken from `other`."""
        lacking = ("title", "source", "author", "url", "published_at", "modified_at")
        return replace(
            self, **{name: getattr(other, name) for name in lacking if not getattr(self, name)}
        )

    def page_at(self, offset: int) -> int | None:
        """Return the number, from 1, of the page that holds `offset`; None without pages."""
        if not self.page_starts:
            return None
        return max(1, sum(1 for start in self.page_starts if start <= offset))


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences: `article.text[start_char:end_char]`, end exclusive."""

    article_id: str
    ordinal: int
    start_char: int
    end_char: int

    @property
    def id(self) -> str:
        """The passage's identity, stable between machines."""
        return content_id(self.article_id, str(self.start_char), str(self.end_char))


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article and the place that it was read from, such as `/news/a.txt` or `/news/a.csv#3`."""

    place: str
    article: Article


@dataclass(frozen=True, slots=True)
class Skipped:
    """A place that gave no article, with the reason in words for the person who added it."""

    place: str
    reason: str
