"""Files that are made to hang, crash or fill the loader are stored or named, and stop no other."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.dates import parse_date
from index.domain import Article, Loaded, Skipped
from index.health import problems
from index.ingest import IngestReport
from index.library import Library
from index.loading import FoundFile, Loader, SetByHand, walk
from index.loading.fields import article_from
from index.loading.plain import read_markdown, read_text
from index.settings import LoadingSettings
from index.splitting import Splitter

Add = Callable[..., IngestReport]
LAUGHS = "\n".join(
    ["a0: &a0 [ha]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
)
MERGES = "\n".join(
    [
        "m0: &m0 {x: 1}",
        *(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 12)),
    ]
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "make",
    [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path.name)],
    ids=["pipe", "endless device", "link to itself"],
)
def test_what_is_not_a_file_is_named_and_does_not_hang(
    add: Add, news: Path, make: Callable[[Path], None]
) -> None:
    make(news / "a.txt")
    (news / "b.txt").write_text("The bridge opened.")
    report = add(news)
    assert report.added == 1
    assert [one.reason for one in report.skipped] == ["not a regular file"]


@pytest.mark.timeout(20)
def test_a_file_that_is_too_large_is_not_read_to_be_hashed(add: Add, news: Path) -> None:
    with (news / "a.txt").open("wb") as sparse:
        sparse.truncate(1 << 38)
    (skipped,) = add(news).skipped
    assert "too large" in skipped.reason


def test_a_name_that_is_not_text_is_named_and_stops_nothing(add: Add, news: Path) -> None:
    for name in (b"bad \xff.txt", b"good.txt"):
        (news / os.fsdecode(name)).write_text("The bridge opened.")
    report = add(news)
    assert report.added == 1
    (skipped,) = report.skipped
    assert (skipped.place, "not UTF-8" in skipped.reason) == (str(news / "bad ?.txt"), True)


def test_a_path_that_the_system_refuses_is_named(news: Path) -> None:
    (found,) = walk([news / ("x" * 300)])
    assert isinstance(found, Skipped)
    assert "too long" in found.reason


def test_a_file_that_cannot_be_looked_at_is_not_gone(
    add: Add, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = news / "sub" / "a.txt"
    path.parent.mkdir()
    path.write_text("The bridge opened.")
    add(news)
    path.rename(news.parent / "elsewhere.txt")
    stat = Path.stat

    def refuse(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self == path:
            raise PermissionError
        return stat(self, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", refuse)
    assert add(news, prune=True).removed == 0


@pytest.mark.parametrize(
    "date",
    ["2024-06-14T10:00:00+99:00", "12h06" + "9" * 40, ["2024"], {"a": 1}, 1 << 20_000],
    ids=["zone of four days", "endless minutes", "list", "object", "endless number"],
)
def test_what_only_looks_like_a_date_is_none(date: object) -> None:
    assert parse_date(date) is None


@pytest.mark.parametrize("text", ["a \x00 b", "\x00"])
def test_nul_in_a_record_is_refused_as_the_library_could_not_hold_it(
    add: Add, library: Library, news: Path, text: str
) -> None:
    records = [{"text": text}, {"text": "The bridge opened."}]
    (news / "a.json").write_text(json.dumps(records))
    report = add(news)
    assert (report.added, len(report.skipped)) == (1, 1)
    assert "NUL" in report.skipped[0].reason
    assert list(problems(library)) == []


@pytest.mark.parametrize("value", ["[" * 900 + "]" * 900, '{"name":' * 300 + "1" + "}" * 300])
def test_names_nested_without_end_are_no_author(news: Path, value: str) -> None:
    (news / "a.json").write_text(f'{{"text": "The bridge opened.", "author": {value}}}')
    with Loader(LoadingSettings()) as loader:
        (found,) = loader.load(FoundFile(news / "a.json", named=True))
    assert isinstance(found, Loaded | Skipped)


def test_a_number_of_thousands_of_digits_is_no_title() -> None:
    record = {"text": "The bridge opened.", "title": 1 << 20_000}
    assert article_from(record).title == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "matter",
    [
        f"{LAUGHS}\ntitle: *a11",
        f"{LAUGHS}\ndate: *a11",
        f"{MERGES}\ntitle: Talks",
        "title: &t [*t]",
        "title: " + "[" * 15_000,
        "title: !!python/object/apply:os.system ['true']",
    ],
    ids=["laughs", "laughs as a date", "merges", "itself", "deep", "python"],
)
def test_front_matter_that_is_a_bomb_is_text(matter: str) -> None:
    text = f"---\n{matter}\n---\nThey talked."
    assert read_markdown(text, SetByHand()).text == text


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        " " * 50_000 + "x",
        "x" + " " * 50_000 + "x",
        "x" + "\t" * 50_000 + "\nx",
        "# " + "#" * 50_000 + "x\ny",
        "# x" + " #" * 50_000 + "x\ny",
        "#" + " " * 50_000 + "\ny",
    ],
    ids=["blanks", "blanks inside", "tabs", "marks", "marks and blanks", "no title"],
)
def test_a_line_without_end_is_looked_at_once(text: str) -> None:
    for read in (read_text, read_markdown):
        started = time.process_time()
        read(text, SetByHand())
        assert time.process_time() - started < 2


def test_an_article_is_hashed_once_however_many_passages_it_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("index.domain.content_id", lambda *parts: hashed.append("") or "id")
    splitter = Splitter(lambda texts: [len(text.split()) for text in texts])
    passages = splitter.split(Article(text="The bridge opened on Friday. " * 1000))
    assert (len(passages) > 10, len(hashed)) == (True, 1)


def test_a_parser_that_trips_over_a_file_does_not_stop_the_rest(
    add: Add, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(_: bytes, __: SetByHand) -> Article:
        raise ZeroDivisionError

    monkeypatch.setitem(
        __import__("index.loading.loader", fromlist=["READERS"]).READERS, "markdown", trip
    )
    (news / "a.md").write_text("# Talks")
    (news / "b.txt").write_text("The bridge opened.")
    report = add(news)
    assert report.added == 1
    assert report.skipped[0].reason == "cannot be parsed (ZeroDivisionError)"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", "\n \n"),
        ("a.csv", "title,text\n"),
        ("a.json", "[]"),
        ("b.json", '{"items": []}'),
    ],
)
def test_a_collection_without_records_is_named(
    add: Add, news: Path, name: str, content: str
) -> None:
    (news / name).write_text(content)
    (skipped,) = add(news).skipped
    assert skipped.reason == "no records in it"
