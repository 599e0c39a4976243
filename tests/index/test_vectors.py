"""The vector index can be deleted, damaged or half-built; the library mends it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbeddings

from index import vectors
from index.library import Library
from index.locking import writing
from index.upkeep import bring_up_to_date
from qa.neighbours import ExactNeighbours, IndexedNeighbours

IDENTITY = FakeEmbeddings.identity


@pytest.fixture
def indexed(add: Callable[..., object], library: Library, news: Path) -> Library:
    for number in range(30):
        (news / f"{number}.txt").write_text(f"Story number{number} about subject{number} and fish.")
    add(news)
    repair(library, force=True)
    return library


def repair(library: Library, *, force: bool = False) -> list[str]:
    with writing(library.folder, doing="testing"):
        return bring_up_to_date(library, IDENTITY, force=force)


def folder_of(library: Library) -> Path:
    snapshot = vectors.named_snapshot(library)
    assert snapshot
    return library.folder / vectors.FOLDER / snapshot.folder


def nearest(library: Library, text: str, notes: list[str] | None = None) -> list[str]:
    neighbours = IndexedNeighbours(library, notify=(notes if notes is not None else []).append)
    rows, cosines = neighbours.nearest(FakeEmbeddings().embed_questions([text])[0], limit=5)
    assert list(cosines) == sorted(cosines, reverse=True)
    neighbours.close()
    return [one.text for one in library.passages(rows.tolist())]


def test_the_index_agrees_with_exact_search(indexed: Library) -> None:
    vector = FakeEmbeddings().embed_questions(["Story number7 about subject7"])[0]
    exact, exact_cosines = ExactNeighbours(indexed).nearest(vector, limit=5)
    indexed_rows, cosines = IndexedNeighbours(indexed).nearest(vector, limit=5)
    assert indexed_rows[0] == exact[0]
    assert np.allclose(cosines, exact_cosines, atol=1e-3)


def test_reading_a_snapshot_leaves_its_files_alone(indexed: Library) -> None:
    before = vectors.fingerprint(folder_of(indexed))
    nearest(indexed, "fish")
    assert vectors.fingerprint(folder_of(indexed)) == before


def test_new_and_removed_articles_are_seen_without_a_restart(
    indexed: Library, add: Callable[..., object], news: Path
) -> None:
    neighbours = IndexedNeighbours(indexed)
    embed = FakeEmbeddings().embed_questions

    def best(text: str) -> str:
        rows, _ = neighbours.nearest(embed([text])[0], limit=1)
        return indexed.passages(rows.tolist())[0].text

    assert "number7 " in best("Story number7 about subject7 and fish.")
    (news / "new.txt").write_text("Penguins elected mayor.")
    (news / "7.txt").unlink()
    add(news, prune=True)
    assert best("Penguins elected mayor.") == "Penguins elected mayor."
    assert "number7 " not in best("Story number7 about subject7 and fish.")
    neighbours.close()


def flip_bytes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for position in range(0, len(content), max(1, len(content) // 50)):
        content[position] ^= 0xFF
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "folder deleted": shutil.rmtree,
    "database deleted": lambda folder: (folder / "chroma.sqlite3").unlink(),
    "database truncated": lambda folder: (folder / "chroma.sqlite3").write_bytes(b"SQLite"),
    "database flipped": lambda folder: flip_bytes(folder / "chroma.sqlite3"),
    "index flipped": lambda folder: [
        flip_bytes(one) for one in folder.rglob("*.bin") if one.stat().st_size
    ],
    "index emptied": lambda folder: [one.write_bytes(b"") for one in folder.rglob("*.bin")],
    "a file too many": lambda folder: (folder / "stray").write_text("x"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_index_is_answered_without_then_rebuilt(indexed: Library, damage: str) -> None:
    DAMAGE[damage](folder_of(indexed))
    notes: list[str] = []
    assert "number7 " in nearest(indexed, "Story number7 about subject7", notes)[0]
    assert "cuttings doctor" in notes[0]
    done = repair(indexed)
    assert "Rebuilt it from the library: 30 passages." in done
    assert "number7 " in nearest(indexed, "Story number7 about subject7", notes)[0]
    assert len(notes) == 1


def test_another_versions_index_is_rebuilt(indexed: Library) -> None:
    snapshot = vectors.named_snapshot(indexed)
    assert snapshot
    assert vectors.fault(indexed, replace(snapshot, chroma="0.1")) == (
        f"made by Chroma 0.1, this is {snapshot.chroma}"
    )


def test_a_half_built_index_is_removed_and_said(indexed: Library) -> None:
    half = indexed.folder / vectors.FOLDER / "s00000099.building"
    half.mkdir()
    assert "half-built" in repair(indexed)[0]
    assert not half.exists()


def test_a_few_passages_need_no_index(
    library: Library, add: Callable[..., object], news: Path
) -> None:
    (news / "a.txt").write_text("Herring talks.")
    add(news)
    assert repair(library) == []
    assert vectors.named_snapshot(library) is None
    assert nearest(library, "herring") == ["Herring talks."]
