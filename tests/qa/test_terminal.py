"""What a terminal shows: nothing that drives it, and dates as far as they are known."""

import pytest

from qa.terminal import printable, quoted, shown_date


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
