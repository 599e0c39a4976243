"""Adding is incremental, idempotent, and one transaction per article."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEmbeddings

from index.errors import EmbedderMismatchError
from index.health import problems
from index.ingest import IngestReport
from index.library import Library
from index.loading import SetByHand

Add = Callable[..., IngestReport]
LONG = (
    "The ministers talked for hours about fish and boundaries, and agreed on nothing at all. " * 5
)


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.unchanged, report.duplicates


def found(library: Library, word: str) -> list[str]:
    rows = [row for row, _ in library.search_words(f'"{word}"', limit=50, header_weight=1.0)]
    return [one.text for one in library.passages(rows)]


@pytest.fixture(autouse=True)
def sound(library: Library) -> object:
    """Whatever a test does, the library is sound afterwards."""
    yield
    if library.exists():
        assert list(problems(library)) == []


def test_adding_twice_adds_nothing_and_embeds_nothing(
    add: Add, library: Library, news: Path, embeddings: FakeEmbeddings
) -> None:
    write(news, "a.txt", "Herring talks begin.")
    write(news, "b.jsonl", '{"text": "Mackerel talks begin."}\n{"nothing": 1}\n')
    first = add(news)
    embedded, generation = embeddings.embedded, library.generation()
    second = add(news)
    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0)
    assert second.skipped == first.skipped != []
    assert (embeddings.embedded, library.generation()) == (embedded, generation)


def test_a_changed_file_replaces_its_article_and_keeps_the_old_version(
    add: Add, library: Library, news: Path
) -> None:
    write(news, "a.txt", "Herring talks begin.")
    (old,) = add(news).article_ids
    write(news, "a.txt", "Mackerel talks begin.")
    report = add(news)
    (new,) = report.article_ids
    assert counts(report) == (0, 1, 0, 0)
    assert (found(library, "herring"), found(library, "mackerel")) == (
        [],
        ["Mackerel talks begin."],
    )
    kept = library.article(old)
    assert kept
    assert kept.text == "Herring talks begin."
    assert library.superseded_by(old) == new
    assert [article_id for article_id, _ in library.articles()] == [new]


def test_a_text_that_returns_can_be_found_again(add: Add, library: Library, news: Path) -> None:
    for text in ("Herring talks begin.", "Mackerel talks begin.", "Herring talks begin."):
        write(news, "a.txt", text)
        add(news)
    assert found(library, "herring") == ["Herring talks begin."]
    assert library.count_articles() == 1


def test_the_same_text_in_two_places_is_stored_once(add: Add, library: Library, news: Path) -> None:
    paths = [write(news, name, LONG) for name in ("a.txt", "b.txt")]
    report = add(news)
    assert counts(report) == (1, 0, 0, 1)
    (article_id,) = report.article_ids
    assert library.places(article_id) == [str(path) for path in paths]
    paths[0].write_text("Mackerel.")
    add(news)
    assert len(found(library, "fish")) == 1


def test_short_texts_of_different_titles_are_different_articles(
    add: Add, news: Path, library: Library
) -> None:
    records = [{"title": name, "text": "Subscribe to read on."} for name in ("A", "B")]
    assert counts(add(write(news, "a.json", json.dumps(records)))) == (2, 0, 0, 0)


def test_records_inserted_above_others_change_only_themselves(add: Add, news: Path) -> None:
    old = [{"title": "A", "text": "Text a."}, {"title": "B", "text": "Text b."}]
    path = write(news, "a.json", json.dumps(old))
    add(path)
    path.write_text(json.dumps([{"title": "C", "text": "Text c."}, *old]))
    assert counts(add(path)) == (1, 0, 2, 0)


def test_a_corrected_date_is_taken_and_its_header_embedded_again(
    add: Add, library: Library, news: Path, embeddings: FakeEmbeddings
) -> None:
    path = write(news, "a.txt", LONG)
    (article_id,) = add(path).article_ids
    before = embeddings.embedded
    report = add(path, by_hand=SetByHand(published_at="2024-06-14"))
    assert counts(report) == (0, 1, 0, 0)
    article = library.article(article_id)
    assert article
    assert article.published_at == "2024-06-14"
    assert embeddings.embedded > before


def test_a_deleted_file_is_reported_and_removed_on_request(
    add: Add, library: Library, news: Path
) -> None:
    kept, gone = write(news, "a.txt", "Herring."), write(news, "b.txt", "Mackerel.")
    add(news)
    gone.unlink()
    report = add(news)
    assert report.missing == [str(gone)]
    assert found(library, "mackerel") != []
    assert add(news, prune=True).removed == 1
    assert found(library, "mackerel") == []
    assert library.places(library.articles()[0][0]) == [str(kept)]


def test_pruning_one_folder_leaves_another_alone(
    add: Add, library: Library, tmp_path: Path
) -> None:
    for name in ("news", "newspaper"):
        (tmp_path / name).mkdir(exist_ok=True)
        write(tmp_path / name, "a.txt", f"Text of {name}.")
        add(tmp_path / name)
    (tmp_path / "newspaper" / "a.txt").unlink()
    add(tmp_path / "news", prune=True)
    assert library.count_articles() == 2


def test_stopped_half_way_the_rest_goes_in_next_time(
    add: Add,
    library: Library,
    news: Path,
    embeddings: FakeEmbeddings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = [{"title": str(n), "text": f"Story {n}. " + LONG * 80} for n in range(20)]
    path = write(news, "a.json", json.dumps(records))
    calls = iter([None])

    def failing(texts: list[str]) -> object:
        next(calls)  # StopIteration on the second batch stands for a kill
        return FakeEmbeddings().embed_passages(texts)

    monkeypatch.setattr(embeddings, "embed_passages", failing)
    with pytest.raises((StopIteration, RuntimeError)):
        add(path)
    stored = library.count_articles()
    monkeypatch.undo()
    report = add(path)
    assert 0 < stored < 20
    assert (report.unchanged, report.added) == (stored, 20 - stored)


def test_another_embedder_is_refused_with_the_command_that_helps(
    add: Add, news: Path, embeddings: FakeEmbeddings
) -> None:
    add(write(news, "a.txt", "Herring."))
    from index.embedding import EmbedderIdentity

    embeddings.identity = EmbedderIdentity("other", 64, "0" * 64)
    with pytest.raises(EmbedderMismatchError, match="cuttings doctor --reembed"):
        add(news)


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("The café's owner", "cafe"),
        ("cafe\u0301", "café"),
        ("It%27s U.S. policy", "US"),
        ("“Curly” quotes’", "curly"),
        ("Straße", "Straße"),
        ("naïve", "naive"),
    ],
)
def test_words_are_found_however_they_are_written(
    add: Add, library: Library, news: Path, stored: str, asked: str
) -> None:
    from index.search_text import normalised

    add(write(news, "a.txt", f"{stored} and more."))
    assert found(library, normalised(asked)) == [f"{stored} and more."]
