"""What a question asks for, and what a sentence holds of it."""

import pytest

from qa.answer_types import expected_type, strength


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who spoke with Campbell?", "person"),
        ("Which country won?", "name"),
        ("When did it open?", "time"),
        ("What year was it?", "time"),
        ("How many ships left?", "number"),
        ("How much did it cost?", "money"),
        ("What percentage voted?", "percent"),
        ("Why did it fail?", "reason"),
        ("What did he say?", None),
    ],
)
def test_a_question_expects_a_kind_of_answer(question: str, kind: str | None) -> None:
    assert expected_type(question) == kind


@pytest.mark.parametrize(
    ("kind", "question", "sentence", "held"),
    [
        ("person", "Who spoke with Campbell?", "Kim Hong-kyun spoke with Campbell.", True),
        ("person", "Who spoke with Campbell?", "Campbell spoke at length.", False),
        ("name", "Who spoke?", "There was silence.", False),
        ("person", "Who spoke?", "The Port Ellery lock spoke in May.", False),
        (
            "person",
            "Who spoke with Campbell?",
            "Echoing Kim’s concerns, Kurt Campbell spoke.",
            False,
        ),
        ("number", "How many of the 14 ships left?", "Three of the 14 ships left.", True),
        ("number", "How many of the 14 ships left?", "The 14 ships left.", False),
        ("time", "When did it open?", "It opened on Friday.", True),
        ("money", "How much did it cost?", "It cost $12.4 million.", True),
        ("money", "How much did it cost?", "It took 12 years.", False),
        ("percent", "What percentage?", "It rose by 6.5 percent.", True),
    ],
)
def test_names_that_the_question_gives_are_no_answer(
    kind: str, question: str, sentence: str, held: bool
) -> None:
    assert (strength(sentence, kind, question) > 0) is held
