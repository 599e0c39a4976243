"""Dates are the article's own, as precise as it says and never more."""

import pytest

from index.dates import dateline_date, parse_date, updated_date


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2024-06-14", "2024-06-14"),
        ("June 14, 2024", "2024-06-14"),
        ("14 June 2024", "2024-06-14"),
        ("Fri, 14 Jun 2024 09:30:00 +0800", "2024-06-14T09:30:00+08:00"),
        ("Jun 14, 2024 at 5:30 pm EDT", "2024-06-14T17:30:00-04:00"),
        ("June 2024", "2024-06"),
        ("2024", "2024"),
        ("June 14", "--06-14"),
        ("1718323200", "2024-06-14T00:00:00+00:00"),
        ("1718323200000", "2024-06-14T00:00:00+00:00"),
    ],
)
def test_a_date_keeps_the_parts_that_it_names(given: str, expected: str) -> None:
    assert parse_date(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        None,
        "hello",
        "2017-13-45",
        "2023-02-30",
        "12",
        "in 5 minutes",
        "May",
        "9" * 90,
        [],
        {},
        "0000-00-00",
    ],
)
def test_what_names_no_day_is_unknown(given: object) -> None:
    assert parse_date(given) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Talks went on, the ministry said on Friday (June 14).", "--06-14"),
        ("SEOUL, June 14 (Reuters) - Talks went on.", "--06-14"),
        ("LONDON, 14 March 2023 (AP) — Talks went on.", "2023-03-14"),
        ("Talks\n\nPublished: 12 June 2025\n\nText.", "2025-06-12"),
        ("WASHINGTON — On Jan. 6, 2021, a crowd gathered.", None),
        ("He was born on June 14, 1946, in Queens.", None),
    ],
)
def test_a_dateline_dates_an_article_and_a_date_told_of_does_not(
    text: str, expected: str | None
) -> None:
    assert dateline_date(text) == expected


def test_an_updated_line_is_the_modification_date() -> None:
    assert updated_date("Title\nUpdated 5:30 PM EDT, Fri June 14, 2024\nText") == "2024-06-14"
    assert updated_date("Nothing was updated on June 14, 2024.") is None
