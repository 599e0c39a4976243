"""Measures how long a question takes, and what a server holds in memory.

    python -m evals.question_speed [--library FOLDER] [--rounds 3] [--seconds 20]

Cold: `cuttings ask --json` as a whole process, by hyperfine, beside `import sentence_transformers`.
Warm: `cuttings serve` over the same library, by wrk, one client and then eight, beside the stock
pipeline's similarity_search over the same questions, which runs in this process: no HTTP, and no
answer. What is compared takes turns, round by round. Memory: the server over 100,000 passages,
after 200 questions; what newsquiz lacks of these is made of altered copies (evals/enlarging.py).

wrk and hyperfine are Debian packages; where one is missing its rows are left out, with a line.
"""

import argparse
import shlex
import sys
from pathlib import Path

import numpy as np

from evals.cold_questions import MEDIAN, Figures, cold
from evals.datasets import newsquiz_questions
from evals.enlarging import sized_library
from evals.libraries import newsquiz_library
from evals.metrics import SEED
from evals.recording import record
from evals.warm_questions import WITHOUT_WEIGHTS, memory, warm
from index.embedding import CuttingsEmbeddings
from index.encoders import usable_cores
from index.library import Library

AIMS = {
    "cold": {MEDIAN: 2.0, "imported": []},
    "warm": {"one client, p50 ms": 150.0, "one client, p95 ms": 300.0, "many clients, errors": 0},
    "memory": {WITHOUT_WEIGHTS: 700.0},
}
"""At most, by part and figure."""


def main() -> None:
    """Measure all three, print the tables, keep every figure."""
    options = _options()
    library = Library(Path(options.library)) if options.library else newsquiz_library()
    questions = chosen_questions()
    kept: Figures = {
        "passages": library.count_passages(),
        "usable cores": usable_cores(),
        "runtime for questions": CuttingsEmbeddings().question_runtime,
        "cold": cold(library, questions[: options.questions], rounds=options.rounds),
        "warm": warm(library, questions, rounds=options.rounds, seconds=options.seconds),
        "memory": memory(
            sized_library(library, options.passages), questions[: options.memory_questions]
        ),
    }
    kept["aims"] = aims(kept)
    show(kept)
    command = shlex.join(["python", "-m", "evals.question_speed", *sys.argv[1:]])
    record("question_speed", command, kept, n=options.questions, seed=SEED)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--library", help="folder of another library than that of newsquiz")
    parser.add_argument("--rounds", type=int, default=3, help="of what is compared")
    parser.add_argument("--questions", type=int, default=5, help="different ones, asked cold")
    parser.add_argument("--seconds", type=int, default=20, help="of each run of wrk")
    parser.add_argument("--passages", type=int, default=100_000, help="where memory is looked at")
    parser.add_argument("--memory-questions", type=int, default=200, help="asked before that")
    return parser.parse_args()


def chosen_questions() -> list[str]:
    """Return the questions of newsquiz in an order chosen by seed."""
    questions = newsquiz_questions()
    order = np.random.default_rng(SEED).permutation(len(questions))
    return [questions[number].text for number in order]


def aims(kept: Figures) -> Figures:
    """Return each aim with what was found; what was left out is left out here too."""
    return {
        f"{part}: {name}": {"at most": aim, "found": found, "met": found <= aim}
        for part, wanted in AIMS.items()
        for name, aim in wanted.items()
        if (found := kept[part].get(name)) is not None
    }


def show(kept: Figures) -> None:
    """Print one figure a line, part by part, and the aims."""
    print(f"{kept['passages']:,} passages, questions by {kept['runtime for questions']}")
    for part in ("cold", "warm", "memory"):
        print(part)
        for name, value in kept[part].items():
            if not isinstance(value, dict | list) or name == "imported":
                print(f"  {name:44} {value}")
    for name, one in kept["aims"].items():
        verdict = "met" if one["met"] else "MISSED"
        print(f"aim {verdict}: {name}: {one['found']}, at most {one['at most']}")


if __name__ == "__main__":
    main()
