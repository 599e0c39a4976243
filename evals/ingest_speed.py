"""Measures how fast articles go in, and in how much memory, against the stock pipeline.

    python -m evals.ingest_speed [--articles 300] [--rounds 2]

Each round runs, one after the other and each in a process of its own: `cuttings add` into a fresh
library, the stock pipeline into a fresh folder, the same command with clocks around its stages, and
the embedder over exactly the passages that came of it. Ratios are taken within a round. Which
runtime embeds fastest on this machine is measured before, and not counted.

"Whole process" counts all from the start of Python; "from first article to end" leaves out imports,
and for the product the loading of the model; the stock model too is loaded before its first.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import orjson
from tqdm import tqdm

from evals.datasets import WORK, records
from evals.measuring import CUTTINGS, MEGABYTE, MEMORY_KIND, measured
from evals.metrics import SEED
from evals.recording import record
from index import calibration
from index.embedding import CuttingsEmbeddings
from index.encoders import usable_cores

AIM_WITH_AMX, AIM_WITHOUT_AMX = 4.0, 2.5
AIM_MEMORY, AIM_OF_EMBEDDING = 0.5, 0.8
WORKLOADS = (sys.executable, "-m", "evals.ingest_workloads")
Round = dict[str, float]


def main() -> None:
    """Run the rounds, print the table, keep every figure."""
    options = _options()
    WORK.mkdir(parents=True, exist_ok=True)
    runtimes = fastest_runtime()
    with tempfile.TemporaryDirectory(dir=WORK, prefix="ingest-") as folder:
        articles = sample(Path(folder) / "articles.jsonl", options.articles)
        rounds = [
            one_round(articles, Path(folder), options.articles)
            for _ in tqdm(range(options.rounds), "rounds", mininterval=5)
        ]
    kept = {
        **runtimes,
        "usable cores": usable_cores(),
        "memory is": f"{MEMORY_KIND} of the process and its children, sampled",
        "medians": medians(rounds),
        "aims": aims(medians(rounds)),
        "rounds": rounds,
    }
    show(kept)
    record(
        "ingest_speed",
        f"python -m evals.ingest_speed --articles {options.articles} --rounds {options.rounds}",
        kept,
        n=options.articles,
        seed=SEED,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=300, help="how many, chosen by seed")
    parser.add_argument("--rounds", type=int, default=2, help="of everything, one after the other")
    return parser.parse_args()


def fastest_runtime() -> dict[str, Any]:
    """Return the runtime for passages, and all that were measured, in texts per second."""
    embeddings = CuttingsEmbeddings(notify=print)
    chosen = embeddings.passage_runtime
    speeds = calibration.measured_speeds(embeddings.files)
    return {"runtime": chosen, "runtimes, texts per second": speeds}


def sample(path: Path, articles: int) -> Path:
    """Write so many newsquiz articles, chosen by seed, as JSON Lines."""
    held = list(records("newsquiz/articles.jsonl.gz"))
    chosen = np.random.default_rng(SEED).permutation(len(held))[:articles]
    path.write_bytes(b"".join(orjson.dumps(held[n]) + b"\n" for n in sorted(chosen.tolist())))
    return path


def one_round(articles: Path, folder: Path, count: int) -> Round:
    """Measure everything once."""
    library, staged, stock = (folder / name for name in ("library", "staged", "stock"))
    product = measured([CUTTINGS, "--library", str(library), "add", "--json", str(articles)])
    report = json.loads(product.output)
    if report["skipped"]:
        raise SystemExit(f"{len(report['skipped'])} articles were skipped: {report['skipped'][0]}")
    rival = measured([*WORKLOADS, "stock", str(articles), str(stock)])
    stages = _last_line(measured([*WORKLOADS, "stages", str(articles), str(staged)]).output)
    alone = _last_line(measured([*WORKLOADS, "alone", str(library)]).output)
    of_rival = _last_line(rival.output)
    for made in (library, staged, stock):
        shutil.rmtree(made)
    inside, rival_inside = (
        stages["from first article to end"],
        of_rival["from first article to end"],
    )
    figures = {
        "cuttings: articles/s, whole process": count / product.seconds,
        "stock: articles/s, whole process": count / rival.seconds,
        "ratio to stock, whole process": rival.seconds / product.seconds,
        "cuttings: articles/s, from first article to end": count / inside,
        "stock: articles/s, from first article to end": count / rival_inside,
        "ratio to stock, from first article to end": rival_inside / inside,
        "cuttings: peak memory, MB": product.peak_bytes / MEGABYTE,
        "stock: peak memory, MB": rival.peak_bytes / MEGABYTE,
        "share of stock's peak memory": product.peak_bytes / rival.peak_bytes,
        "embedding alone: articles/s": count / alone["seconds"],
        "share of embedding alone, from first article to end": alone["seconds"] / inside,
        "share of embedding alone, whole process": alone["seconds"] / product.seconds,
        "cuttings: passages": alone["passages"],
        "stock: chunks": of_rival["passages"],
        **{f"stage, s: {name}": value for name, value in stages.items()},
    }
    return {name: round(value, 4) for name, value in figures.items()}


def _last_line(output: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found


def medians(rounds: list[Round]) -> dict[str, float]:
    """Return the median over the rounds of every figure."""
    return {name: round(median(one[name] for one in rounds), 3) for name in rounds[0]}


def aims(found: dict[str, float]) -> dict[str, dict[str, float | bool]]:
    """Return what was aimed at, what was found, and whether that is enough."""
    speed = AIM_WITH_AMX if has_amx() else AIM_WITHOUT_AMX
    at_least = {
        "ratio to stock, whole process": speed,
        "ratio to stock, from first article to end": speed,
        "share of embedding alone, from first article to end": AIM_OF_EMBEDDING,
    }
    memory = "share of stock's peak memory"
    return {
        **{
            name: {"at least": aim, "found": found[name], "met": found[name] >= aim}
            for name, aim in at_least.items()
        },
        memory: {"at most": AIM_MEMORY, "found": found[memory], "met": found[memory] <= AIM_MEMORY},
    }


def has_amx() -> bool:
    """Return whether the processor has units for products of bf16 matrices."""
    described = Path("/proc/cpuinfo")
    return described.is_file() and "amx_bf16" in described.read_text()


def show(kept: dict[str, Any]) -> None:
    """Print the medians, with every round beside them, and the aims."""
    print(f"runtime {kept['runtime']} of {kept['runtimes, texts per second']}")
    print(f"memory is {kept['memory is']}")
    for name, value in kept["medians"].items():
        each = "  ".join(f"{one[name]:.3f}" for one in kept["rounds"])
        print(f"{name:58} {value:10.3f}   ({each})")
    for name, one in kept["aims"].items():
        print(f"aim {'met' if one['met'] else 'MISSED'}: {name} {one}")


if __name__ == "__main__":
    main()
