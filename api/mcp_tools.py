"""The tools: ask, search, get_article and list_articles. All of them only read."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ContentBlock, Resource, ResourceLink, TextContent
from mcp.types import ToolAnnotations as Annotations
from pydantic import BaseModel, Field

from api.mcp_schemas import After, ArticleId, ArticleText, Author, Before, Reply, Source
from api.schemas import ArticleList, SearchReply, article_facts
from index.domain import Article
from index.filters import ArticleFilter
from qa.assembly import Opened
from qa.serialising import answer_json, passage_json
from qa.terminal import answer_in_words, described, printable, shown_date

SCHEME = "cuttings://articles/"
RESOURCE = f"{SCHEME}{{article_id}}"
NEAREST_SHOWN = 3
ONLY_READS = Annotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a client may ask of a library; each tool gives words to read and the same as data."""

    opened: Opened
    turns: BoundedSemaphore
    """Questions at once, each of which uses all cores for most of its time; others wait."""

    def register(self, server: MCPServer[Any]) -> None:
        """Offer the tools."""
        titles: dict[str, tuple[str, Callable[..., Any]]] = {
            "ask": ("Ask the articles", self.ask),
            "search": ("Search the articles", self.search),
            "get_article": ("Read an article", self.get_article),
            "list_articles": ("List the articles", self.list_articles),
        }
        for name, (title, tool) in titles.items():
            server.add_tool(tool, name, title, annotations=ONLY_READS)

    def ask(
        self,
        question: Annotated[str, Field(description="One question that stands by itself.")],
        published_after: After = None,
        published_before: Before = None,
        source: Source = None,
        author: Author = None,
    ) -> Annotated[CallToolResult, Reply]:
        """Answer a question in the words of the articles, with quotations, or say that they do not.

        Each citation names the article and quotes it to the character.
        """
        where = _where(published_after, published_before, source, author)
        with self.turns:
            answer = self.opened.answerer.answer(question, where=where)
        data = answer_json(answer)
        nearest = [] if answer.answered else data["passages"][:NEAREST_SHOWN]
        cited = [*answer.citations, *(one.citation for one in answer.also_said)]
        links = {
            one.retrieved.stored.passage.article_id: one.retrieved.stored.article for one in cited
        }
        return _result(Reply(**data, nearest=nearest), answer_in_words(answer), links)

    def search(
        self,
        query: Annotated[str, Field(description="Words or a question.")],
        limit: Annotated[int, Field(ge=1, le=50, description="Most passages to return.")] = 10,
        published_after: After = None,
        published_before: Before = None,
        source: Source = None,
        author: Author = None,
    ) -> Annotated[CallToolResult, SearchReply]:
        """Find the passages that are nearest to a query, best first, without an answer."""
        where = _where(published_after, published_before, source, author)
        with self.turns:
            found = self.opened.answerer.passages(query, where=where, limit=limit)
        lines = [
            f"{number}. {described(one, one.stored.passage.start_char)} "
            f"({one.stored.passage.article_id})\n{printable(one.text)}"
            for number, one in enumerate(found, 1)
        ]
        reply = SearchReply.model_validate(
            {"query": query, "passages": [passage_json(one) for one in found]}
        )
        return _result(reply, "\n\n".join(lines) or "No passage found.")

    def get_article(
        self,
        article_id: ArticleId,
        start_char: Annotated[int, Field(ge=0, description="Where in the text to begin.")] = 0,
        max_chars: Annotated[
            int, Field(ge=1, le=200_000, description="Most characters to return.")
        ] = 20_000,
    ) -> Annotated[CallToolResult, ArticleText]:
        """Read an article: title, outlet, author, date, address, and its text or a part of it."""
        article = self.article(article_id)
        if article is None:
            raise ToolError(f"no article {article_id[:100]!r}; list_articles gives the ids")
        text = article.text[start_char : start_char + max_chars]
        reply = ArticleText(
            **article_facts(article_id, article),
            text=text,
            start_char=min(start_char, len(article.text)),
            end_char=min(start_char, len(article.text)) + len(text),
            total_chars=len(article.text),
        )
        return _result(reply, f"{_line(article_id, article)}\n\n{text}")

    def list_articles(
        self,
        limit: Annotated[int, Field(ge=1, le=1000, description="Most articles to return.")] = 50,
        offset: Annotated[
            int, Field(ge=0, le=10_000_000, description="How many of the newest to leave out.")
        ] = 0,
        published_after: After = None,
        published_before: Before = None,
        source: Source = None,
        author: Author = None,
    ) -> Annotated[CallToolResult, ArticleList]:
        """List the articles, newest first, with how many there are."""
        where = _where(published_after, published_before, source, author)
        library = self.opened.library
        there = library.exists()
        found = library.articles(where, limit=limit, offset=offset) if there else []
        total = library.count_articles(where) if there else 0
        reply = ArticleList.model_validate(
            {"total": total, "articles": [article_facts(*one) for one in found]}
        )
        lines = [f"{total:,} articles; {len(found):,} shown.", *(_line(*one) for one in found)]
        return _result(reply, "\n".join(lines))

    def article(self, article_id: str) -> Article | None:
        """Return an article by its id."""
        library = self.opened.library
        return library.article(article_id) if library.exists() else None

    def listed(self, limit: int) -> list[Resource]:
        """Return the newest articles as resources."""
        library = self.opened.library
        found = library.articles(limit=limit) if library.exists() else []
        return [Resource(**_resource(*one)) for one in found]


def _where(
    after: str | None, before: str | None, source: str | None, author: str | None
) -> ArticleFilter:
    return ArticleFilter(
        published_after=after, published_before=before, source=source, author=author
    )


def _result(data: BaseModel, words: str, links: dict[str, Article] | None = None) -> CallToolResult:
    content: list[ContentBlock] = [TextContent(text=words)]
    content += [ResourceLink(**_resource(*one)) for one in (links or {}).items()]
    return CallToolResult(content=content, structured_content=data.model_dump(mode="json"))


def _resource(article_id: str, article: Article) -> dict[str, Any]:
    return {
        "uri": f"{SCHEME}{article_id}",
        "name": article.title or "untitled",
        "description": _line(article_id, article),
        "mime_type": "text/plain",
    }


def _line(article_id: str, article: Article) -> str:
    facts = (article.source, article.title or "untitled", shown_date(article.published_at))
    return printable(" · ".join(one for one in facts if one)) + f" ({article_id})"
