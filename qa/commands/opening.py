"""An article as a page to read, with the cutting marked."""

import textwrap

from index.domain import Article
from qa.terminal import printable, shown_date

WIDTH = 88
MARK = "▌ "


def article_page(article: Article, span: tuple[int, int] | None = None) -> tuple[str, int]:
    """Return the article wrapped for reading, and the line at which `span` begins.

    Lines that hold a part of the span are marked at their left edge.
    """
    facts = [article.source, article.author, shown_date(article.published_at), article.url]
    lines = [
        printable(article.title or "untitled"),
        printable(" · ".join(one for one in facts if one)),
        "",
    ]
    first, offset = 0, 0
    for paragraph in article.text.splitlines(keepends=True):
        marked = span is not None and offset < span[1] and offset + len(paragraph) > span[0]
        offset += len(paragraph)
        edge = MARK if marked else "  "
        if marked and not first:
            first = len(lines) + 1
        wrapped = textwrap.wrap(printable(paragraph.strip()), WIDTH) or [""]
        lines += [(edge + line).rstrip() for line in wrapped]
    return "\n".join(lines), first or 1
