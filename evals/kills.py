"""Kills `cuttings add` and `cuttings doctor --rebuild` with SIGKILL, and looks what is left.

    python -m evals.kills [--rounds N]

Half of the kills come at any moment of a whole `add`; half within 30 ms of a change among the
files of the vector index, which is when Chroma by itself loses a folder. Every second kill takes
the child that builds the index along. A reader looks all the while: what it saw must be there
afterwards. Then the next command must repair, a second `add` complete the library, and a question
find an article. The articles are made up; commands, model and index are the real ones.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from evals.looking import Reader, Whole, passages_of
from evals.made_up import articles, stored, write_files
from evals.processes import command, cuttings, probe, started
from evals.recording import record
from index import vectors
from index.health import problems
from index.library import Library

ROUNDS = 60
SEED = 29
STORED, FED = 1_750, 300  # with the passages of what is fed, an index becomes due at 2,000
NEAR_SECONDS = 0.03
KINDS = ("add, any moment", "add, index files", "doctor, index files")


@dataclass(frozen=True, slots=True)
class Material:
    """What every round starts from, and what it must come to."""

    due: Path
    """A library that what is fed makes due for its first index."""
    indexed: Path
    feed: Path
    whole: Whole
    seconds: float
    changes: int
    """How often the index's files were seen to change in one undisturbed run."""


@dataclass(slots=True)
class Round:
    """One kill and what was found after it."""

    kind: str
    folder: Path
    alone: bool
    """Whether the process was killed without its child."""
    state: str = "not killed"
    gap_seconds: float = 0.0
    """Between the last change among the index's files and the kill."""
    said: str = ""
    failures: list[str] = field(default_factory=list)

    def check(self, holds: bool, failure: str, detail: object = "") -> None:
        """Note a failure, unless what must hold does."""
        if not holds:
            self.failures.append(f"{failure}: {detail}"[:500])


