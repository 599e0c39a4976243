"""What was measured, kept as JSON in evals/results/ with what it takes to measure it again."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import orjson

from evals.datasets import ROOT

RESULTS = ROOT / "evals" / "results"


def record(name: str, command: str, figures: dict[str, Any], *, n: int, seed: int | None) -> Path:
    """Write the figures to evals/results/`name`.json, with commit, processor and day."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    kept = {
        "command": command,
        "commit": _git("rev-parse", "--short", "HEAD"),
        "changed_since_commit": bool(
            _git("status", "--porcelain", "--", "index", "qa", "api", "evals/*.py")
        ),
        "day": datetime.date.today().isoformat(),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "n": n,
        "seed": seed,
        "figures": figures,
    }
    path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    print(f"written to {path.relative_to(ROOT)}")
    return path


def processor() -> str:
    """Return the name of the processor."""
    described = Path("/proc/cpuinfo")
    if described.is_file():
        name = re.search(r"^model name\s*:\s*(.+)$", described.read_text(), re.MULTILINE)
        if name:
            return name[1].strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], check=False, cwd=ROOT, capture_output=True, text=True
    )
    return done.stdout.strip()
