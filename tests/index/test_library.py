"""The library opens what is one, and refuses in words what is not."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from index.errors import InputError, LibraryBusyError, LibraryDamagedError
from index.filters import ArticleFilter
from index.health import summary
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


def test_a_new_library_may_be_opened_by_many_at_once(tmp_path: Path) -> None:
    for number in range(8):
        folder = tmp_path / str(number)
        together = threading.Barrier(8)

        def opened(folder: Path = folder, together: threading.Barrier = together) -> int:
            together.wait()
            library = Library(folder)
            count = library.count_articles()
            library.close()
            return count

        with ThreadPoolExecutor(8) as pool:
            assert [one.result() for one in [pool.submit(opened) for _ in range(8)]] == [0] * 8


def test_files_that_go_while_they_are_counted_are_no_error(library: Library) -> None:
    assert library.count_articles() == 0
    stopped = threading.Event()

    def come_and_go() -> None:
        while not stopped.is_set():
            folder = library.folder / "vectors" / "s00000001"
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(20):
                (folder / str(number)).touch()
            shutil.rmtree(folder.parent)

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        assert all(summary(library).bytes > 0 for _ in range(300))
    finally:
        stopped.set()
        thread.join()


def test_rows_whose_article_is_gone_are_not_among_the_ids(
    library: Library, add: Callable[..., object], news: Path
) -> None:
    assert not library.has_passages()
    (news / "a.txt").write_text("Herring talks went on.")
    add(news)
    (row,) = library.rows(ArticleFilter()).tolist()
    ((article_id, _),) = library.articles()
    assert library.has_passages()
    assert library.article_ids([row, row + 1]) == {row: article_id}
    (news / "a.txt").unlink()
    add(news, prune=True)
    assert library.article_ids([row]) == {}


def test_threads_that_come_and_go_leave_no_file_open(
    library: Library, add: Callable[..., object], news: Path
) -> None:
    (news / "a.txt").write_text("The bridge opened on Friday.")
    add(news)
    before = psutil.Process().num_fds()
    for _ in range(300):
        thread = threading.Thread(target=library.count_articles)
        thread.start()
        thread.join()
    assert psutil.Process().num_fds() - before < 200  # it was two for each thread
