"""Sentences of news text, to the character."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sentences import LONGEST_SENTENCE_CHARS, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The U.S. Gen. Mark Milley said Mr. Smith paid $3.5 million.",
        "Lt. Col. Ana Jones met Gov. Newsom on Jan. 6.",
        "Apple Inc. rose 2.5% on Friday.",
        "J. K. Rowling met Sen. John F. Kennedy at 5 p.m. on Monday.",
    ],
)
def test_abbreviations_and_decimals_do_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_quotations_stay_with_their_marks() -> None:
    assert sentences("“We won't go,” he said. He left. ''No.'' She stayed.") == [
        "“We won't go,” he said.",
        "He left.",
        "''No.''",
        "She stayed.",
    ]


def test_a_line_break_ends_a_sentence_unless_the_line_was_wrapped() -> None:
    assert sentences("A headline\nThe text is\nwrapped here.\n\nMore") == [
        "A headline",
        "The text is\nwrapped here.",
        "More",
    ]


@given(st.text(alphabet=st.sampled_from("aA.!?\"' \n“”é漢\u0301U.S 5"), max_size=200))
@settings(max_examples=200, deadline=None)
def test_spans_cover_all_but_white_space_in_order(text: str) -> None:
    spans = sentence_spans(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(text[start:end].strip() == text[start:end] for start, end in spans)


def test_text_without_sentences_is_cut_at_a_bound() -> None:
    assert all(len(one) <= LONGEST_SENTENCE_CHARS for one in sentences("word " * 5000))
