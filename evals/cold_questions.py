"""A question as a whole process: `cuttings ask --json` by hyperfine, and what it imports."""

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from evals.datasets import ROOT
from evals.measuring import CUTTINGS, program
from index.library import Library

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb")
"""What takes longer to import than a question takes."""
MEDIAN = "cuttings ask, median s"
RIVAL = "import sentence_transformers"
ANSWERED_OR_NOT = {0, 3}
Figures = dict[str, Any]


def cold(library: Library, questions: Sequence[str], *, rounds: int) -> Figures:
    """Return the seconds of each whole process, and what none of them should import."""
    hyperfine = program("hyperfine")
    figures: Figures = {"imported": imported(library, questions[0])}
    if hyperfine:
        asked = [
            shlex.join([CUTTINGS, "--library", str(library.folder), "ask", "--json", one])
            for one in questions
        ]
        rival = shlex.join([sys.executable, "-c", RIVAL])
        timed = [hyperfine_round(hyperfine, [*asked, rival]) for _ in range(rounds + 1)][1:]
        figures |= cold_figures(questions, timed)
    return figures


def hyperfine_round(hyperfine: str, commands: Sequence[str]) -> list[float]:
    """Run each command once; return its seconds. The first round of all only fills the caches."""
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        # Status 3, not answered by these articles, is no failure.
        command = [hyperfine, "--runs", "1", "--shell", "none", "--ignore-failure"]
        command += ["--style", "none", "--export-json", kept.name]
        subprocess.run([*command, *commands], check=True, cwd=ROOT, capture_output=True)
        results = json.loads(Path(kept.name).read_bytes())["results"]
    for one in results:
        if not ANSWERED_OR_NOT.issuperset(one["exit_codes"]):
            raise SystemExit(f"exit status {one['exit_codes']} of {one['command']}")
    return [float(one["times"][0]) for one in results]


def cold_figures(questions: Sequence[str], timed: Sequence[Sequence[float]]) -> Figures:
    """Return what the rounds come to; the last command of each round is the rival."""
    asks = [seconds for each in timed for seconds in each[:-1]]
    rivals = [each[-1] for each in timed]
    return {
        MEDIAN: round(median(asks), 3),
        "cuttings ask, slowest s": round(max(asks), 3),
        f"{RIVAL}, median s": round(median(rivals), 3),
        "share of it": round(median(median(each[:-1]) / each[-1] for each in timed), 3),
        "each question, s": {
            one: [round(each[n], 3) for each in timed] for n, one in enumerate(questions)
        },
        f"{RIVAL}, s": [round(one, 3) for one in rivals],
    }


def imported(library: Library, question: str) -> list[str]:
    """Return which heavy packages one question imports; there should be none."""
    arguments = ["--library", str(library.folder), "ask", "--json", question]
    code = (
        "import sys\nfrom qa.cli import cuttings\n"
        f"cuttings.main({arguments!r}, standalone_mode=False)\n"
        f"print([one for one in {HEAVY!r} if one in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found: list[str] = json.loads(done.stderr.strip().splitlines()[-1].replace("'", '"'))
    return found
