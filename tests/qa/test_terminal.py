"""What a terminal shows: nothing that drives it, and dates as far as they are known."""

import pytest

from index.domain import Article, Passage
from index.library import StoredPassage
from qa.citing import cite
from qa.domain import Answer, RetrievedPassage, Struck
from qa.terminal import (
    answer_in_words,
    print_answer,
    printable,
    quoted,
    shortened,
    shown_date,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Talks went on.", "“Talks went on.”"),
        ("“We agreed,” he said.", "“We agreed,” he said."),
        ('"We agreed," he said.', '"We agreed," he said.'),
        ("", "“”"),
    ],
)
def test_a_cutting_is_in_quotation_marks_once(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_control_characters_of_an_article_do_not_reach_the_terminal() -> None:
    assert printable("a\x1b[31mb\x07\u202ec\n") == "a\ufffd[31mb\ufffd\ufffdc\n"


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        (None, "date unknown"),
        ("--06-14", "June 14, year not given"),
        ("2024-06-14T09:30:00+08:00", "2024-06-14"),
        ("2024", "2024"),
    ],
)
def test_a_date_is_shown_as_far_as_it_is_known(date: str | None, shown: str) -> None:
    assert shown_date(date) == shown


def test_a_question_takes_one_row_of_a_list() -> None:
    assert shortened("What?\n12345678  forged") == "What? 12345678 forged"
    assert len(shortened("long " * 1000)) == 100


def generated() -> Answer:
    article = Article(text="It opened. It cost $3.", title="Bridge", source="The Post")
    stored = StoredPassage(0, Passage(article.id, 0, 0, 22), article)
    passage = RetrievedPassage(stored, 0.5, 0.5, 0.5)
    first = cite(1, passage, (0, 10), answer_span=(0, 19), score=0.9)
    second = cite(2, passage, (11, 22), answer_span=(20, 31), score=0.9)
    again = cite(3, passage, (0, 10), answer_span=(20, 31), score=0.9)
    return Answer(
        *("The bridge \x1bopened. It cost $3.", True, 0.9, "q", "q", "generative"),
        citations=(first, second, again),
        struck=(Struck("It \x1b[31mfell.", "the articles say the opposite", 31),),
    )


def test_prose_has_its_markers_behind_each_sentence_and_each_cutting_once() -> None:
    lines = answer_in_words(generated()).split("\n")
    assert lines[:2] == [
        "The bridge \ufffdopened. [1] It cost $3. [2] [3]",
        "Struck out: It \ufffd[31mfell. (the articles say the opposite)",
    ]
    assert [line for line in lines if line.startswith("[")] == [
        "[1][3] The Post · Bridge · date unknown",
        "[2] The Post · Bridge · date unknown",
    ]


def test_a_struck_sentence_is_struck_out_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    print_answer(generated())
    assert "\x1b[9;31mIt \ufffd[31mfell.\x1b[0m" in capsys.readouterr().out
