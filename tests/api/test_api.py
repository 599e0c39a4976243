"""The HTTP door: shapes, limits, and one clear error for anything malformed."""

import json
from typing import Any

import pytest
from fakes import FakeEmbeddings
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ApiSettings
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import Opened
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours
from qa.retrieval import Retriever
from qa.sentence_rule import SentenceRule

TEXT = "Bridge opens\n\nThe harbour bridge opened on Friday. Mayor Ana Duarte cut the ribbon."


def test_chat_answers_with_a_cutting_that_is_the_articles_text(client: TestClient) -> None:
    reply = client.post(
        "/chat", json={"question": "Who cut the ribbon?", "session_id": None}
    ).json()
    (citation,) = reply["citations"]
    article = client.get(f"/articles/{citation['article_id']}").json()
    assert article["text"][citation["start_char"] : citation["end_char"]] == citation["cited_text"]
    assert (
        reply["answer"][citation["answer_start"] : citation["answer_end"]] == citation["cited_text"]
    )
    assert "Ana Duarte" in reply["answer"]
    assert reply["answered"] is True
    assert reply["session_id"]
    assert reply["passages"][0]["text"] in TEXT


def test_an_unknown_session_is_not_begun(client: TestClient) -> None:
    reply = client.post("/chat", json={"question": "Who?", "session_id": "mine"})
    assert (reply.status_code, reply.json()["error"]["status"]) == (404, 404)


def test_filters_are_applied(client: TestClient) -> None:
    body = {"question": "Who cut the ribbon?", "filters": {"source": "Nobody"}}
    assert client.post("/chat", json=body).json()["answered"] is False
    assert (
        client.get("/search", params={"q": "ribbon", "source": "Nobody"}).json()["passages"] == []
    )


def test_an_article_posted_is_found_at_once_and_gone_when_deleted(client: TestClient) -> None:
    posted = client.post(
        "/articles",
        json={
            "articles": [
                {
                    "title": "Penguins",
                    "text": "Penguins elected a mayor.",
                    "url": "https://x.example/p",
                },
                {"title": "no text"},
            ]
        },
    )
    assert posted.status_code == 201
    assert (posted.json()["added"], len(posted.json()["skipped"])) == (1, 1)
    (article_id,) = posted.json()["article_ids"]
    assert (
        client.get("/search", params={"q": "penguins"}).json()["passages"][0]["article_id"]
        == article_id
    )
    assert client.get("/articles").json()["total"] == 2
    assert client.delete(f"/articles/{article_id}").status_code == 204
    assert client.delete(f"/articles/{article_id}").status_code == 404
    found = client.get("/search", params={"q": "penguins"}).json()["passages"]
    assert article_id not in {one["article_id"] for one in found}


def test_while_another_writes_adding_is_refused_and_asking_goes_on(
    client: TestClient, library: Library
) -> None:
    with writing(library.folder, doing="testing"):
        refused = client.post("/articles", json={"articles": [{"text": "New."}]})
        assert refused.status_code == 503
        assert "process" in refused.json()["error"]["message"]
        assert client.post("/chat", json={"question": "Who?"}).status_code == 200


DEEP = b"[" * 5000 + b"]" * 5000
MALFORMED: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 422),
    "not json": (b"question=who", 422),
    "not utf-8": (b'{"question": "\xff\xfe"}', 422),
    "lone surrogate": (b'{"question": "\\ud800"}', 422),
    "lone surrogate key": (b'{"\\udfff": 1}', 422),
    "huge integer": (b'{"question": ' + b"9" * 5000 + b"}", 422),
    "huge float": (b'{"question": 1e999999}', 422),
    "nan": (b'{"question": NaN}', 422),
    "deep": (DEEP, 422),
    "deep inside": (b'{"question": "a", "filters": ' + DEEP + b"}", 422),
    "wrong type": (b'{"question": {"a": 1}}', 422),
    "null": (b"null", 422),
    "list": (b"[1, 2]", 422),
    "unknown field": (b'{"question": "a", "model": "x"}', 422),
    "bad day": (b'{"question": "a", "filters": {"published_after": "soon"}}', 422),
    "nul": (b'{"question": "\\u0000"}', 422),
    "too long": (json.dumps({"question": "x" * 10_001}).encode(), 422),
    "too large": (b"x" * 20_001, 413),
}


@pytest.mark.parametrize("case", MALFORMED)
@pytest.mark.parametrize("path", ["/chat", "/articles"])
def test_malformed_bodies_get_one_clear_error(client: TestClient, case: str, path: str) -> None:
    body, status = MALFORMED[case]
    reply = client.post(path, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == (status if path == "/chat" else reply.status_code)
    assert 400 <= reply.status_code < 500
    assert reply.json()["error"]["status"] == reply.status_code
    assert len(reply.json()["error"]["message"]) < 500


@pytest.mark.parametrize(
    "path",
    [
        "/search",
        "/search?q=",
        "/search?q=%00",
        "/search?q=a&limit=0",
        "/search?q=a&limit=" + "9" * 5000,
        "/search?q=a&published_after=%ff",
        "/articles?offset=-1",
        "/articles?limit=nan",
        "/articles/%00",
        "/nowhere",
        "/articles/%ff%fe",
        "/search?q=a&limit=1&limit=x",
    ],
)
def test_malformed_addresses_get_one_clear_error(client: TestClient, path: str) -> None:
    reply = client.get(path)
    assert 400 <= reply.status_code < 500
    assert reply.json()["error"]["message"]


def test_wrong_methods_are_refused(client: TestClient) -> None:
    assert client.put("/chat", json={}).status_code == 405
    assert client.get("/chat").json()["error"]["status"] == 405


def test_too_many_questions_are_turned_away(client: TestClient) -> None:
    client.app.state.gate._inside = 1000
    reply = client.post("/chat", json={"question": "Who?"})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "2")


def test_the_documentation_needs_no_network(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "https://" not in page
    assert client.get("/docs-files/swagger-ui-bundle.js").status_code == 200
    example = client.get("/openapi.json").json()["components"]["schemas"]["ChatRequest"][
        "examples"
    ][0]
    assert client.post("/chat", json=example).status_code == 200


def test_health_counts(client: TestClient) -> None:
    assert client.get("/health").json() | {"version": ""} == {
        "status": "ok",
        "articles": 1,
        "passages": 1,
        "version": "",
    }


def test_a_server_answers_only_to_its_names(library: Library) -> None:
    """A page that points its own name at this machine gets nothing (DNS rebinding)."""
    embeddings: Any = FakeEmbeddings()
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    answerer = QuestionAnswerer(library, retriever, ExtractiveAnswerer(SentenceRule(embeddings)))
    app = create_app(
        Opened(library, embeddings, answerer),
        IndexSettings(library=library.folder),
        ApiSettings(allowed_hosts=("localhost", "[::1]")),
    )
    with TestClient(app) as client:
        for host, status in (("localhost:8765", 200), ("[::1]:80", 200), ("evil.example", 421)):
            assert client.get("/health", headers={"host": host}).status_code == status
        refused = client.get("/v1/models", headers={"host": "evil.example"})
        assert refused.json()["error"]["message"].startswith("this server is not known")
