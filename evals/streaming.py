"""Streams from a real server to many clients at once: what is lost, what is mixed up, how long.

    python -m evals.streaming [--requests 2000]

Over the example articles; 100 clients at once, half of them in 20 shared sessions. A tenth reads
slowly, a tenth leaves early. Wanted: every citation of the whole answer came as an event before it,
the pieces joined are its text, each session holds exactly what its clients asked, no 5xx. Then
the time to the first event and to the end, streaming and plain in turn, by many clients and by one.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import orjson

from evals.datasets import ROOT
from evals.processes import Server, command, cuttings, served
from evals.recording import record

SEED = 20240614
AT_ONCE = 100
SESSIONS = 20
PAIRS = 100
ROUNDS = 2
SLOW_SHARE = LEAVING_SHARE = 0.1
SLOW_SECONDS_PER_LINE = 0.05
MOST_SECONDS_BEFORE_LEAVING = 5.0
EVENTS = {"accept": "text/event-stream"}
QUESTIONS = (
    "How much will the new lock gate cost?",
    "Who is the harbour master of Port Ellery?",
    "Why did bread prices not go up?",
    "When did Duncan Muir retire?",
    "How many runners are expected at the marathon?",
    "Who voted against the new gate?",
    "What did the keeper say about the fog?",
    "Who is the mayor of London?",
)


@dataclass(slots=True)
class Exchange:
    """One request: what was asked and what came."""

    question: str
    session_id: str | None
    kind: str
    status: int = 0
    first: float = 0.0
    """Seconds to the first event."""
    whole: float = 0.0
    """Seconds to the last."""
    events: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        return {"question": self.question, "session_id": self.session_id}

    def told(self, name: str) -> list[Any]:
        """Return what the events of a name carried."""
        return [data for one, data in self.events if one == name]


def exchanges(count: int, sessions: Sequence[str]) -> list[Exchange]:
    """Return requests of all kinds, mixed; each question is unlike any other."""
    draw = random.Random(SEED)
    made = []
    for number in range(count):
        chance = draw.random()
        leaves, slow = chance < LEAVING_SHARE, chance > 1 - SLOW_SHARE
        kind = "leaving" if leaves else "slow" if slow else "usual"
        session_id = draw.choice(sessions) if draw.random() < 0.5 else None
        made.append(Exchange(f"{draw.choice(QUESTIONS)} {number}", session_id, kind))
    return made


async def stream(client: httpx.AsyncClient, one: Exchange) -> None:
    """Send a request and read its events."""
    started = time.monotonic()
    async with client.stream("POST", "/chat", json=one.body, headers=EVENTS) as reply:
        one.status = reply.status_code
        name = ""
        async for line in reply.aiter_lines():
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "data":
                one.first = one.first or time.monotonic() - started
                one.events.append((name, orjson.loads(value)))
            if one.kind == "slow":
                await asyncio.sleep(SLOW_SECONDS_PER_LINE)
    one.whole = time.monotonic() - started


async def leave(client: httpx.AsyncClient, one: Exchange) -> None:
    """Send a request and go, at whatever point it has come to."""
    patience = random.Random(one.question).uniform(0, MOST_SECONDS_BEFORE_LEAVING)
    try:
        async with asyncio.timeout(patience):
            await stream(client, one)
    except TimeoutError:
        one.events.append(("left", None))


async def plain(client: httpx.AsyncClient, one: Exchange) -> None:
    """Send a request without streaming."""
    started = time.monotonic()
    reply = await client.post("/chat", json=one.body)
    one.status, one.whole = reply.status_code, time.monotonic() - started


async def in_groups(
    url: str,
    requests: Sequence[Exchange],
    send: Callable[[httpx.AsyncClient, Exchange], Awaitable[None]],
) -> None:
    """Send requests, so many at once."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        for first in range(0, len(requests), AT_ONCE):
            group = requests[first : first + AT_ONCE]
            await asyncio.gather(*(send(client, one) for one in group))
            print(f"\r{first + len(group):,} of {len(requests):,}", end="", flush=True)
    print()


async def alone(url: str) -> list[tuple[Exchange, Exchange]]:
    """Return pairs of a stream and a plain call, by one client, in turn."""
    pairs = []
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        for number in range(PAIRS):
            question = QUESTIONS[number % len(QUESTIONS)]
            pair = Exchange(question, None, "usual"), Exchange(question, None, "plain")
            if number % 2:
                await stream(client, pair[0])
            await plain(client, pair[1])
            if not number % 2:
                await stream(client, pair[0])
            pairs.append(pair)
    return pairs


def many_at_once(url: str) -> tuple[list[Exchange], list[Exchange]]:
    """Return streams and plain calls of as many clients at once, in turn."""
    asked = [f"{QUESTIONS[n % len(QUESTIONS)]} {n}" for n in range(AT_ONCE)]
    streams: list[Exchange] = []
    calls: list[Exchange] = []
    for _ in range(ROUNDS):
        for kept, send in ((calls, plain), (streams, stream)):
            made = [Exchange(question, None, "usual") for question in asked]
            asyncio.run(in_groups(url, made, send))
            kept.extend(made)
    return streams, calls


