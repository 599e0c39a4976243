"""Answers as events: the same as without, none lost, and nobody holds what others wait for."""

import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from api.app import create_app
from api.protocol import GuardedProtocol
from api.settings import ApiSettings
from api.streaming import in_one_line
from index.domain import Article, Passage
from index.library import Library, StoredPassage
from index.settings import IndexSettings
from qa.assembly import Opened
from qa.domain import Answer, Citation, RetrievedPassage
from qa.events import Asked, Cited, Done, Event, Piece, Waiting

EVENTS = {"accept": "text/event-stream"}
QUESTION = {"question": "Who cut the ribbon?"}
Script = Callable[[], Iterator[Event]]
Serve = Callable[..., Any]


def told(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    """Yield the events of a stream, a comment as ("", its text)."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)
        elif not field and value:
            yield "", value


class Scripted:
    """Tells what its script yields, and knows when it was stopped."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.stopped = threading.Event()

    def events(self, question: str, **_: Any) -> Generator[Event]:
        try:
            yield Asked(question)
            yield from self.script()
        finally:
            self.stopped.set()


def answer(*pieces: str) -> Answer:
    stored = StoredPassage(1, Passage("a", 0, 0, 3), Article(text="Yes", title="Yes"))
    cited = Citation(1, RetrievedPassage(stored, 1.0, 1.0, 1.0), 0, 3, 0, 3, 1.0)
    return Answer("".join(pieces), True, 1.0, "Who?", "Who?", "scripted", (cited,))


def telling(*pieces: str) -> Iterator[Event]:
    whole = answer(*pieces)
    for piece in pieces:
        yield Piece(piece)
    yield Cited(whole.citations[0])
    yield Done(whole)


def waiting_for_ever() -> Iterator[Event]:
    while True:
        time.sleep(0.05)
        yield Waiting()


@contextmanager
def served(library: Library, answerer: Any, **settings: Any) -> Iterator[str]:
    """Serve an answerer from a thread, as `cuttings serve` does from a process."""
    app = create_app(
        Opened(library, None, answerer),  # type: ignore[arg-type]
        IndexSettings(library=library.folder),
        ApiSettings(**settings),
    )
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(app, log_level="warning", http=GuardedProtocol, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        assert not thread.is_alive()


def test_a_stream_says_what_the_plain_answer_says(client: TestClient) -> None:
    session_id = client.post("/sessions", json={}).json()["id"]
    with client.stream(
        "POST", "/chat", json={**QUESTION, "session_id": session_id}, headers=EVENTS
    ) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["cache-control"] == "no-cache, no-transform"
        assert reply.headers["x-accel-buffering"] == "no"
        events = list(told(reply.iter_lines()))
    names = [name for name, _ in events]
    assert names == ["question", "passages", "answer", "citation", "done"]
    said = dict(events)
    plain = client.post("/chat", json=QUESTION).json()
    assert said["done"] == {**plain, "session_id": session_id}
    assert said["question"] == {
        "standalone_question": QUESTION["question"],
        "session_id": session_id,
    }
    assert said["passages"]["passages"] == plain["passages"]
    assert said["answer"] == {"text": plain["answer"]}
    assert [said["citation"]] == plain["citations"]
    (turn,) = client.get(f"/sessions/{session_id}").json()["turns"]
    assert turn["answer"] == said["done"]


@pytest.mark.parametrize(
    ("accept", "streams"),
    [
        ("text/event-stream", True),
        ("application/json, Text/Event-Stream;q=0.9", True),
        ("application/json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_only_who_asks_for_events_gets_them(client: TestClient, accept: str, streams: bool) -> None:
    reply = client.post("/chat", json=QUESTION, headers={"accept": accept})
    assert reply.headers["content-type"].startswith("text/event-stream") is streams


def test_a_silent_answer_is_told_too(client: TestClient) -> None:
    body = {**QUESTION, "filters": {"source": "Nobody"}}
    events = list(told(client.post("/chat", json=body, headers=EVENTS).iter_lines()))
    assert [name for name, _ in events] == ["question", "passages", "answer", "done"]
    assert events[-1][1]["answered"] is False
    assert events[2][1]["text"] == events[-1][1]["answer"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"question": ""}, 422),
        ({"question": "Who?", "session_id": "nothing"}, 404),
        ({"question": "Who?", "filters": {"published_after": "soon"}}, 422),
        ({"question": 1}, 422),
    ],
)
def test_what_is_known_to_be_wrong_beforehand_is_an_ordinary_error(
    client: TestClient, body: dict[str, Any], status: int
) -> None:
    reply = client.post("/chat", json=body, headers=EVENTS)
    assert (reply.status_code, reply.json()["error"]["status"]) == (status, status)


def test_an_empty_library_and_a_full_house_are_ordinary_errors(client: TestClient) -> None:
    (article,) = client.get("/articles").json()["articles"]
    client.delete(f"/articles/{article['id']}")
    empty = client.post("/chat", json=QUESTION, headers=EVENTS)
    assert (empty.status_code, "cuttings add" in empty.text) == (409, True)
    client.app.state.gate._inside = 1000  # type: ignore[attr-defined]
    full = client.post("/chat", json=QUESTION, headers=EVENTS)
    assert (full.status_code, full.headers["retry-after"]) == (503, "2")


def test_what_goes_wrong_later_is_an_event_and_no_turn(library: Library) -> None:
    def script() -> Iterator[Event]:
        yield Piece("Perhaps ")
        raise ValueError("the secret inside")

    with served(library, Scripted(script)) as url:
        reply = httpx.post(f"{url}/chat", json=QUESTION, headers=EVENTS)
        events = list(told(reply.iter_lines()))
        session = httpx.get(f"{url}/sessions/{events[0][1]['session_id']}").json()
    assert [name for name, _ in events] == ["question", "answer", "error"]
    assert events[-1][1] == {"error": {"status": 500, "message": "internal error"}}
    assert session["turns"] == []


def test_a_heartbeat_is_heard_while_nothing_is_said(library: Library) -> None:
    class Late(Scripted):
        def events(self, question: str, **_: Any) -> Generator[Event]:
            time.sleep(0.5)
            yield Asked(question)
            time.sleep(0.5)
            yield from telling("Yes")

    with served(library, Late(lambda: iter(())), heartbeat_seconds=0.1) as url:
        events = list(told(httpx.post(f"{url}/chat", json=QUESTION, headers=EVENTS).iter_lines()))
    first = [name for name, _ in events].index("question")
    comments = [number for number, event in enumerate(events) if event == ("", "still here")]
    assert any(number < first for number in comments)
    assert any(number > first for number in comments)
    assert events[-1][0] == "done"


@pytest.mark.parametrize("headers", [EVENTS, {}], ids=["stream", "plain"])
def test_the_work_stops_within_a_second_of_its_client_leaving(
    library: Library, headers: dict[str, str]
) -> None:
    answerer = Scripted(waiting_for_ever)
    with served(library, answerer, concurrent_questions=1) as url:
        with (
            pytest.raises(httpx.ReadTimeout),
            httpx.stream("POST", f"{url}/chat", json=QUESTION, headers=headers, timeout=0.4) as one,
        ):
            one.read()
        assert answerer.stopped.wait(1)
        answerer.script = lambda: telling("Yes")
        assert httpx.post(f"{url}/chat", json=QUESTION).json()["answer"] == "Yes"
        assert httpx.get(f"{url}/sessions").json()["total"] == 1


def test_one_who_leaves_the_queue_frees_the_place(library: Library) -> None:
    answerer = Scripted(waiting_for_ever)
    with (
        served(library, answerer, concurrent_questions=1, waiting_questions=1) as url,
        httpx.Client(base_url=url) as client,
    ):
        with client.stream("POST", "/chat", json=QUESTION, headers=EVENTS) as working:
            lines = working.iter_lines()  # which would close the connection if it went
            assert next(lines)
            for _ in range(3):
                with pytest.raises(httpx.ReadTimeout):
                    client.post("/chat", json=QUESTION, headers=EVENTS, timeout=0.3)
            assert not answerer.stopped.is_set()
        assert answerer.stopped.wait(1)


LONG = ["0123456789abcdef" * 2048] * 300
"""Some 10 MB: more than the buffers of sockets hold."""


def test_a_slow_reader_holds_no_turn_and_loses_nothing(library: Library) -> None:
    answerer = Scripted(lambda: telling(*LONG))
    with served(library, answerer, concurrent_questions=1) as url:
        with httpx.stream("POST", f"{url}/chat", json=QUESTION, headers=EVENTS, timeout=20) as slow:
            assert answerer.stopped.wait(5)
            others = [httpx.post(f"{url}/chat", json=QUESTION, timeout=20) for _ in range(2)]
            events = list(told(slow.iter_lines()))
        assert [one.status_code for one in others] == [200, 200]
    pieces = [data["text"] for name, data in events if name == "answer"]
    assert pieces == LONG
    assert [name for name, _ in events[-2:]] == ["citation", "done"]


def test_an_answer_that_nobody_reads_to_the_end_is_a_turn_when_it_was_complete(
    library: Library,
) -> None:
    answerer = Scripted(lambda: telling(*LONG))
    with served(library, answerer) as url:
        session_id = httpx.post(f"{url}/sessions", json={}).json()["id"]
        body = {**QUESTION, "session_id": session_id}
        with httpx.stream("POST", f"{url}/chat", json=body, headers=EVENTS, timeout=20) as left:
            lines = left.iter_lines()  # which would close the connection if it went
            assert next(lines)
            assert answerer.stopped.wait(5)
        (turn,) = httpx.get(f"{url}/sessions/{session_id}").json()["turns"]
        assert turn["answer"]["answer"] == "".join(LONG)


def test_a_hundred_streams_at_once_are_all_answered(library: Library) -> None:
    answerer = Scripted(lambda: telling("Yes, ", "he did"))
    with served(library, answerer) as url:

        def ask(_: int) -> list[tuple[str, Any]]:
            reply = httpx.post(f"{url}/chat", json=QUESTION, headers=EVENTS, timeout=60)
            assert reply.status_code == 200
            return list(told(reply.iter_lines()))

        with ThreadPoolExecutor(100) as pool:
            streams = list(pool.map(ask, range(100)))
        assert httpx.get(f"{url}/sessions").json()["total"] == 100
    for events in streams:
        assert [name for name, _ in events] == ["question", "answer", "answer", "citation", "done"]
    assert len({events[0][1]["session_id"] for events in streams}) == 100


def test_an_event_is_one_line_for_every_client() -> None:
    """Some clients end lines at what only Unicode calls a line end."""
    written = in_one_line({"text": "a\u2028b\u2029c\x85d"})
    assert len(written.splitlines()) == 1
    assert json.loads(written) == {"text": "a\u2028b\u2029c\x85d"}