def file_states(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file under the folder."""
    states = {}
    for parent, folders, names in os.walk(folder / vectors.FOLDER):
        for name in [*folders, *names]:
            with contextlib.suppress(OSError):
                stat = os.stat(f"{parent}/{name}")  # noqa: PTH116 - a hundred thousand times
                states[f"{parent}/{name}"] = (stat.st_size, stat.st_mtime_ns)
    return states


def watch(folder: Path, running: Callable[[], bool], *, until: int) -> tuple[int, float]:
    """Wait for the `until`th change among the index's files; return (changes seen, when)."""
    before, count, when = file_states(folder), 0, time.monotonic()
    while running() and count < until:
        now = file_states(folder)
        if now != before:
            before, count, when = now, count + 1, time.monotonic()
        time.sleep(0.001)
    return count, when


def prepared(folder: Path) -> Material:
    """Make the libraries to copy, and run once undisturbed."""
    base = list(articles(STORED, seed=SEED, label="stored"))
    due, indexed, undisturbed = folder / "due", folder / "indexed", folder / "undisturbed"
    stored(due, base, indexed=False)
    stored(indexed, base, indexed=True)
    fed = list(articles(FED, seed=SEED, label="fed", long_every=20))
    feed = write_files(folder / "news", fed)
    shutil.copytree(due, undisturbed)
    begun = time.monotonic()
    process = started(undisturbed, "add", str(feed), "--json")
    changes, _ = watch(undisturbed, lambda: process.poll() is None, until=10**9)
    process.communicate()
    seconds = time.monotonic() - begun
    library = Library(undisturbed)
    whole = passages_of(library)
    library.close()
    if len(whole) != STORED + FED or vectors.named_snapshot(library) is None:
        raise SystemExit(f"the undisturbed run came to {len(whole)} articles, or to no index")
    return Material(due, indexed, feed, whole, seconds, changes)


def kill(one: Round, material: Material, rng: random.Random) -> None:
    """Start the command, kill it at its moment, and check what a reader saw and now sees."""
    doctor = one.kind.startswith("doctor")
    shutil.copytree(material.indexed if doctor else material.due, one.folder)
    words = ["doctor", "--rebuild"] if doctor else ["add", str(material.feed), "--json"]
    reader = Reader(one.folder)
    reader.start()
    process = started(one.folder, *words)
    running = lambda: process.poll() is None  # noqa: E731
    changed = time.monotonic()
    if one.kind == KINDS[0]:
        time.sleep(rng.uniform(0, material.seconds))
    else:
        most = max(1, material.changes * 3 // 4)
        _, changed = watch(one.folder, running, until=rng.randint(1, most))
        time.sleep(rng.uniform(0, NEAR_SECONDS))
    ended = not running()
    one.gap_seconds = time.monotonic() - changed
    with contextlib.suppress(ProcessLookupError):  # it may end just now
        (process.kill if one.alone else lambda: os.killpg(process.pid, signal.SIGKILL))()
    process.communicate()
    reader.stop()
    one.check(not reader.errors, "a reader failed", reader.errors[:1])
    after_kill(one, material, reader.seen)
    if ended:
        one.state = "it had ended"


def after_kill(one: Round, material: Material, seen: set[str]) -> None:
    """Check that all that was seen is there, and nothing by half, before anything repairs."""
    parent = one.folder / vectors.FOLDER
    library = Library(one.folder)
    named = vectors.named_snapshot(library)
    left = [path.name for path in parent.iterdir()] if parent.is_dir() else []
    unnamed = [name for name in left if not named or name != named.folder]
    one.state = "while indexing" if unnamed else "before or after indexing"
    one.said = "half-built" if any(name.endswith(vectors.UNFINISHED) for name in unnamed) else ""
    kept = passages_of(library)
    one.check(seen <= kept.keys(), "acknowledged and lost", len(seen - kept.keys()))
    wrong = [article_id for article_id, ids in kept.items() if material.whole[article_id] != ids]
    one.check(not wrong, "half there", wrong[:3])
    found = list(problems(library))
    one.check(not found, "half there", found)
    library.close()


def mend(one: Round, material: Material, *, doctor_first: bool) -> None:
    """Let the next commands repair and complete the library, and ask."""
    spoken = ""
    if doctor_first:
        done = cuttings(one.folder, "doctor")
        spoken = done.stdout + done.stderr
        one.check(done.returncode == 0 and "All is well" in spoken, "not repaired", spoken[-300:])
        one.check(not leftovers(one.folder), "not repaired", leftovers(one.folder))
    done = cuttings(one.folder, "add", str(material.feed), "--json")
    spoken += done.stdout + done.stderr
    one.check(one.said in spoken, "repaired and not said", spoken[-300:])
    one.check(done.returncode == 0, "not whole after adding again", done.stderr[-300:])
    one.check(not leftovers(one.folder), "not repaired", leftovers(one.folder))
    library = Library(one.folder)
    whole = passages_of(library)
    one.check(whole == material.whole, "not whole after adding again", len(whole))
    found = list(problems(library))
    one.check(not found, "half there", found)
    named = vectors.named_snapshot(library)
    fault = vectors.fault(library, named) if named else "not there"
    one.check(fault is None, "not repaired", fault)
    library.close()


def leftovers(folder: Path) -> list[str]:
    """Return the names of half-built indexes."""
    return [path.name for path in (folder / vectors.FOLDER).glob(f"*{vectors.UNFINISHED}")]


def ask(one: Round, *, indexed: bool) -> None:
    """Check that a question finds its article, over the index or as at the prompt."""
    number = FED - 1
    question = f"What does notice fed{number} say?"
    done = (
        probe(one.folder, question) if indexed else cuttings(one.folder, "ask", question, "--json")
    )
    if done.returncode not in ({0} if indexed else {0, 3}):
        one.check(False, "not answered", done.stderr[-300:])
        return
    reply = orjson.loads(done.stdout)
    texts = reply["passages"] if indexed else [passage["text"] for passage in reply["passages"]]
    one.check(any(f"fed{number}:" in text for text in texts), "not answered", texts[:2])
    one.check(not reply["notes"], "not answered", reply["notes"])


def rounds_of(count: int, folder: Path, rng: random.Random) -> Iterator[Round]:
    """Yield rounds, every second for any moment, the rest for the index's two builders in turn."""
    for number in range(count):
        kind = KINDS[(0, 1, 0, 2)[number % 4]]
        yield Round(kind, folder / f"round{number}", alone=rng.random() < 0.5)


def report(done: list[Round], material: Material) -> None:
    """Print the table and keep it."""
    states = {kind: Counter(one.state for one in done if one.kind == kind) for kind in KINDS}
    failures = Counter(failure.split(":")[0] for one in done for failure in one.failures)
    near = [one.gap_seconds for one in done if one.kind != KINDS[0] and one.state != "it had ended"]
    figures = {
        "rounds": {kind: sum(states[kind].values()) for kind in KINDS},
        "killed": {kind: dict(states[kind]) for kind in KINDS},
        "killed while indexing": sum(one.state == "while indexing" for one in done),
        "killed with half-built index left": sum(bool(one.said) for one in done),
        "killed with the child": sum(not one.alone for one in done),
        "milliseconds after a change of an index file, at most": round(max(near, default=0) * 1e3),
        "seconds of an undisturbed add": round(material.seconds, 1),
        "changes seen in it": material.changes,
        "load average": round(os.getloadavg()[1], 1),
        "rounds with a failure": sum(bool(one.failures) for one in done),
        "failures by kind": dict(failures),
        "failures": [(one.kind, one.state, one.failures) for one in done if one.failures],
    }
    for name, value in figures.items():
        print(f"{name:54} {value}")
    record("kills", command("kills"), figures, n=len(done), seed=SEED)


def main() -> None:
    """Kill, look, repair and ask, as often as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args().rounds
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        material = prepared(Path(folder))
        done = []
        for number, one in enumerate(rounds_of(wanted, Path(folder), rng), 1):
            kill(one, material, rng)
            mend(one, material, doctor_first=rng.random() < 0.5)
            ask(one, indexed=rng.random() < 0.5)
            shutil.rmtree(one.folder)
            done.append(one)
            print(f"{number:>3}  {one.kind:20} {one.state:26} {one.failures or ''}", flush=True)
            if number % 10 == 0 or number == wanted:
                report(done, material)


if __name__ == "__main__":
    main()
