"""Passages are whole sentences that fit the embedder."""

from itertools import pairwise

import pytest
from fakes import FakeEmbeddings
from hypothesis import given, settings
from hypothesis import strategies as st

from index.domain import Article
from index.settings import SplittingSettings
from index.splitting import Splitter, embedded_text

COUNT = FakeEmbeddings().count_tokens


def split(article: Article, **options: int) -> list[str]:
    splitter = Splitter(COUNT, SplittingSettings(**{"max_passage_tokens": 32, **options}))
    return [article.text[one.start_char : one.end_char] for one in splitter.split(article)]


def test_a_short_article_is_one_passage() -> None:
    assert split(Article(text="One here. Two here.")) == ["One here. Two here."]


def test_the_title_line_is_not_repeated_in_a_passage() -> None:
    assert split(Article(text="Title\n\nBody text.", title="Title", body_start=7)) == ["Body text."]


def test_an_article_of_a_headline_alone_has_a_passage() -> None:
    assert split(Article(text="Title\n\n", title="Title", body_start=7)) == ["Title"]


def test_overlap_repeats_sentences() -> None:
    text = " ".join(f"This is sentence number {number} of the article." for number in range(12))
    passages = split(Article(text=text), overlap_sentences=1)
    for before, after in pairwise(passages):
        assert before.split(". ")[-1].rstrip(".") == after.split(". ")[0].rstrip(".")


@given(
    st.lists(
        st.lists(st.sampled_from(["word", "Name", "é", "3.5"]), min_size=1, max_size=60),
        max_size=20,
    ),
    st.integers(32, 80),
    st.sampled_from(["", "A title", "long " * 100]),
)
@settings(max_examples=150, deadline=None)
def test_passages_fit_cover_and_do_not_overlap(
    words: list[list[str]], limit: int, title: str
) -> None:
    article = Article(text=" ".join(" ".join(one) + "." for one in words) or "x", title=title)
    splitter = Splitter(COUNT, SplittingSettings(max_passage_tokens=limit))
    passages = splitter.split(article)
    assert "".join(article.text.split()) == "".join(
        "".join(article.text[one.start_char : one.end_char].split()) for one in passages
    )
    assert all(COUNT([article.text[p.start_char : p.end_char]])[0] <= limit for p in passages)
    if len(title) < 20:
        assert all(COUNT([embedded_text(article, p)])[0] <= limit - 2 for p in passages)


@pytest.mark.parametrize("text", ["x" * 3000, "漢" * 3000, "word " * 400])
def test_what_has_no_end_is_cut_to_fit(text: str) -> None:
    counter = lambda texts: [len(one) // 4 + 1 for one in texts]  # noqa: E731
    passages = Splitter(counter, SplittingSettings(max_passage_tokens=64)).split(Article(text=text))
    assert all(one.end_char - one.start_char <= 64 * 4 for one in passages)
