"""Sends malformed and hostile requests to a real server: what it answers, and how it is afterwards.

    python -m evals.malformed_http [--requests 10000]

Half of them are made by schemathesis from the server's own OpenAPI schema, half are raw bytes: see
hostile_requests.py for the kinds. Wanted: no answer of 5xx, no hang, every error one clear line of
JSON, no traceback, memory as before, and a good question still answered rightly. "Turned away" is
the 503 with Retry-After that a burst of questions is meant to get.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import Any

import httpx

from evals.datasets import ROOT
from evals.hostile_requests import QUESTION, raw_attacks, request, slow_attacks
from evals.http_exchange import Attack, Outcome, Reply, exchange
from evals.measuring import MEGABYTE
from evals.processes import Server, command, cuttings, served
from evals.recording import record
from evals.schema_requests import schema_attacks
from evals.watched_runs import memory_bytes

SEED = 20240614
CONNECTIONS = 8
SLOW_SHARE = 0.006
SLOW_CONNECTIONS = 30
BURST = 300
"""Questions at once; the server answers 2 and lets 256 wait."""
ALLOWED_GROWTH_MB = 100
EXPECTED = "$12.4 million"
EXAMPLES_KEPT = 5


@dataclass(frozen=True, slots=True)
class Served:
    """A server under attack."""

    server: Server

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.url.rsplit(":", maxsplit=1)[1])

    @property
    def process_id(self) -> int:
        """Its process."""
        return self.server.process.pid

    def answer(self) -> str:
        """Return its answer to a good question."""
        reply = httpx.post(f"{self.server.url}/chat", json=QUESTION, timeout=60).raise_for_status()
        return str(reply.json()["answer"])


@contextmanager
def attacked(folder: Path) -> Iterator[Served]:
    """Serve the example articles; the model is loaded before the first attack."""
    library = folder / "library"
    if cuttings(library, "add", str(ROOT / "examples/articles")).returncode:
        raise SystemExit("the example articles could not be added")
    with served(library, folder / "server.log") as server:
        under_attack = Served(server)
        under_attack.answer()
        yield under_attack


def attack_all(server: Served, attacks: Sequence[Attack], *, connections: int) -> list[Outcome]:
    """Send the attacks over several connections at once; those that write, one at a time."""
    one_writer = Lock()

    def send(attack: Attack) -> Outcome:
        if attack.writes:
            with one_writer:
                return exchange(server.port, attack)
        return exchange(server.port, attack)

    with ThreadPoolExecutor(connections) as pool:
        return list(pool.map(send, attacks))


def fault_of(reply: Reply) -> str | None:
    """Return what is wrong with an answer, None where it is as it should be."""
    if is_turned_away(reply):
        return None
    if reply.status >= 500 or reply.status < 200:
        return f"status {reply.status}"
    if not reply.complete:
        return "answer cut short"
    if reply.status < 400 or not reply.body:
        return None
    try:
        error = json.loads(reply.body)["error"]
    except (ValueError, KeyError, TypeError):
        return "error that is not JSON of the usual shape"
    of_its_shape = error.get("status") == reply.status or "type" in error  # the latter as OpenAI's
    clear = of_its_shape and len(error.get("message", "")) >= 5
    return None if clear else "error without a clear message"


def is_turned_away(reply: Reply) -> bool:
    """Say whether an answer is the designed 503: busy, try again."""
    return reply.status == 503 and "retry-after" in reply.headers


def faults(outcome: Outcome) -> list[str]:
    """Return what is wrong with an outcome; a connection closed without an answer is no fault."""
    found = ["hang"] if outcome.hung else []
    return found + [fault for fault in map(fault_of, outcome.replies) if fault]


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the counts of a run, with the first requests behind each fault."""
    replies = list(chain.from_iterable(one.replies for one in outcomes))
    wrong: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for fault in faults(outcome):
            wrong.setdefault(fault, []).append(outcome)
    return {
        "requests": len(outcomes),
        "by kind": dict(sorted(Counter(one.attack.kind for one in outcomes).items())),
        "statuses": {str(k): n for k, n in sorted(Counter(r.status for r in replies).items())},
        "closed without an answer": sum(not one.replies and one.closed for one in outcomes),
        "dropped by us": sum(one.attack.drops for one in outcomes),
        "turned away": sum(map(is_turned_away, replies)),
        "5xx": sum(r.status >= 500 and not is_turned_away(r) for r in replies),
        "hangs": sum(one.hung for one in outcomes),
        "slowest seconds": round(max(one.seconds for one in outcomes), 1),
        "faults": {fault: len(found) for fault, found in wrong.items()},
        "examples": {
            fault: [_described(one) for one in found[:EXAMPLES_KEPT]]
            for fault, found in wrong.items()
        },
    }


def _described(outcome: Outcome) -> dict[str, str]:
    reply = outcome.replies[-1] if outcome.replies else None
    return {
        "kind": outcome.attack.kind,
        "sent": repr(b"".join(outcome.attack.parts)[:400]),
        "answer": repr(reply.body[:200]) if reply else "none",
    }


def measured(server: Served, count: int) -> dict[str, Any]:
    """Send `count` attacks, then a burst of good questions; return what came of it."""
    slow = slow_attacks(max(6, round(count * SLOW_SHARE)))
    drawn = schema_attacks(server.server.url, count // 2, seed=SEED)
    raw = list(raw_attacks(count - len(drawn) - len(slow), seed=SEED))
    mixed = [one for pair in zip(drawn, raw, strict=False) for one in pair]
    mixed += drawn[len(raw) :] + raw[len(drawn) :]
    fresh, started = memory_bytes(server.process_id), time.monotonic()
    warm_up = len(mixed) // 10
    outcomes = attack_all(server, mixed[:warm_up], connections=CONNECTIONS)
    before = memory_bytes(server.process_id)
    with ThreadPoolExecutor(1) as beside:
        slow_run = beside.submit(attack_all, server, slow, connections=SLOW_CONNECTIONS)
        outcomes += attack_all(server, mixed[warm_up:], connections=CONNECTIONS)
        outcomes += slow_run.result()
    seconds = time.monotonic() - started
    growth = (memory_bytes(server.process_id) - before) / MEGABYTE
    question = request("POST", "/chat", json.dumps(QUESTION).encode())
    burst = attack_all(server, [Attack("burst", (question,))] * BURST, connections=BURST)
    return figures(outcomes) | {
        "seconds": round(seconds),
        "memory at first, MB": round(fresh / MEGABYTE),
        "memory after a tenth, MB": round(before / MEGABYTE),
        "growth from there, MB": round(growth),
        "memory within bounds": growth <= ALLOWED_GROWTH_MB,
        "tracebacks": server.server.said().count("Traceback"),
        "burst": dict(Counter(str(r.status) for one in burst for r in one.replies)),
        "burst turned away": sum(is_turned_away(r) for one in burst for r in one.replies),
        "burst faults": dict(Counter(chain.from_iterable(map(faults, burst)))),
        "good question afterwards": EXPECTED in server.answer(),
    }


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    count = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder, attacked(Path(folder)) as server:
        found = measured(server, count)
        log = server.server.said()
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for inner, amount in value.items():
                print(f"    {inner:<28} {amount}")
        else:
            print(f"{name:<32} {value}")
    if found["tracebacks"]:
        print(log[log.index("Traceback") :][-4000:])
    record("malformed_http", command("malformed_http"), found, n=count, seed=SEED)


if __name__ == "__main__":
    main()
