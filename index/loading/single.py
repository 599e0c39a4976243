"""One file that holds one article: bytes to Article by the kind of file."""

from collections.abc import Callable

from index.domain import Article
from index.loading.decoding import decode
from index.loading.fields import SetByHand
from index.loading.newsletter import read_email
from index.loading.pdf import read_pdf
from index.loading.plain import read_markdown, read_text
from index.loading.web import read_html

READERS: dict[str, Callable[[bytes, SetByHand], Article]] = {
    "text": lambda data, by_hand: read_text(decode(data), by_hand),
    "markdown": lambda data, by_hand: read_markdown(decode(data), by_hand),
    "html": read_html,
    "pdf": read_pdf,
    "email": read_email,
}
GUARDED_KINDS = frozenset({"html", "pdf", "email"})
"""Parsed in a process of their own: hostile files can make their parsers hang or crash."""
SUFFIX_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".eml": "email",
}


def kind_of(suffix: str, head: bytes) -> str:
    """Return the kind of file by its first bytes, then by its suffix, else plain text."""
    start = head[:512].lstrip().lower()
    if start.startswith(b"%pdf-"):
        return "pdf"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return SUFFIX_KINDS.get(suffix.lower(), "text")
