"""Files of every kind become articles; what cannot is named with its reason."""

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from index.domain import Article, Loaded, Skipped
from index.loading import Loader, SetByHand, walk
from index.settings import LoadingSettings


def load(*paths: Path, by_hand: SetByHand | None = None, **limits: int) -> list[Loaded | Skipped]:
    found: list[Loaded | Skipped] = []
    with Loader(LoadingSettings(**limits), by_hand) as loader:
        for file in walk(paths):
            found += [file] if isinstance(file, Skipped) else list(loader.load(file))
    return found


def only_article(path: Path, by_hand: SetByHand | None = None) -> Article:
    (found,) = load(path, by_hand=by_hand)
    assert isinstance(found, Loaded), found
    return found.article


def only_reason(path: Path, **limits: int) -> str:
    (found,) = load(path, **limits)
    assert isinstance(found, Skipped), found
    return found.reason


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_first_line_of_plain_text_is_its_title_where_it_stands_apart(news: Path) -> None:
    text = "Talks go on\n\nThe talks go on, she said on Friday (June 14)."
    article = only_article(written(news / "a.txt", text))
    assert (article.title, article.text, article.published_at) == ("Talks go on", text, "--06-14")
    assert article.text[article.body_start :].startswith("The talks")


@pytest.mark.parametrize(
    "text", ["One line only.", "It ended.\n\nThen more.", "Two\nlines together"]
)
def test_a_first_line_that_does_not_stand_apart_is_no_title(news: Path, text: str) -> None:
    assert only_article(written(news / "a.txt", text)).title == ""


def test_front_matter_gives_the_fields_of_markdown(news: Path) -> None:
    text = "---\ntitle: Talks\ndate: 2024-05-01\nauthor: [Ana Lima, Bo Ek]\n---\n# Talks\n\nThey."
    article = only_article(written(news / "a.md", text))
    assert (article.title, article.published_at, article.author) == (
        "Talks",
        "2024-05-01",
        "Ana Lima, Bo Ek",
    )


def test_malformed_front_matter_is_text(news: Path) -> None:
    text = "---\ntitle: [unclosed\n---\nThey talked."
    assert only_article(written(news / "a.md", text)).text == text


HTML = """<html><head><title>Talks | The Meridian</title>
<meta property="og:site_name" content="The Meridian">
<script type="application/ld+json">{ld}</script></head>
<body><nav>Home</nav><article><h1>Talks</h1>
<p>The ministers talked for nine hours in Geneva on Friday.</p>
<p>They agreed on nothing, a spokeswoman said, except to talk again in the coming week.</p>
</article></body></html>"""
LINKED = {
    "@graph": [
        {
            "@type": "NewsArticle",
            "headline": "Talks",
            "datePublished": "2024-06-14T08:00:00Z",
            "dateModified": "2024-06-15",
            "author": [{"name": "Ana Lima"}],
        }
    ]
}


def test_html_gives_main_text_and_linked_data(news: Path) -> None:
    article = only_article(written(news / "a.html", HTML.replace("{ld}", json.dumps(LINKED))))
    assert "nine hours in Geneva" in article.text
    assert "Home" not in article.text
    assert (article.title, article.source, article.author) == ("Talks", "The Meridian", "Ana Lima")
    assert (article.published_at, article.modified_at) == (
        "2024-06-14T08:00:00+00:00",
        "2024-06-15",
    )


@pytest.mark.parametrize("ld", ["{not json", "[]", '{"@type": 3}', '[1, null, {"@graph": 7}]'])
def test_broken_linked_data_leaves_the_meta_tags(news: Path, ld: str) -> None:
    article = only_article(written(news / "a.html", HTML.replace("{ld}", ld)))
    assert article.source == "The Meridian"


def test_an_email_is_a_newsletter(news: Path) -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "The Courier <news@courier.example>", "Morning brief"
    message["Date"] = "Fri, 14 Jun 2024 06:00:00 +0000"
    message.set_content("The bridge is open again.\n")
    article = only_article(written(news / "a.eml", message.as_bytes()))
    assert (article.title, article.source) == ("Morning brief", "The Courier")
    assert article.published_at == "2024-06-14T06:00:00+00:00"


RECORDS = {
    "a.jsonl": '{"headline": "A", "body": "Text a."}\n\n{"broken\n'
    '{"title": "B", "content": "Text b."}\n',
    "a.json": '{"articles": [{"headline": "A", "text": "Text a."}, 7, '
    '{"title": "B", "text": "Text b."}]}',
    "a.csv": 'title;text;date\nA;"Text a.";2024-06-14\n;;\nB;"Text b.";\n',
}


