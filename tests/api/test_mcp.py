"""The library over the Model Context Protocol, as the SDK's own client sees it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from fakes import FakeEmbeddings
from mcp import Client, MCPError
from mcp.types import CallToolResult, TextContent

from api.mcp_server import PATH, LibraryServer, guarded_hosts
from index.library import Library
from qa.answering import NOT_ANSWERED, QuestionAnswerer
from qa.assembly import Opened
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours
from qa.retrieval import Retriever
from qa.sentence_rule import SentenceRule
from qa.settings import AnsweringSettings

TEXT = "Bridge opens\n\nThe harbour bridge opened on Friday. Mayor Ana Duarte cut the ribbon."
FISH = "---\ntitle: Fish prices\nsource: The Post\ndate: 2024-06-14\n---\nHerring got dearer."
MODES = ["legacy", "auto"]
Found = TypeVar("Found")


@pytest.fixture
def server(library: Library) -> LibraryServer:
    embeddings: Any = FakeEmbeddings()
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    answerer = ExtractiveAnswerer(SentenceRule(embeddings))
    settings = AnsweringSettings(threshold=0.0)
    questions = QuestionAnswerer(library, retriever, answerer, settings)
    return LibraryServer(Opened(library, embeddings, questions))


@pytest.fixture
def filled(server: LibraryServer, add: Callable[..., object], news: Path) -> LibraryServer:
    (news / "bridge.txt").write_text(TEXT)
    (news / "fish.md").write_text(FISH)
    add(news)
    return server


def asked(
    server: LibraryServer, ask: Callable[[Client], Awaitable[Found]], mode: str = "auto"
) -> Found:
    async def connected() -> Found:
        async with Client(server, mode=mode) as client:
            return await ask(client)

    return asyncio.run(connected())


def called(server: LibraryServer, name: str, mode: str = "auto", **given: Any) -> CallToolResult:
    return asked(server, lambda client: client.call_tool(name, given), mode)


def words(result: CallToolResult) -> str:
    (text, *_) = result.content
    assert isinstance(text, TextContent)
    return text.text


def data(result: CallToolResult) -> dict[str, Any]:
    assert result.structured_content is not None, result
    return result.structured_content


@pytest.mark.parametrize("mode", MODES)
def test_every_tool_only_reads_and_describes_itself(server: LibraryServer, mode: str) -> None:
    tools = asked(server, lambda client: client.list_tools(), mode).tools
    assert [tool.name for tool in tools] == ["ask", "search", "get_article", "list_articles"]
    for tool in tools:
        assert tool.annotations
        assert tool.annotations.read_only_hint
        assert tool.output_schema
        assert tool.description
        for name, parameter in tool.input_schema["properties"].items():
            assert parameter.get("description"), (tool.name, name)


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_has_words_data_and_the_articles_text(filled: LibraryServer, mode: str) -> None:
    result = called(filled, "ask", mode, question="Who cut the ribbon?")
    reply = data(result)
    (citation,) = reply["citations"]
    article = data(called(filled, "get_article", article_id=citation["article_id"]))
    assert article["text"][citation["start_char"] : citation["end_char"]] == citation["cited_text"]
    assert "Ana Duarte" in words(result)
    assert "[1] Bridge opens" in words(result)
    assert reply["nearest"] == []
    link = result.content[1]
    assert link.type == "resource_link"
    assert link.uri == f"cuttings://articles/{citation['article_id']}"


def test_silence_shows_the_nearest_passages_as_no_answer(filled: LibraryServer) -> None:
    result = called(filled, "ask", question="Who?", source="Nobody")
    assert data(result)["answered"] is False
    assert data(result)["citations"] == data(result)["nearest"] == []
    assert words(result) == NOT_ANSWERED + "\nNo article passes the filter."
    assert not result.is_error


def test_a_search_finds_passages(filled: LibraryServer) -> None:
    result = called(filled, "search", query="ribbon", limit=1)
    (passage,) = data(result)["passages"]
    assert passage["text"] in TEXT
    assert passage["article_id"] in words(result)
    assert data(called(filled, "search", query="ribbon", published_after="2024-06-01"))["passages"]


def test_articles_are_listed_newest_first_and_filtered(filled: LibraryServer) -> None:
    reply = data(called(filled, "list_articles"))
    assert [one["title"] for one in reply["articles"]] == ["Fish prices", "Bridge opens"]
    one = data(called(filled, "list_articles", source="post", limit=1))
    assert (one["total"], one["articles"][0]["title"]) == (1, "Fish prices")


def test_a_long_article_is_read_in_parts(filled: LibraryServer) -> None:
    ((article_id, _),) = [
        one for one in filled._tools.opened.library.articles() if one[1].title == "Bridge opens"
    ]
    part = data(called(filled, "get_article", article_id=article_id, start_char=14, max_chars=11))
    assert (part["text"], part["total_chars"]) == (TEXT[14:25], len(TEXT))
    beyond = data(called(filled, "get_article", article_id=article_id, start_char=9_999))
    assert (beyond["text"], beyond["start_char"], beyond["end_char"]) == ("", len(TEXT), len(TEXT))


@pytest.mark.parametrize("mode", MODES)
def test_articles_are_resources(filled: LibraryServer, mode: str) -> None:
    async def read(client: Client) -> list[str]:
        listed = await client.list_resources()
        templates = await client.list_resource_templates()
        assert [one.uri_template for one in templates.resource_templates] == [
            "cuttings://articles/{article_id}"
        ]
        found = [await client.read_resource(one.uri) for one in listed.resources]
        return [content.text for one in found for content in one.contents]

    assert asked(filled, read, mode)[1] == TEXT


def test_an_unknown_resource_is_an_error(filled: LibraryServer) -> None:
    async def refused(client: Client) -> None:
        with pytest.raises(MCPError, match=r"^no article nothing$"):
            await client.read_resource("cuttings://articles/nothing")

    asked(filled, refused)


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "x" * 10_001}, "at most 10,000"),
        ("ask", {"question": "Who?", "published_after": "soon"}, "expected one like 2024-06-14"),
        ("search", {"query": "x", "limit": 0}, "limit: Input should be greater than or equal to 1"),
        ("search", {"query": "x", "limit": "many"}, "limit: Input should be a valid integer"),
        ("get_article", {"article_id": "nothing"}, "list_articles gives the ids"),
        ("nonsense", {}, "Unknown tool: nonsense"),
    ],
    ids=["empty", "missing", "long", "day", "few", "word", "unknown article", "unknown tool"],
)
def test_what_cannot_be_done_is_told_in_one_line(
    filled: LibraryServer, tool: str, given: dict[str, Any], said: str
) -> None:
    result = called(filled, tool, **given)
    assert result.is_error
    assert said in words(result)
    assert "\n" not in words(result)


def test_an_empty_library_is_told(server: LibraryServer) -> None:
    assert "add some with: cuttings add FOLDER" in words(called(server, "ask", question="Who?"))
    assert data(called(server, "list_articles")) == {"total": 0, "articles": []}
    assert asked(server, lambda client: client.list_resources()).resources == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "news.lan:8766"}, 200),
        ({"host": "[::1]:8766"}, 200),
        ({"origin": "http://evil.example"}, 403),
    ],
    ids=["this machine", "rebound name", "allowed name", "IPv6", "page elsewhere"],
)
def test_only_known_names_reach_it_over_http(
    server: LibraryServer, headers: dict[str, str], status: int
) -> None:
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=guarded_hosts(["news.lan"]),
    )
    first = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }

    async def posted() -> int:
        transport = httpx2.ASGITransport(app)
        async with (
            server.session_manager.run(),
            httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8766") as client,
        ):
            accept = {"accept": "application/json, text/event-stream"}
            return (await client.post(PATH, json=first, headers=accept | headers)).status_code

    assert asyncio.run(posted()) == status