def lost(one: Exchange) -> list[str]:
    """Return what a stream that was read to its end lacks or says twice."""
    if one.status != 200 or not one.events or one.events[-1][0] != "done":
        return [f"no end (status {one.status})"]
    done = one.events[-1][1]
    found = []
    if sorted(one.told("citation"), key=lambda c: c["id"]) != done["citations"]:
        found.append("citations")
    if "".join(piece["text"] for piece in one.told("answer")) != done["answer"]:
        found.append("pieces")
    if one.events[0][0] != "question" or len(one.told("done")) != 1:
        found.append("order")
    return found


def mixed_up(url: str, requests: Sequence[Exchange]) -> tuple[int, int]:
    """Return how many sessions do not hold exactly what their clients asked, and of how many.

    Of what was asked by clients that left, a session may hold any part.
    """
    asked: dict[str, set[str]] = defaultdict(set)
    perhaps: dict[str, set[str]] = defaultdict(set)
    for one in requests:
        known = one.told("question")
        session_id = one.session_id or (known[0]["session_id"] if known else None)
        if session_id:
            (perhaps if one.kind == "leaving" else asked)[session_id].add(one.question)
    wrong = 0
    with httpx.Client(base_url=url, timeout=60) as client:
        for session_id in asked | perhaps:
            turns = client.get(f"/sessions/{session_id}").raise_for_status().json()["turns"]
            stored = Counter(turn["question"] for turn in turns)
            wrong += not (
                asked[session_id] <= set(stored) <= asked[session_id] | perhaps[session_id]
                and max(stored.values(), default=1) == 1
                and [turn["number"] for turn in turns] == list(range(1, len(turns) + 1))
                and all(turn["answer"]["session_id"] == session_id for turn in turns)
            )
    return wrong, len(asked | perhaps)


def seconds(values: Sequence[float]) -> dict[str, float]:
    """Return median and 95th percentile."""
    p50, p95 = np.percentile(values, [50, 95])
    return {"median": round(float(p50), 3), "p95": round(float(p95), 3)}


def measured(server: Server, count: int) -> dict[str, Any]:
    """Send the requests and return what came of them."""
    url = server.url
    sessions = [
        httpx.post(f"{url}/sessions", json={"name": f"shared {n}"}).json()["id"]
        for n in range(SESSIONS)
    ]
    requests = exchanges(count, sessions)

    async def send(client: httpx.AsyncClient, one: Exchange) -> None:
        await (leave if one.kind == "leaving" else stream)(client, one)

    started = time.monotonic()
    asyncio.run(in_groups(url, requests, send))
    took = time.monotonic() - started
    read = [one for one in requests if one.kind != "leaving"]
    faults = Counter(fault for one in read for fault in lost(one))
    wrong, sessions_held = mixed_up(url, requests)
    streams, calls = many_at_once(url)
    pairs = asyncio.run(alone(url))
    return {
        "requests": count,
        "at once": AT_ONCE,
        "by kind": dict(Counter(one.kind for one in requests)),
        "left before the end": sum(one.events[-1:] == [("left", None)] for one in requests),
        "seconds": round(took),
        "5xx": sum(one.status >= 500 for one in (*requests, *streams, *calls)),
        "error events": sum(len(one.told("error")) for one in requests),
        "citations": sum(len(one.told("citation")) for one in read),
        "streams with lost citations": faults["citations"],
        "streams with lost pieces": faults["pieces"],
        "streams out of order or without an end": sum(faults.values())
        - faults["citations"]
        - faults["pieces"],
        "sessions": sessions_held,
        "sessions mixed up": wrong,
        "tracebacks": server.said().count("Traceback"),
        "100 at once, first event, s": seconds([one.first for one in streams]),
        "100 at once, done, s": seconds([one.whole for one in streams]),
        "100 at once, plain, s": seconds([one.whole for one in calls]),
        "one alone, first event, s": seconds([one.first for one, _ in pairs]),
        "one alone, done, s": seconds([one.whole for one, _ in pairs]),
        "one alone, plain, s": seconds([one.whole for _, one in pairs]),
        "first event / plain": seconds([a.first / b.whole for a, b in pairs]),
        "done / plain": seconds([a.whole / b.whole for a, b in pairs]),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=2_000)
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        if cuttings(library, "add", str(ROOT / "examples/articles")).returncode:
            raise SystemExit("the example articles could not be added")
        with served(library, Path(folder) / "server.log") as server:
            httpx.post(f"{server.url}/chat", json={"question": QUESTIONS[0]}, timeout=120)
            found = measured(server, count)
            log = server.said()
    for name, value in found.items():
        print(f"{name:<40} {value}")
    if found["tracebacks"]:
        print(log[log.index("Traceback") :][-4000:])
    record("streaming", command("streaming"), found, n=count, seed=SEED)


if __name__ == "__main__":
    main()
