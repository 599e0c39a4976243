"""Answers of several things, and answers that are one thing in other words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.agreement import compared, same
from qa.lists import asks_for_several, enumerated


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Which countries is Putin going to visit?", True),
        ("Which European countries sent guests?", True),
        ("What companies bid for the gate?", True),
        ("Who attended the meeting?", True),
        ("Who were the winners?", True),
        ("Name the ships that left.", True),
        ("Which people were hurt?", True),
        ("Which country won?", False),
        ("Who spoke with Campbell?", False),
        ("What is the news?", False),
        ("What does he say?", False),
        ("Which of the companies won?", False),
        ("Which Texas city was hit by the storm?", False),
        ("Which sports team won?", False),
        ("What causes the delay?", False),
        ("Which two companies merged?", True),
        ("What was stolen?", False),
    ],
)
def test_a_question_may_ask_for_several_things(question: str, several: bool) -> None:
    assert asks_for_several(question) is several


@pytest.mark.parametrize(
    ("sentence", "marked", "listed"),
    [
        ("Putin would visit North Korea and Vietnam soon.", "Vietnam", "North Korea and Vietnam"),
        ("Norway, Denmark, and Iceland came.", "Norway", "Norway, Denmark, and Iceland"),
        ("Norway, Denmark, and Iceland came.", "Denmark", "Norway, Denmark, and Iceland"),
        ("They are France and Spain.", "France", "France and Spain"),
        ("They like bread and cheese.", "bread", "bread"),
        ("He met Kim, who left.", "Kim", "Kim"),
        ("On Friday, Norway and Denmark sent guests.", "Norway", "Norway and Denmark"),
        ("He would visit Vietnam, Putin said.", "Vietnam", "Vietnam"),
        ("But Norway, Denmark and Iceland came.", "Denmark", "Denmark and Iceland"),
        ("The winner was Bo Ek, 45, of Oslo.", "Bo Ek", "Bo Ek"),
        ("Only Iceland came. Norway and Spain did not.", "Iceland", "Iceland"),
    ],
)
def test_a_name_grows_by_those_listed_beside_it(sentence: str, marked: str, listed: str) -> None:
    at = sentence.index(marked)
    end = sentence.index(".") + 1
    start, stop = enumerated(sentence, (at, at + len(marked)), (0, end))
    assert sentence[start:stop] == listed


def test_a_long_list_takes_no_time() -> None:
    """Joining names by "and", which also stood inside them, was exponential."""
    text = "Aa and " * 280 + "left, so Bo won."
    started = time.perf_counter()
    enumerated(text, (text.index("Bo"), text.index("Bo") + 2), (0, len(text)))
    assert time.perf_counter() - started < 1


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_list_stays_inside_its_sentence(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    a, b = enumerated(text, (start, end), (0, len(text)))
    assert 0 <= a <= start < b <= len(text)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Kim Hong-kyun", "Kim Hong-kyun,", True),
        ("the White House", "White House", True),
        ("Ana Duarte", "Duarte", True),
        ("Mayor Ana Duarte", "Ana Duarte", True),
        ("about 420", "420", True),
        ("on Friday", "Friday", True),
        ("North Korea", "South Korea", False),
        ("North Korea", "Korea", False),
        ("New Mexico", "Mexico", False),
        ("420 passengers", "420", False),
        ("Kim Jong-un", "Kim", False),
        ("", "", True),
    ],
)
def test_answers_say_the_same_in_other_words(one: str, other: str, is_same: bool) -> None:
    assert same(compared(one), compared(other)) is is_same
    assert same(compared(other), compared(one)) is is_same
