"""Adds hostile files with the real command: what is stored, what is refused, what breaks.

    python -m evals.hostile_files [--files 300]

The files are sound ones spoilt in many ways (hostile_contents.py, hostile_documents.py) and traps
of the file system: pipes, devices, loops of links, names that are not text, files that vanish.
They are added in batches with ten good articles in each. Wanted: every good article stored, every
file stored or named with a reason, no traceback, no hang, a sound library, every passage the
article's own text, and every article searchable. Unreadable files need a user who is not root, or
setpriv.
"""

import argparse
import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from evals import hostile_seeds
from evals.hostile_contents import contents
from evals.hostile_documents import SECRET
from evals.hostile_traps import Batch, lay_traps
from evals.measuring import CUTTINGS, MEGABYTE
from evals.recording import record
from evals.watched_runs import WatchedRun, watched
from index.domain import Skipped
from index.library import Library
from index.loading import Loader, walk
from index.settings import IndexSettings, LoadingSettings
from qa.assembly import open_answerer
from qa.serialising import passage_json

SEED = 20240614
BATCH_FILES = 60
GOOD_ARTICLES = 10
BATCH_SECONDS = 1800
VANISHING_SECONDS = 0.3
"""Between the removal of one vanishing file and the next."""
CAPABILITIES = "-dac_override,-dac_read_search"


@dataclass(slots=True)
class Tally:
    """What became of the files."""

    files: int = 0
    stored: int = 0
    refused: int = 0
    silent: list[str] = field(default_factory=list)
    """Files that are neither stored nor named."""
    good_lost: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    hangs: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    peak_bytes: int = 0
    slowest_seconds: float = 0.0
    slowest_file: str = ""
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    """Kind to (stored, refused, silent)."""


def batches(folder: Path, count: int) -> list[Batch]:
    """Write all files, and return them in batches; the last one has the traps."""
    made = [*contents(count, seed=SEED)]
    random.Random(SEED).shuffle(made)
    parts = [made[start : start + BATCH_FILES] for start in range(0, len(made), BATCH_FILES)]
    rng = random.Random(SEED + 1)
    found = []
    for number, part in enumerate([*parts, []]):
        batch = Batch(folder / f"batch-{number}")
        for name, (kind, suffix, data) in enumerate(part):
            batch.write(kind, f"{name:03d}-{kind.replace(' ', '-')}{suffix}".encode(), data)
        for name in range(GOOD_ARTICLES):
            batch.good.append(batch.folder / f"{name * 7:03d}-good.txt")
            batch.good[-1].write_bytes(hostile_seeds.text(rng))
        found.append(batch)
    lay_traps(found[-1], rng)
    return found


def add(library: Path, batch: Batch) -> WatchedRun:
    """Run `cuttings add --json` over a batch, while some of its files vanish."""
    command = [CUTTINGS, "--library", str(library), "add", "--json", str(batch.folder)]
    whole = [*without_privileges(), *command, *map(os.fsencode, batch.vanishing)]
    stopped = threading.Event()

    def vanish() -> None:
        for path in batch.vanishing:
            stopped.wait(VANISHING_SECONDS)
            path.unlink(missing_ok=True)

    vanishing = threading.Thread(target=vanish)
    vanishing.start()
    run = watched(whole, timeout_seconds=BATCH_SECONDS, folder=batch.folder.parent)
    stopped.set()
    vanishing.join()
    return run


def without_privileges() -> list[str]:
    """Return the prefix by which even root meets files that it may not read."""
    if os.geteuid() == 0 and shutil.which("setpriv"):
        return ["setpriv", "--bounding-set", CAPABILITIES, "--inh-caps", CAPABILITIES]
    return []


def take(tally: Tally, batch: Batch, run: WatchedRun, places: set[str]) -> None:
    """Count what became of a batch; `places` are those of the articles in the library."""
    tally.peak_bytes = max(tally.peak_bytes, run.peak_bytes)
    tally.hangs += run.timed_out
    try:
        skipped = orjson.loads(run.output)["skipped"]
    except (orjson.JSONDecodeError, KeyError):
        skipped = []
        tally.crashes.append(f"{batch.folder.name}: {run.complaints[-600:]}")
    if "Traceback" in run.complaints:
        tally.crashes.append(run.complaints[-600:])
    reasons: dict[str, str] = {}
    for one in skipped:
        reasons.setdefault(_file_of(one["place"]), one["reason"])
    stored = {_file_of(place) for place in places}
    tally.good_lost += [str(path) for path in batch.good if str(path) not in stored]
    for path, kind in batch.kinds.items():
        name = str(path).encode("utf-8", "replace").decode()
        outcome = 0 if name in stored else 1 if name in reasons else 2
        tally.files += 1
        tally.by_kind.setdefault(kind, [0, 0, 0])[outcome] += 1
        if outcome == 2:
            tally.silent.append(repr(name))
        elif outcome == 1:
            tally.reasons["".join(c for c in reasons[name] if not c.isdigit())[:60]] += 1
    tally.stored = sum(one[0] for one in tally.by_kind.values())
    tally.refused = sum(one[1] for one in tally.by_kind.values())


