"""A real process that listens, for the tests from end to end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = [sys.executable, "-m", "qa.cli"]


def environment(library: Path) -> dict[str, str]:
    return {**os.environ, "CUTTINGS_LIBRARY": str(library)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(library: Path, *words: str, end: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """Run a command that listens; yields its address as soon as it does, and ends it by a signal.

    What is asked to stop must stop with status 0.
    """
    port = free_port()
    command = [*COMMAND, *words, "--port", str(port)]
    with subprocess.Popen(command, env=environment(library), stderr=subprocess.DEVNULL) as process:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(end)
            assert process.wait(timeout=20) == (0 if end == signal.SIGINT else -end)
