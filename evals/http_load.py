"""Questions over HTTP by wrk: different ones, each by a POST to /chat."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SCRIPT = """
local bodies = {}
for line in io.lines(FILE) do bodies[#bodies + 1] = line end
local number = START

function request()
  number = number % #bodies + 1
  return wrk.format("POST", "/chat", {["content-type"] = "application/json"}, bodies[number])
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests": %d, "seconds": %.3f, "p50 ms": %.1f, "p95 ms": %.1f, "p99 ms": %.1f, ' ..
    '"slowest ms": %.1f, "answers of 4xx or 5xx": %d, "timeouts": %d, "socket errors": %d}\\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.timeout,
    errors.connect + errors.read + errors.write))
end
"""
TIMEOUT_SECONDS = 60
"""Beyond the product's own limit on waiting, so that what it refuses is counted as refused."""
ERRORS = ("answers of 4xx or 5xx", "timeouts", "socket errors")


class QuestionLoad:
    """Asks the same questions in the same order, going on where the last run ended."""

    def __init__(self, wrk: str, folder: Path, questions: Sequence[str]) -> None:
        self._wrk, self._folder, self._asked = wrk, folder, 0
        self._all = list(questions)
        self._questions = folder / "questions.jsonl"
        self._questions.write_text(
            "".join(json.dumps({"question": one}) + "\n" for one in questions), encoding="utf-8"
        )

    def following(self, count: int) -> list[str]:
        """Return the questions that the next run begins with."""
        start = self._asked % len(self._all)
        return (self._all[start:] + self._all)[:count]

    def run(self, address: str, *, clients: int, seconds: int) -> dict[str, Any]:
        """Ask for so long; return the latencies, the rate and the errors, any status but 2xx."""
        script = self._folder / "ask.lua"
        start = str(self._asked % len(self._all))
        script.write_text(
            SCRIPT.replace("FILE", json.dumps(str(self._questions))).replace("START", start)
        )
        command = [self._wrk, "-t1", f"-c{clients}", f"-d{seconds}s"]
        command += [f"--timeout={TIMEOUT_SECONDS}s", "-s", str(script), address]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            figures: dict[str, Any] = json.loads(done.stderr.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise SystemExit(f"wrk: {done.stderr.strip() or done.stdout.strip()}") from None
        self._asked += figures["requests"]
        figures["per second"] = round(figures["requests"] / figures["seconds"], 2)
        figures["errors"] = sum(figures[name] for name in ERRORS)
        return figures
