"""Sessions over HTTP: going on, listing, renaming, deleting, exporting; nothing lost or mixed."""

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.library import Library


def ask(client: TestClient, question: str, session_id: str | None = None) -> dict[str, Any]:
    reply = client.post("/chat", json={"question": question, "session_id": session_id})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def test_a_question_begins_a_session_and_the_next_goes_on_with_it(client: TestClient) -> None:
    first = ask(client, "Who cut the ribbon?")
    assert uuid.UUID(first["session_id"])
    second = ask(client, "When did it open?", first["session_id"])
    assert second["session_id"] == first["session_id"]
    session = client.get(f"/sessions/{first['session_id']}").json()
    assert [one["answer"] for one in session["turns"]] == [first, second]
    assert [one["number"] for one in session["turns"]] == [1, 2]
    assert session["turn_count"] == 2
    (last,) = client.get(f"/sessions/{first['session_id']}?last=1").json()["turns"]
    assert last["question"] == "When did it open?"


def test_earlier_turns_reach_the_answerer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    answerer = client.app.state.opened.answerer  # type: ignore[attr-defined]
    kind, events = type(answerer), type(answerer).events

    def watched(self: Any, question: str, **options: Any) -> Any:
        seen.append(options["turns"])
        return events(self, question, **options)

    monkeypatch.setattr(kind, "events", watched)
    first = ask(client, "Who cut the ribbon?")
    ask(client, "When did it open?", first["session_id"])
    assert seen[0] == ()
    (turn,) = seen[1]
    assert (turn.question, turn.answer) == ("Who cut the ribbon?", first["answer"])
    assert turn.cited_texts == (first["citations"][0]["cited_text"],)


def test_the_filters_of_a_turn_are_kept(client: TestClient) -> None:
    body = {"question": "Who?", "filters": {"source": "Nobody", "published_after": "2024"}}
    session_id = client.post("/chat", json=body).json()["session_id"]
    (turn,) = client.get(f"/sessions/{session_id}").json()["turns"]
    assert turn["filters"] == {"source": "Nobody", "published_after": "2024"}


def test_a_session_is_begun_listed_renamed_and_deleted(client: TestClient) -> None:
    assert client.get("/sessions").json() == {"total": 0, "sessions": []}
    begun = client.post("/sessions", json={"name": "Bridge"})
    assert begun.status_code == 201
    session_id = begun.json()["id"]
    assert client.post("/sessions").json()["name"] is None
    renamed = client.patch(f"/sessions/{session_id}", json={"name": "Straße"}).json()
    assert (renamed["id"], renamed["name"]) == (session_id, "Straße")
    ask(client, "Who cut the ribbon?")
    listed = client.get("/sessions").json()
    assert (listed["total"], [one["name"] for one in listed["sessions"]]) == (2, [None, "Straße"])
    assert listed["sessions"][0]["last_question"] == "Who cut the ribbon?"
    assert client.get("/sessions?limit=1&offset=1").json()["sessions"][0]["id"] == session_id
    assert client.delete(f"/sessions/{session_id}").status_code == 204
    assert client.get(f"/sessions/{session_id}").status_code == 404
    assert client.get("/sessions").json()["total"] == 1


def test_a_name_is_given_once(client: TestClient) -> None:
    client.post("/sessions", json={"name": "Bridge"})
    other = client.post("/sessions", json={}).json()["id"]
    for refused in (
        client.post("/sessions", json={"name": "BRIDGE"}),
        client.patch(f"/sessions/{other}", json={"name": " bridge "}),
    ):
        assert (refused.status_code, "another session" in refused.text) == (409, True)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "export", "chat"])
@pytest.mark.parametrize("session_id", ["nothing", str(uuid.uuid4()), "%ff", "%00", "x" * 90])
def test_an_unknown_session_is_404(client: TestClient, method: str, session_id: str) -> None:
    path = f"/sessions/{session_id}"
    match method:
        case "chat":
            body = {"question": "Who?", "session_id": session_id}
            reply = client.post("/chat", json=body)
        case "export":
            reply = client.get(f"{path}/export")
        case _:
            reply = client.request(method, path, json={"name": "x"} if method == "PATCH" else None)
    assert reply.status_code == 404
    assert "no session" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/sessions", {"name": ""}),
        ("POST", "/sessions", {"name": "a\u0007b"}),
        ("POST", "/sessions", {"name": "x" * 101}),
        ("POST", "/sessions", {"title": "x"}),
        ("POST", "/sessions", []),
        ("PATCH", "/sessions/x", {}),
        ("PATCH", "/sessions/x", {"name": None}),
        ("GET", "/sessions?limit=0", None),
        ("GET", "/sessions?offset=-1", None),
        ("GET", "/sessions/x?last=0", None),
    ],
)
def test_malformed_requests_get_one_clear_error(
    client: TestClient, method: str, path: str, body: Any
) -> None:
    reply = client.request(method, path, json=body)
    assert (reply.status_code, reply.json()["error"]["status"]) == (422, 422)


