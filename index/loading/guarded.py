"""Parsers of hostile formats in a child process, which may crash, hang or run out of memory.

Parent and child exchange one line of JSON each way, so that nothing a parser produced is ever
unpickled.
"""

import contextlib
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import IO, Any

import orjson

from index.domain import Article
from index.errors import InputError
from index.loading.fields import SetByHand

MEMORY_BYTES = 2_000_000_000


class GuardedParser:
    """Runs `index.loading.single` readers in a child; start it once and use it for many files."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, path: str, kind: str, by_hand: SetByHand) -> Article:
        """Return the article in the file; raises InputError with the child's reason."""
        request = {"path": path, "kind": kind, "by_hand": asdict(by_hand)}
        answer = self._exchange(orjson.dumps(request) + b"\n")
        if reason := answer.get("reason"):
            raise InputError(reason)
        fields = answer["article"]
        return Article(**{**fields, "page_starts": tuple(fields["page_starts"])})

    def close(self) -> None:
        """Stop the child."""
        if self._child:
            self._child.kill()
            self._child.wait()
            for stream in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    stream and stream.close()
            self._child = None

    def _exchange(self, request: bytes) -> dict[str, Any]:
        child = self._child = self._child or _start()
        timer = threading.Timer(self._seconds, child.kill)
        timer.start()
        try:
            stdin, stdout = _pipes(child)
            stdin.write(request)
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            expired = not timer.is_alive()
            timer.cancel()
        if line.endswith(b"\n"):
            answer: dict[str, Any] = orjson.loads(line)
            return answer
        self.close()
        if expired:
            raise InputError(f"took longer than {self._seconds:g} s to parse")
        raise InputError("crashed its parser")


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if child.stdin is None or child.stdout is None:
        raise InputError("the parser has no pipes")
    return child.stdin, child.stdout


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "index.loading.guarded"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from pathlib import Path

    from index.loading.single import READERS

    try:
        data = Path(request["path"]).read_bytes()
        article = READERS[request["kind"]](data, SetByHand(**request["by_hand"]))
    except InputError as error:
        return {"reason": str(error)}
    except MemoryError:
        return {"reason": f"needs more than {MEMORY_BYTES:,} bytes of memory to parse"}
    except Exception as error:
        return {"reason": f"cannot be parsed ({type(error).__name__})"}
    return {"article": asdict(article)}


def _serve() -> None:
    _limit_memory()
    out = sys.stdout.buffer
    sys.stdout = sys.stderr  # a parser that prints must not break the protocol
    for line in sys.stdin.buffer:
        out.write(orjson.dumps(_answer(orjson.loads(line))) + b"\n")
        out.flush()


if __name__ == "__main__":
    _serve()