@pytest.mark.parametrize("name", RECORDS)
def test_one_bad_record_does_not_stop_the_others(news: Path, name: str) -> None:
    found = load(written(news / name, RECORDS[name]))
    assert [one.article.title for one in found if isinstance(one, Loaded)] == ["A", "B"]
    (skipped,) = [one for one in found if isinstance(one, Skipped)]
    assert skipped.place.startswith(f"{news / name}#")


def test_fields_go_by_many_names_and_others_can_be_mapped(news: Path) -> None:
    record = {
        "Headline": "A",
        "payload": "Text.",
        "byline": "Ana",
        "publisher": {"name": "BBC"},
        "pub_date": "June 14, 2024",
        "link": "https://x.example/1",
    }
    path = written(news / "a.json", json.dumps([record]))
    assert "text" in only_reason(path)
    article = only_article(path, SetByHand(fields={"text": "payload"}))
    assert (article.title, article.author, article.source) == ("A", "Ana", "BBC")
    assert (article.published_at, article.url) == ("2024-06-14", "https://x.example/1")


def test_what_is_set_by_hand_wins(news: Path) -> None:
    path = written(news / "a.json", '[{"text": "Text.", "source": "BBC", "date": "2020-01-01"}]')
    article = only_article(path, SetByHand(source="AFP", published_at="2024-06-14"))
    assert (article.source, article.published_at) == ("AFP", "2024-06-14")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised(news: Path, encoding: str) -> None:
    text = "Präsident im Café\n\nDer Präsident sagte „nein“ – später „ja“, wie üblich, beim Kaffee."
    assert only_article(written(news / "a.txt", text.encode(encoding))).text == text


def test_stored_text_is_not_normalised(news: Path) -> None:
    text = "Cafe\u0301 ''quote'' it%27s “curly”\r\nand more"
    assert only_article(written(news / "a.txt", text)).text == text


BAD_FILES = {
    "empty": ("a.txt", b"", "empty"),
    "blank": ("b.txt", b" \n\t ", "empty"),
    "binary": ("c.txt", b"\x89PNG\x00\x01\xff\xfe" * 20, "binary"),
    "nul in text": ("d.txt", b"abc\x00def", "NUL"),
    "image": ("e.jpg", b"\xff\xd8\xff\xe0", "unknown kind"),
    "broken pdf": ("f.pdf", b"%PDF-1.7 nothing here", "damaged PDF"),
    "empty html": ("g.html", b"<html><body></body></html>", "no article text"),
    "json of a number": ("h.json", b"12", "expected articles"),
    "broken json": ("i.json", b'[{"a": ', "malformed JSON"),
    "half character": ("j.json", b'[{"text": "a \\ud800 b"}]', "surrogate"),
    "empty csv": ("k.csv", b"", "empty"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_named_with_its_reason(news: Path, case: str) -> None:
    name, content, reason = BAD_FILES[case]
    written(news / name, content)
    assert reason in only_reason(news)


def test_what_is_too_large_is_named(news: Path) -> None:
    path = written(news / "a.txt", "word " * 1000)
    assert "too large: 5,000 bytes" in only_reason(path, max_file_bytes=100)
    assert "too large: 5,000 characters" in only_reason(path, max_article_chars=100)


def test_a_line_without_end_does_not_fill_memory(news: Path) -> None:
    path = written(news / "a.jsonl", b'{"text": "' + b"x" * 5000 + b'"}\n{"text": "Short."}\n')
    skipped, loaded = load(path, max_file_bytes=1000)
    assert isinstance(skipped, Skipped)
    assert "longer than 1,000 bytes" in skipped.reason
    assert isinstance(loaded, Loaded)


def test_a_parser_that_hangs_is_stopped(news: Path) -> None:
    from index.errors import InputError
    from index.loading.guarded import GuardedParser

    parser = GuardedParser(seconds=0.001)
    path = written(news / "a.html", HTML)
    with pytest.raises(InputError, match="took longer"):
        parser.read(str(path), "html", SetByHand())
    parser.close()


def test_a_walk_is_sorted_and_leaves_hidden_files_alone(news: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden.txt", "sub/c.txt", ".git/d.txt"):
        (news / name).parent.mkdir(exist_ok=True)
        written(news / name, f"Text of {name}.")
    places = [Path(one.place).name for one in load(news, news / "a.txt")]
    assert places == ["a.txt", "b.txt", "c.txt"]


def test_a_missing_path_is_named(news: Path) -> None:
    (found,) = load(news / "nowhere")
    assert found == Skipped(str(news / "nowhere"), "no such file or folder")
