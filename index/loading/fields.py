"""Records to articles: which field of somebody else's record is the title, the text, the date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from index.dates import dateline_date, parse_date, updated_date
from index.domain import Article
from index.errors import InputError
from index.loading.bylines import dateline_outlet

FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        "text",
        "body",
        "content",
        "full_text",
        "fulltext",
        "article_text",
        "article",
        "articlebody",
        "maintext",
        "story",
        "content_text",
    ),
    "title": ("title", "headline", "head", "heading", "name"),
    "url": ("url", "link", "source_link", "canonical_url", "permalink", "uri", "web_url"),
    "published_at": (
        "published_at",
        "date",
        "pub_date",
        "pubdate",
        "published",
        "date_published",
        "datepublished",
        "publication_date",
        "publish_date",
        "publishedat",
        "created_at",
        "timestamp",
    ),
    "modified_at": (
        "modified_at",
        "date_modified",
        "datemodified",
        "updated_at",
        "updated",
        "last_modified",
    ),
    "author": ("author", "authors", "byline", "writer", "creator"),
    "source": (
        "source",
        "outlet",
        "publisher",
        "publication",
        "newspaper",
        "site",
        "site_name",
        "source_name",
        "domain",
    ),
}
"""Our field, then the names that it goes by elsewhere, most telling first."""
DEEPEST_NAMES = 3
"""Lists of names inside lists; without an end, JSON of 1,000 brackets ends in a RecursionError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetByHand:
    """What the person who adds says of the articles; it wins over what the articles say."""

    source: str | None = None
    author: str | None = None
    published_at: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Our field name to the name in the records, for names that are not recognised."""


def article_from(record: Mapping[str, Any], by_hand: SetByHand | None = None) -> Article:
    """Return the article in `record`; raises InputError where it holds no text."""
    by_hand = by_hand or SetByHand()
    values = {name: _value(record, name, by_hand.fields) for name in FIELD_NAMES}
    text = values.pop("text")
    if not isinstance(text, str):
        found = ", ".join(list(map(str, record))[:8]) or "no fields"
        raise InputError(f"no text among its fields ({found}); name it with --field text=NAME")
    published = parse_date(values.pop("published_at")) or dateline_date(text)
    modified = parse_date(values.pop("modified_at")) or updated_date(text)
    return finished(
        Article(
            text=text,
            published_at=published,
            modified_at=modified,
            **{name: _as_words(value) for name, value in values.items()},  # type: ignore[arg-type]
        ),
        by_hand,
    )


def finished(article: Article, by_hand: SetByHand) -> Article:
    """Return `article` with what was set by hand; raises InputError where it has no text."""
    from dataclasses import replace

    if not article.text.strip():
        raise InputError("empty")
    if "\x00" in article.text:  # SQLite's own functions take the text to end there
        raise InputError("holds NUL characters, so it is not text")
    try:
        article.text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError("holds half characters (lone surrogates), expected Unicode") from None
    return replace(
        article,
        title=_one_line(article.title),
        source=by_hand.source or article.source or dateline_outlet(article.text),
        author=by_hand.author or article.author,
        published_at=by_hand.published_at or article.published_at,
        body_start=article.body_start or _end_of_repeated_title(article.text, article.title),
    )


def _value(record: Mapping[str, Any], name: str, mapping: Mapping[str, str]) -> Any:
    if name in mapping:
        return record.get(mapping[name])
    lowered = {
        str(key).strip().lower().replace(" ", "_").replace("-", "_"): value
        for key, value in record.items()
    }
    return next((lowered[alias] for alias in FIELD_NAMES[name] if lowered.get(alias)), None)


def _as_words(value: Any, *, depth: int = 0) -> str | None:
    """Return one line for a name, a list of names, or the nested objects of JSON feeds."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title") or value.get("url")
    if isinstance(value, list | tuple):
        if depth == DEEPEST_NAMES:
            return None
        return ", ".join(filter(None, (_as_words(one, depth=depth + 1) for one in value))) or None
    if isinstance(value, int) and value.bit_length() > 64:
        return None
    return _one_line(str(value)) or None if value is not None else None


def _one_line(value: str | None) -> str:
    """Return `value` without line breaks, control and half characters, which titles never need."""
    words = " ".join((value or "").split())
    return "".join(c for c in words if c.isprintable() and not 0xD800 <= ord(c) < 0xE000)


def _end_of_repeated_title(text: str, title: str) -> int:
    """Return where the body begins, where the text opens with its own headline on a line."""
    lead = text[: len(text) - len(text.lstrip())]
    if title and text.startswith(title + "\n", len(lead)):
        return len(lead) + len(title) + 1
    return 0