def _file_of(place: str) -> str:
    """Return the file of a place such as "/news/a.csv#3"; no name here holds a "#" of its own."""
    return place.split("#", maxsplit=1)[0]


def places_in(library: Library) -> set[str]:
    """Return the places of all current articles."""
    count = library.count_articles()
    return {
        place
        for article_id, _ in library.articles(limit=count)
        for place in library.places(article_id)
    }


def time_files(tally: Tally, batch: Batch) -> None:
    """Load a batch once more, file by file, for the slowest; the command has survived it by now."""
    with Loader(LoadingSettings()) as loader:
        for file in walk([batch.folder]):
            if isinstance(file, Skipped):
                continue
            started = time.monotonic()
            for _ in loader.load(file):
                pass
            seconds = time.monotonic() - started
            if seconds > tally.slowest_seconds:
                tally.slowest_seconds, tally.slowest_file = seconds, file.path.name


def checked(folder: Path) -> dict[str, Any]:
    """Return what the doctor, every passage and a search for every article say of the library."""
    doctor = watched([CUTTINGS, "--library", str(folder), "doctor"], timeout_seconds=600)
    library = Library(folder)
    answerer = open_answerer(IndexSettings(library=folder), many_questions=True).answerer
    counts = Counter[str](articles=0, passages=0, wrong=0, unsearchable=0, secrets=0)
    for article_id, _ in library.articles(limit=library.count_articles()):
        text = _text(library, article_id)
        spans = library.connection.execute(
            "SELECT start_char, end_char FROM passages WHERE article_id = ?", (article_id,)
        ).fetchall()
        counts["articles"] += 1
        counts["passages"] += len(spans)
        counts["secrets"] += SECRET in text
        counts["wrong"] += not spans
        counts["wrong"] += sum(not 0 <= start < end <= len(text) for start, end in spans)
        try:
            found = answerer.passages(text.strip()[:300])
        except Exception as error:  # each is counted, none may end the count
            counts["unsearchable"] += 1
            print(f"not searchable: {article_id}: {type(error).__name__}: {error}")
            continue
        for one in map(passage_json, found):
            whole = _text(library, one["article_id"])
            counts["wrong"] += whole[one["start_char"] : one["end_char"]] != one["text"]
    return {
        "doctor": doctor.output.decode().strip().splitlines()[-1:] or [doctor.complaints],
        "doctor is content": doctor.status == 0,
        "articles": counts["articles"],
        "passages": counts["passages"],
        "passages that are not the article's text": counts["wrong"],
        "articles whose search fails": counts["unsearchable"],
        "local files read": counts["secrets"],
        "commands run": int((folder.parent / "was-here").exists()),
    }


def _text(library: Library, article_id: str) -> str:
    article = library.article(article_id)
    return article.text if article else ""


def measured(folder: Path, count: int) -> dict[str, Any]:
    """Return all figures."""
    tally, library = Tally(), folder / "library"
    made = batches(folder, count)
    seconds = []
    for batch in made:
        run = add(library, batch)
        seconds.append(round(run.seconds, 1))
        print(f"{batch.folder.name}: {run.seconds:.0f} s, {run.peak_bytes / MEGABYTE:.0f} MB")
        take(tally, batch, run, places_in(Library(library)))
    for batch in made:
        time_files(tally, batch)
    return {
        "files": tally.files,
        "stored": tally.stored,
        "refused with a reason": tally.refused,
        "crashes": len(tally.crashes),
        "silent": len(tally.silent),
        "hangs": tally.hangs,
        "good articles": sum(len(batch.good) for batch in made),
        "good articles lost": len(tally.good_lost),
        "slowest file": tally.slowest_file,
        "slowest file, seconds": round(tally.slowest_seconds, 1),
        "seconds of each batch": seconds,
        "peak memory of the process tree, MB": round(tally.peak_bytes / MEGABYTE),
        **checked(library),
        "kind: stored, refused, silent": dict(sorted(tally.by_kind.items())),
        "reasons": dict(tally.reasons.most_common()),
        "examples of crashes": tally.crashes[:5],
        "examples of silent files": tally.silent[:20],
    }


def show(found: dict[str, Any]) -> None:
    """Print the figures."""
    for name, value in found.items():
        if isinstance(value, dict):
            print(f"{name}:")
            for inner, amount in value.items():
                print(f"    {inner!s:<62} {amount}")
        else:
            print(f"{name:<42} {value}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=300)
    count = parser.parse_args(arguments).files
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder), count)
    show(found)
    command = "python -m evals.hostile_files" + f" --files {count}" * (count != 300)
    record("hostile_files", command, found, n=found["files"], seed=SEED)


if __name__ == "__main__":
    main()
