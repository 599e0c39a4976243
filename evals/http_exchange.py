"""One hostile request and what came back for it, over a plain socket: no client library helps."""

import re
import socket
import time
from dataclasses import dataclass, field

HANG_SECONDS = 30.0
"""Without an answer or a close for so long, a server counts as hanging."""
PATIENCE_SECONDS = 4.0
"""For an answer to what may be half a request; then our side of the connection is closed."""
QUIET_SECONDS = 0.5
LARGEST_REPLY_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Attack:
    """Bytes to send, and how."""

    kind: str
    parts: tuple[bytes, ...]
    """Sent one after the other."""
    pause_seconds: float = 0.0
    """Between the parts."""
    may_be_incomplete: bool = False
    """The server may rightly wait for more; after a while our side is closed."""
    drops: bool = False
    """The connection is cut as soon as all is sent."""
    pipelined: bool = False
    """More than one answer may come."""

    @property
    def writes(self) -> bool:
        """Whether it may change the library, which one request at a time can."""
        return b"POST /articles" in self.parts[0] or b"DELETE /" in self.parts[0]


@dataclass(frozen=True, slots=True)
class Reply:
    """A response; `complete` is false where the connection closed before its end."""

    status: int
    headers: dict[str, str]
    body: bytes
    complete: bool = True


@dataclass(slots=True)
class Outcome:
    """What came of an attack."""

    attack: Attack
    replies: list[Reply] = field(default_factory=list)
    closed: bool = False
    """The server closed the connection."""
    hung: bool = False
    seconds: float = 0.0


def exchange(port: int, attack: Attack) -> Outcome:
    """Send an attack and wait for what comes of it; raises OSError where nobody listens."""
    outcome = Outcome(attack)
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=HANG_SECONDS) as connection:
        try:
            _send(connection, attack)
            if not attack.drops:
                _receive(connection, outcome)
        except TimeoutError:
            outcome.hung = not outcome.replies
        except OSError:
            outcome.closed = True
    outcome.seconds = time.monotonic() - started
    return outcome


def _send(connection: socket.socket, attack: Attack) -> None:
    """Send it all; a server that has refused already may close while we send."""
    try:
        for number, part in enumerate(attack.parts):
            if number:
                time.sleep(attack.pause_seconds)
            connection.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        return


def _receive(connection: socket.socket, outcome: Outcome) -> None:
    attack, received = outcome.attack, b""
    no_body = attack.parts[0].startswith(b"HEAD ")
    half_closed = False
    connection.settimeout(PATIENCE_SECONDS if attack.may_be_incomplete else HANG_SECONDS)
    while len(received) < LARGEST_REPLY_BYTES:
        try:
            data = connection.recv(1 << 16)
        except TimeoutError:
            if outcome.replies or half_closed or not attack.may_be_incomplete:
                raise
            half_closed = True
            connection.settimeout(HANG_SECONDS)
            connection.shutdown(socket.SHUT_WR)
            continue
        outcome.closed = not data
        received += data
        received = _take_replies(outcome, received, no_body=no_body)
        if outcome.closed or (outcome.replies and not attack.pipelined):
            return
        if outcome.replies:
            connection.settimeout(QUIET_SECONDS)


def _take_replies(outcome: Outcome, received: bytes, *, no_body: bool) -> bytes:
    """Move complete responses from the bytes to the outcome; return the bytes that are left."""
    while b"\r\n\r\n" in received:
        head, rest = received.split(b"\r\n\r\n", maxsplit=1)
        status, headers = _head(head)
        if 100 <= status < 200:
            received = rest
            continue
        body = _body(rest, headers, none=no_body or status in {204, 304}, ended=outcome.closed)
        if body is None:
            if outcome.closed:
                outcome.replies.append(Reply(status, headers, rest, complete=False))
            return received
        outcome.replies.append(Reply(status, headers, body[0]))
        received = body[1]
    return received


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    """Return status and headers, names in lower case; status 0 is not HTTP."""
    first, *lines = head.decode("latin-1").split("\r\n")
    found = re.match(r"HTTP/1\.[01] (\d{3})", first)
    pairs = (line.partition(":") for line in lines)
    return int(found[1]) if found else 0, {n.strip().lower(): v.strip() for n, _, v in pairs}


def _body(
    rest: bytes, headers: dict[str, str], *, none: bool, ended: bool
) -> tuple[bytes, bytes] | None:
    """Return the body and what follows it; None while it is incomplete."""
    if none:
        return b"", rest
    if headers.get("content-length", "").isdigit():
        length = int(headers["content-length"])
        return (rest[:length], rest[length:]) if len(rest) >= length else None
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _unchunked(rest)
    return (rest, b"") if ended else None


def _unchunked(rest: bytes) -> tuple[bytes, bytes] | None:
    body = b""
    while b"\r\n" in rest:
        size, rest = rest.split(b"\r\n", maxsplit=1)
        length = int(size.split(b";")[0], 16)
        if len(rest) < length + 2:
            return None
        body += rest[:length]
        rest = rest[length + 2 :]
        if length == 0:
            return body, rest
    return None