def test_a_question_that_is_refused_leaves_no_turn(client: TestClient) -> None:
    session_id = client.post("/sessions", json={}).json()["id"]
    assert client.post("/chat", json={"question": " ", "session_id": session_id}).status_code == 422
    assert client.get(f"/sessions/{session_id}").json()["turns"] == []
    assert client.post("/chat", json={"question": " "}).status_code == 422
    assert client.get("/sessions").json()["total"] == 0


def test_what_was_cited_stays_when_its_article_is_removed(client: TestClient) -> None:
    said = ask(client, "Who cut the ribbon?")
    (citation,) = said["citations"]
    assert client.delete(f"/articles/{citation['article_id']}").status_code == 204
    (turn,) = client.get(f"/sessions/{said['session_id']}").json()["turns"]
    assert turn["answer"]["citations"] == [citation]
    exported = client.get(f"/sessions/{said['session_id']}/export").text
    assert "Mayor Ana Duarte cut the ribbon." in exported


def test_a_session_is_exported_as_markdown(client: TestClient) -> None:
    session_id = client.post("/sessions", json={"name": "Brücke/1"}).json()["id"]
    ask(client, "Who cut the ribbon?", session_id)
    reply = client.get(f"/sessions/{session_id}/export")
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "filename*=utf-8''Br%C3%BCcke%2F1.md" in reply.headers["content-disposition"]
    assert reply.text.startswith("# Brücke/1\n\n## Who cut the ribbon?\n")
    assert "[^1]: “" in reply.text


def test_two_clients_in_one_session_lose_no_turn(client: TestClient) -> None:
    session_id = client.post("/sessions", json={}).json()["id"]

    def go_on(name: str) -> None:
        for number in range(20):
            ask(client, f"Who cut the ribbon, {name}{number}?", session_id)

    threads = [threading.Thread(target=go_on, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = client.get(f"/sessions/{session_id}").json()["turns"]
    assert [one["number"] for one in turns] == list(range(1, 41))
    for name in "ab":
        asked = [one["question"] for one in turns if f", {name}" in one["question"]]
        assert asked == [f"Who cut the ribbon, {name}{number}?" for number in range(20)]
    assert all(one["answer"]["session_id"] == session_id for one in turns)


@pytest.mark.parametrize("session_id", [None, "some-session"])
def test_a_damaged_file_of_conversations_stops_no_question(
    client: TestClient, library: Library, session_id: str | None
) -> None:
    damaged = library.folder / "conversations.sqlite3"
    damaged.write_bytes(b"not a database" * 500)
    answer = ask(client, "Who cut the ribbon?", session_id)
    assert "Ana Duarte" in answer["answer"]
    assert answer["session_id"] is None
    assert "Not stored" in answer["notes"][-1]
    refused = client.get("/sessions")
    assert (refused.status_code, "move it away" in refused.text) == (503, True)
    for one in Path(library.folder).glob("conversations*"):
        one.unlink()
    assert ask(client, "Who cut the ribbon?")["session_id"]


def test_a_session_deleted_meanwhile_is_answered_with_a_note(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = client.post("/sessions", json={}).json()["id"]
    state = client.app.state  # type: ignore[attr-defined]
    remembered = state.conversations.remembered

    def deleting(session_id: str) -> Any:
        turns = remembered(session_id)
        state.conversations.delete(session_id)
        return turns

    monkeypatch.setattr(state.conversations, "remembered", deleting)
    answer = ask(client, "Who cut the ribbon?", session_id)
    assert "Ana Duarte" in answer["answer"]
    assert (answer["session_id"], "Not stored" in answer["notes"][-1]) == (None, True)
