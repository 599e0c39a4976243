"""A head that is too large, too slow or not HTTP gets one clear line and a closed connection."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from api.protocol import GuardedProtocol


class Impatient(GuardedProtocol):
    """Waits a moment only."""

    head_seconds = 0.5


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the length of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(
        echo,
        port=0,
        http=Impatient,
        ws="none",
        lifespan="off",
        log_level="critical",
        h11_max_incomplete_event_size=65536,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def exchange(port: int, *parts: bytes, pause: float = 0.1) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        answer = b""
        while data := connection.recv(65536):
            answer += data
        return answer


CLOSE = b"Host: a\r\nConnection: close\r\n"


def test_an_honest_request_is_answered(port: int) -> None:
    request = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n" + CLOSE + b"\r\nabc"
    assert b"\r\n3\r\n" in exchange(port, request)


def test_a_body_may_take_longer_than_a_head(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n" + CLOSE + b"\r\n"
    assert b"\r\n3\r\n" in exchange(port, head, b"a", b"b", b"c", pause=0.4)


@pytest.mark.parametrize(
    "parts",
    [
        (b"",),
        (b"GET / HTTP/1.1\r\nHost: a\r\n",),
        (b"GET / HTTP/1.1\r\n", b"X: a\r\n", b"Y: b\r\n"),
    ],
    ids=["silence", "half a head", "drops"],
)
def test_a_head_without_end_is_given_up(port: int, parts: tuple[bytes, ...]) -> None:
    answer = exchange(port, *parts)
    assert answer.startswith(b"HTTP/1.1 408")
    assert "headers took longer" in json.loads(answer.split(b"\r\n\r\n")[1])["error"]["message"]


def test_a_second_head_on_the_same_connection_may_not_dawdle_either(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    assert b"HTTP/1.1 408" in exchange(port, whole, whole[:20])


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200_000 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 50_000 + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["TLS", "long header", "many headers", "bad chunk"],
)
def test_what_is_not_http_gets_one_clear_error(port: int, request_bytes: bytes) -> None:
    try:
        answer = exchange(port, request_bytes)
    except ConnectionResetError:  # closed while we were still sending
        return
    assert answer.startswith(b"HTTP/1.1 400")
    assert json.loads(answer.split(b"\r\n\r\n")[1])["error"]["status"] == 400
