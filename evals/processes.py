"""The product's real processes, for what is measured from outside: commands and servers."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from evals.datasets import ROOT

COMMAND = [sys.executable, "-m", "qa.cli"]
START_SECONDS = 120
STOP_SECONDS = 30
Finished = subprocess.CompletedProcess[str]


def command(name: str) -> str:
    """Return the command that measures this again, with the options that were given."""
    return " ".join(["python -m", f"evals.{name}", *sys.argv[1:]])


def environment(library: Path) -> dict[str, str]:
    """Return this process's environment with the library set."""
    return {**os.environ, "CUTTINGS_LIBRARY": str(library)}


def cuttings(library: Path, *words: str, timeout: float = 300) -> Finished:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(library),
        timeout=timeout,
        check=False,
    )


def started(library: Path, *words: str) -> "subprocess.Popen[str]":
    """Start a command in a process group of its own, so that it can be killed with its child."""
    return subprocess.Popen(
        [*COMMAND, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(library),
        start_new_session=True,
    )


def probe(library: Path, question: str) -> Finished:
    """Ask by the path that a server takes, over the vector index, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "evals.processes", str(library), question],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Server:
    """A running `cuttings serve`."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def search(self, query: str, *, limit: int = 5) -> list[dict[str, Any]]:
        """Return the passages that /search gives; raises where it does not answer with 200."""
        reply = httpx.get(
            f"{self.url}/search", params={"q": query, "limit": limit}, timeout=60
        ).raise_for_status()
        return list(reply.json()["passages"])

    def said(self) -> str:
        """Return what the server has written so far."""
        return self.log.read_text(errors="replace")


@contextlib.contextmanager
def served(library: Path, log: Path) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it; raises RuntimeError if it crashes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env=environment(library),
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_until_up(server)
        yield server
        process.send_signal(signal.SIGINT)
        if status := process.wait(timeout=STOP_SECONDS):
            raise RuntimeError(f"the server ended with {status}: {server.said()[-500:]}")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _wait_until_up(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server did not start: {server.said()[-500:]}")
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{server.url}/health", timeout=10).raise_for_status()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


def _probe(library: Path, question: str) -> None:
    """Print the passages for a question, and what was said meanwhile, as JSON."""
    from index.settings import IndexSettings
    from qa.assembly import open_answerer

    notes: list[str] = []
    opened = open_answerer(IndexSettings(library=library), many_questions=True, notify=notes.append)
    found = [one.text for one in opened.answerer.passages(question, limit=5)]
    sys.stdout.buffer.write(orjson.dumps({"passages": found, "notes": notes}))


if __name__ == "__main__":
    _probe(Path(sys.argv[1]), sys.argv[2])
