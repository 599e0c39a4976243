"""Plain text names its outlet in a dateline and its author in a byline, or not at all."""

import pytest

from index.loading import SetByHand
from index.loading.bylines import byline_author, dateline_outlet
from index.loading.plain import read_text


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("SEOUL, June 14 (Reuters) - The ministry said", "Reuters"),
        ("WASHINGTON (AP) — The president", "AP"),
        ("A title\n\nPORT ELLERY, March 4, 2025 (Northern Wire) - The gate", "Northern Wire"),
        ("St. Paul, Minn. (The Star Tribune) -- Snow", "The Star Tribune"),
        ("The plan (first made in May) - which failed", None),
        ("Seoul’s ministry said on Friday (June 14).", None),
        ("The ministry (Reuters) said - and left", None),
        ("", None),
    ],
)
def test_a_dateline_names_the_outlet(text: str, outlet: str | None) -> None:
    assert dateline_outlet(text) == outlet


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Inquiry opens\n\nBy Leila Haddad\nThe Meridian\n\nAn e-mail", "Leila Haddad"),
        ("By Ana Duarte and Bo Ek\n\nText", "Ana Duarte and Bo Ek"),
        ("By João de Souza, Mary-Ann O’Neil\n", "João de Souza, Mary-Ann O’Neil"),
        ("By Friday the ships had left.\n", None),
        ("The report was written by Ana Duarte\n", None),
        ("", None),
    ],
)
def test_a_byline_names_the_author(text: str, author: str | None) -> None:
    assert byline_author(text) == author


def test_what_is_set_by_hand_wins() -> None:
    article = read_text("SEOUL (Reuters) - Talks went on.", SetByHand(source="Dawn"))
    assert article.source == "Dawn"
