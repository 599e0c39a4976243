"""The library opens what is one, and refuses in words what is not."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import InputError, LibraryBusyError, LibraryDamagedError
from index.filters import ArticleFilter
from index.library import FILE_NAME, Library
from index.loading import SetByHand
from index.locking import writing


def test_a_library_that_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    assert not Library(tmp_path / "none").exists()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(LibraryDamagedError):
        Library(tmp_path).generation()
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(LibraryDamagedError, match="not a Cuttings library"):
        Library(tmp_path).generation()


def test_a_newer_library_is_refused_with_the_way_out(library: Library) -> None:
    library.connection.execute("PRAGMA user_version = 999")
    library.close()
    with pytest.raises(LibraryDamagedError, match="pip install --upgrade"):
        library.generation()


def test_a_second_writer_is_told_who_is_first(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from index.locking import writing\n"
        "with writing(Path(sys.argv[1]), doing='holding'):\n"
        "    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        with (
            pytest.raises(LibraryBusyError, match=rf"process {other.pid} \(holding"),
            writing(tmp_path, doing="testing"),
        ):
            pass
        other.kill()
        other.wait()
    with writing(tmp_path, doing="testing"):
        pass


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, {"a", "b", "c"}),
        ({"published_after": "2024-06-14"}, {"b"}),
        ({"published_before": "2024-06-14"}, {"a", "b"}),
        ({"published_before": "2024-06"}, {"a", "b"}),
        ({"published_after": "2024-06-15"}, set()),
        ({"source": "reut"}, {"a"}),
        ({"author": "LIMA"}, {"b"}),
    ],
)
def test_filters_let_through_what_matches(
    add: Callable[..., object],
    library: Library,
    news: Path,
    where: dict[str, str],
    expected: set[str],
) -> None:
    for name, date, source, author in (
        ("a", "2024-06-13", "Reuters", None),
        ("b", "2024-06-14T23:00:00+08:00", "AP", "Ana Lima"),
        ("c", "--06-20", None, None),
    ):
        (news / f"{name}.txt").write_text(f"Text of {name}.")
        add(
            news / f"{name}.txt", by_hand=SetByHand(published_at=date, source=source, author=author)
        )
    found = [library.article(one) for one, _ in library.articles(ArticleFilter(**where))]
    assert {article.text[8] for article in found if article} == expected
    assert library.count_passages(ArticleFilter(**where)) == len(expected)


@pytest.mark.parametrize(
    "day", ["yesterday", "2024-13-01", "14.6.2024", "2024-06-14T00:00", "'; --"]
)
def test_a_filter_day_that_is_none_is_refused(day: str) -> None:
    with pytest.raises(InputError, match="expected one like 2024-06-14"):
        ArticleFilter(published_after=day)
