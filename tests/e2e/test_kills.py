"""Killed while the index's files are written: the next command repairs it and says so."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from index import vectors
from index.domain import Article, Passage
from index.embedding import CuttingsEmbeddings
from index.health import problems
from index.library import Library
from index.locking import writing
from index.upkeep import bring_up_to_date
from index.writing import LibraryWriter, Plan, Prepared

ROOT = Path(__file__).parents[2]
ARTICLES = 1_000
NEAR_SECONDS = 0.03


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a library with an index, its vectors drawn at random."""
    folder = tmp_path_factory.mktemp("kills") / "library"
    library, embedder = Library(folder), CuttingsEmbeddings().identity
    rows = np.random.default_rng(3).normal(size=(ARTICLES, embedder.dimension))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    with writing(folder, doing="testing"):
        LibraryWriter(library, embedder).store(
            Prepared(
                Plan(f"made-up#{number}", None, article, "added", True),
                [Passage(article.id, 0, 0, len(article.text))],
                row[None].astype(np.float32),
            )
            for number, row in enumerate(rows)
            for article in [Article(text=f"Mayor number{number} opened bridge {number}.")]
        )
        bring_up_to_date(library, embedder, force=True)
    library.close()
    return folder


def command(library: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "qa.cli", "--library", str(library), *words]


def files(folder: Path) -> list[tuple[str, int]]:
    found = []
    for parent, _, names in os.walk(folder / vectors.FOLDER):
        for path in (Path(parent, name) for name in names):
            found.append((str(path), path.stat().st_size if path.exists() else 0))
    return found


def kill_near_a_change(folder: Path, *, change: int, wait_seconds: float, with_child: bool) -> bool:
    """Kill a rebuild after a change among the index's files; return whether it still ran."""
    before = files(folder)
    with subprocess.Popen(
        command(folder, "doctor", "--rebuild"), cwd=ROOT, start_new_session=True
    ) as process:
        while process.poll() is None and change:
            now = files(folder)
            change -= now != before
            before = now
            time.sleep(0.001)
        time.sleep(wait_seconds)
        running = process.poll() is None
        if with_child and running:
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    return running


@pytest.mark.parametrize(("change", "with_child"), [(1, False), (6, True), (12, False)])
def test_killed_while_indexing_the_next_command_repairs_and_says_so(
    indexed: Path, tmp_path: Path, change: int, with_child: bool
) -> None:
    folder = shutil.copytree(indexed, tmp_path / "library")
    wait = random.Random(change).uniform(0, NEAR_SECONDS)
    killed = kill_near_a_change(folder, change=change, wait_seconds=wait, with_child=with_child)
    library = Library(folder)
    assert (library.count_articles(), list(problems(library))) == (ARTICLES, [])
    left = list((folder / vectors.FOLDER).glob(f"*{vectors.UNFINISHED}"))
    done = subprocess.run(
        command(folder, "doctor"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert killed
    assert ("half-built" in done.stdout) == bool(left)
    assert "All is well: 1,000 articles" in done.stdout
    named = vectors.named_snapshot(library)
    assert named
    assert vectors.fault(library, named) is None
    assert [path.name for path in (folder / vectors.FOLDER).iterdir()] == [named.folder]
    library.close()
    found = subprocess.run(
        command(folder, "search", "mayor number77"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Mayor number77 opened bridge 77." in found.stdout
