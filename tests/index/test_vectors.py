"""The vector index can be deleted, damaged or half-built; the library mends it."""

import shutil
import subprocess
import sys
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
    assert "Rebuilt the vector index from the library: 30 passages." in done
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


def test_what_is_removed_while_it_is_checked_is_a_fault_and_no_error(
    indexed: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanishing(_: Path) -> dict[str, str]:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(vectors, "fingerprint", vanishing)
    snapshot = vectors.named_snapshot(indexed)
    assert snapshot
    assert vectors.fault(indexed, snapshot) == "not readable (No such file or directory)"


def test_a_copy_that_is_not_the_snapshot_is_not_opened(indexed: Library) -> None:
    """Between the check and the copy a writer may have begun to remove the snapshot."""
    snapshot = vectors.named_snapshot(indexed)
    assert snapshot
    next(folder_of(indexed).rglob("length.bin")).unlink()
    with pytest.raises(vectors.SnapshotError):
        vectors.SnapshotIndex(indexed, snapshot)
    assert not list((indexed.folder / vectors.FOLDER).glob(f"{vectors.OPEN_PREFIX}*"))


def emptied(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


@pytest.mark.parametrize("damage", [emptied, shutil.rmtree], ids=["emptied", "deleted"])
def test_an_opened_copy_that_fails_is_answered_without(
    indexed: Library, damage: Callable[[Path], object]
) -> None:
    notes: list[str] = []
    neighbours = IndexedNeighbours(indexed, notify=notes.append)
    neighbours._follow()
    damage(indexed.folder / vectors.FOLDER)
    vector = FakeEmbeddings().embed_questions(["Story number7 about subject7"])[0]
    for _ in range(2):
        rows, _ = neighbours.nearest(vector, limit=5)
        found = indexed.passages(rows.tolist())
        assert (len(found), "number7 " in found[0].text) == (5, True)
    # What is deleted alone may be answered from memory, as well as before.
    assert len(notes) <= 1
    assert all("answering without it" in note for note in notes)
    neighbours.close()


def test_a_panic_inside_chroma_is_an_exception_like_others() -> None:
    class PanicException(BaseException):
        pass

    with pytest.raises(vectors.SnapshotError, match="unwrap"), vectors._panics_raised():
        raise PanicException("called unwrap on None")


def test_a_build_ends_with_the_process_that_started_it(indexed: Library, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "index.vectors", str(indexed.folder), str(tmp_path / "built")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 1


def test_two_builds_never_share_a_folder(indexed: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child of a killed process may still write while the next one builds."""
    unfinished = []
    monkeypatch.setattr(
        vectors.subprocess, "Popen", lambda command, **_: unfinished.append(command[-1]) or stop()
    )

    def stop() -> None:
        raise OSError("stopped")

    for _ in range(2):
        with pytest.raises(OSError, match="stopped"):
            vectors.build(indexed)
    assert len(set(unfinished)) == 2
