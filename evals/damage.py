"""Damages the vector index of a library in many ways, before a server starts and while it runs.

    python -m evals.damage [--cases N] [--passages N]

Each case takes a fresh copy of one library. A real `cuttings serve` is started on the damaged copy:
it must answer at once, and repair the index by itself from the stored vectors. Then the repaired
index is damaged again in the same way under the running server, the library is made to look
changed, and the server must go on answering. Answers must be those of the sound library.
"""

import argparse
import hashlib
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from evals.datasets import WORK
from evals.made_up import articles, stored
from evals.processes import Server, command, served
from evals.recording import record
from index import vectors
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.locking import writing
from index.writing import LibraryWriter

PASSAGES, SEED = 10_000, 31
REPAIR_SECONDS = 300
QUERIES = (
    "Who opened the bridge in Aldmere?",
    "the fire chief who painted a lighthouse",
    "What did Greta Okafor do?",
    "repaired because the roof had leaked",
    "Which librarian sold the railway to save money?",
    "swimming pool in Penhallow",
    "news about boats",
    "Notice story4321",
)
Answers = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What a case damages."""

    library: Library
    seed: int
    other: Path
    """The index of another library."""

    @property
    def parent(self) -> Path:
        """The folder of all indexes, with the copies that servers opened."""
        return self.library.folder / vectors.FOLDER

    @property
    def snapshot(self) -> vectors.Snapshot:
        """The index that the library names."""
        named = vectors.named_snapshot(self.library)
        assert named
        return named

    @property
    def folder(self) -> Path:
        """Its folder."""
        return self.parent / self.snapshot.folder

    def file(self, name: str) -> Path:
        """Return the one file of that name in it."""
        return next(self.folder.rglob(name))

    def all_files(self) -> list[Path]:
        """Return every file under the folder of all indexes, opened copies too."""
        return [path for path in sorted(self.parent.rglob("*")) if path.is_file()]


Damage = Callable[[Target], object]


def flipped(path: Path, seed: int) -> None:
    """Flip one byte in a thousand, and one at least, in place as a failing disk does."""
    size = path.stat().st_size
    rng = random.Random(seed)
    with path.open("r+b") as file:
        for position in [rng.randrange(size) for _ in range(1 + size // 1000)] if size else ():
            file.seek(position)
            (byte,) = file.read(1)
            file.seek(position)
            file.write(bytes([byte ^ rng.randrange(1, 256)]))


def halved(path: Path) -> None:
    """Cut a file in the middle."""
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    """Leave a file with nothing in it, in place."""
    os.truncate(path, 0)


def made_by_another_version(target: Target) -> None:
    """Let the library name an index as another Chroma would have left it."""
    older = replace(target.snapshot, folder="s00000001-1.0.0", chroma="1.0.0")
    target.folder.rename(target.parent / older.folder)
    _remember(target.library, "index", asdict(older))


def replaced(target: Target) -> None:
    """Put another library's index in the place of this one's."""
    folder = target.folder
    shutil.rmtree(folder)
    shutil.copytree(target.other, folder)


def cases(files: list[str]) -> Iterator[tuple[str, Damage]]:
    """Yield every case by its name: each file by itself, then the whole."""
    for name in files:
        yield f"{name} deleted", lambda target, name=name: target.file(name).unlink()
        yield f"{name} emptied", lambda target, name=name: emptied(target.file(name))
        yield f"{name} cut in half", lambda target, name=name: halved(target.file(name))
        for seed in range(2 if "." in name else 1):
            yield (
                f"{name} flipped, seed {seed}",
                lambda target, name=name, seed=seed: flipped(target.file(name), seed),
            )
    yield "all indexes deleted", lambda target: shutil.rmtree(target.parent)
    yield "the index deleted", lambda target: shutil.rmtree(target.folder)
    yield (
        "the segment's folder deleted",
        lambda target: shutil.rmtree(target.file("header.bin").parent),
    )
    yield "a file too many", lambda target: (target.folder / "stray").write_text("x")
    yield "another version's", made_by_another_version
    yield "another library's", replaced
    yield (
        "every file emptied, opened copies too",
        lambda target: [emptied(path) for path in target.all_files()],
    )
    for seed in range(2):
        yield (
            f"every file flipped, opened copies too, seed {seed}",
            lambda target, seed=seed: [flipped(path, seed) for path in target.all_files()],
        )


@dataclass(slots=True)
class Outcome:
    """What one case came to."""

    name: str
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unrepaired: list[str] = field(default_factory=list)
    rebuild_seconds: float = 0.0
    start_to_repaired_seconds: float = 0.0


def answers(server: Server) -> Answers:
    """Return the passages found for each query."""
    return tuple(tuple(one["passage_id"] for one in server.search(query)) for query in QUERIES)


def run(name: str, damage: Damage, target: Target, log: Path, expected: Answers) -> Outcome:
    """Start a server on a damaged index, let it repair, damage it again, and ask all the while."""
    outcome = Outcome(name)
    embedded = embeddings_hash(target.library)
    damage(target)
    broken = target.snapshot
    begun = time.monotonic()
    try:
        with served(target.library.folder, log) as server:
            compare(outcome, "damaged at the start", answers(server), expected)
            wait_until_repaired(outcome, target, broken, begun)
            if "Rebuilt the vector index" not in server.said():
                outcome.unrepaired.append(f"not said: {server.said()[-200:]}")
            compare(outcome, "repaired", answers(server), expected)
            damage(target)
            _remember(target.library, "damaged", name)
            compare(outcome, "damaged while running", answers(server), expected)
            if server.process.poll() is not None:
                outcome.crashes.append("the server is gone")
    except Exception as error:
        outcome.crashes.append(f"{type(error).__name__}: {error}")
    if embeddings_hash(target.library) != embedded:
        outcome.wrong.append("stored vectors changed")
    return outcome


def compare(outcome: Outcome, when: str, found: Answers, expected: Answers) -> None:
    """Note the queries that were answered otherwise than by the sound library."""
    for query, one, right in zip(QUERIES, found, expected, strict=True):
        if one != right:
            outcome.wrong.append(f"{when}: {query}: {len({*one} & {*right})} of {len(right)} alike")


def wait_until_repaired(
    outcome: Outcome, target: Target, broken: vectors.Snapshot, begun: float
) -> None:
    """Wait for a new, sound index, and note how long it was built."""
    building = 0.0
    while time.monotonic() - begun < REPAIR_SECONDS:
        if not building and any(target.parent.glob(f"*{vectors.UNFINISHED}")):
            building = time.monotonic()
        named = vectors.named_snapshot(target.library)
        if named and named != broken:
            now = time.monotonic()
            outcome.rebuild_seconds = now - (building or begun)
            outcome.start_to_repaired_seconds = now - begun
            if fault := vectors.fault(target.library, named):
                outcome.unrepaired.append(fault)
            return
        time.sleep(0.02)
    outcome.unrepaired.append(f"not within {REPAIR_SECONDS} s")


def embeddings_hash(library: Library) -> str:
    """Return a hash of all stored vectors, which a rebuild must leave alone."""
    found = hashlib.sha256()
    for _, block in library.vectors():
        found.update(block.tobytes())
    return found.hexdigest()


def _remember(library: Library, name: str, value: object) -> None:
    with writing(library.folder, doing="an evaluation", wait_seconds=30):
        LibraryWriter(library, CuttingsEmbeddings().identity).remember(name, value)


def sound_library(count: int, *, label: str) -> Path:
    """Return the folder of an indexed library of made-up articles, a passage each, made once."""
    folder = WORK / "libraries" / f"made-up-{label}-{count}"
    library = Library(folder)
    if not (library.exists() and vectors.named_snapshot(library)):
        shutil.rmtree(folder, ignore_errors=True)
        stored(folder, articles(count, seed=SEED, label=label), indexed=True)
    library.close()
    return folder


def report(done: list[Outcome], passages: int) -> None:
    """Print the table and keep it."""
    slowest = max(done, key=lambda one: one.rebuild_seconds)
    figures = {
        "cases": len(done),
        "passages": passages,
        "crashes": sum(bool(one.crashes) for one in done),
        "cases with wrong answers": sum(bool(one.wrong) for one in done),
        "cases not repaired": sum(bool(one.unrepaired) for one in done),
        "seconds to rebuild, slowest": round(slowest.rebuild_seconds, 1),
        "slowest case": slowest.name,
        "seconds from start of server to repaired, slowest": round(
            max(one.start_to_repaired_seconds for one in done), 1
        ),
        "load average": round(os.getloadavg()[1], 1),
        "failures": [asdict(one) for one in done if one.crashes or one.wrong or one.unrepaired],
        "names": [one.name for one in done],
    }
    for name, value in figures.items():
        print(f"{name:52} {value}")
    record("damage", command("damage"), figures, n=len(done), seed=SEED)


def main() -> None:
    """Go through the cases, evenly chosen where fewer are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10**6)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    options = parser.parse_args()
    template = sound_library(options.passages, label="story")
    other = Target(Library(sound_library(2_500, label="other")), SEED, template).folder
    with tempfile.TemporaryDirectory() as work:
        log = Path(work) / "server.log"
        first = Target(Library(shutil.copytree(template, Path(work) / "sound")), SEED, other)
        with served(first.library.folder, log) as server:
            expected = answers(server)
        every = list(cases(sorted(Path(name).name for name in first.snapshot.files)))
        chosen = every[:: max(1, len(every) // options.cases)]
        done = []
        for number, (name, damage) in enumerate(chosen):
            copy = Library(shutil.copytree(template, Path(work) / f"case{number}"))
            done.append(run(name, damage, Target(copy, number, other), log, expected))
            copy.close()
            shutil.rmtree(copy.folder)
            one = done[-1]
            print(
                f"{number + 1:>3}  {name:50} {one.rebuild_seconds:5.1f} s  "
                f"{one.crashes + one.wrong + one.unrepaired or ''}",
                flush=True,
            )
    report(done, options.passages)


if __name__ == "__main__":
    main()
