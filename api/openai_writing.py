"""Answers and their citations as OpenAI's clients know them."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import Request

from index.domain import Article
from qa.domain import Answer, Citation
from qa.serialising import answer_json
from qa.transcripts import Marked

AddressOf = Callable[[Citation], str]
KEPT = ("answered", "confidence", "answerer", "standalone_question", "notes", "struck")
"""Of our own reply, which OpenAI's has no place for."""


def addresses(request: Request) -> AddressOf:
    """Return what gives the address of a citation's article: its own, or the one at this server."""

    def address(citation: Citation) -> str:
        stored = citation.retrieved.stored
        local = request.url_for("read_article", article_id=stored.passage.article_id)
        return _web_address(stored.article) or str(local)

    return address


def citation_fields(one: Marked, address: AddressOf) -> dict[str, Any]:
    """Return a citation as `url_citation` has it: content[start_index:end_index] is its marker."""
    return {
        "start_index": one.start,
        "end_index": one.end,
        "url": address(one.citation),
        "title": one.citation.retrieved.stored.article.title or "untitled",
    }


def search_results(marked: Iterable[Marked], address: AddressOf) -> list[dict[str, Any]]:
    """Return each cited text with its article, by the number in the content."""
    return [_search_result(one.citation, address) for one in marked]


def about(answer: Answer) -> dict[str, Any]:
    """Return what else is known of an answer."""
    reply = answer_json(answer)
    return {name: reply[name] for name in KEPT}


def _search_result(citation: Citation, address: AddressOf) -> dict[str, Any]:
    stored = citation.retrieved.stored
    return {
        "id": citation.id,
        "title": stored.article.title or "untitled",
        "url": address(citation),
        "date": stored.article.published_at,
        "text": citation.cited_text,
        "source": stored.article.source,
        "author": stored.article.author,
        "article_id": stored.passage.article_id,
        "start_char": citation.start_char,
        "end_char": citation.end_char,
    }


def _web_address(article: Article) -> str | None:
    """Return the article's own address where it is one that a browser may be sent to."""
    url = article.url or ""
    return url if url.startswith(("https://", "http://")) else None
