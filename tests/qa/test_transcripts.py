"""Answers as text with markers, and transcripts as turns."""

from dataclasses import replace

import pytest

from index.domain import Article, Passage
from index.library import StoredPassage
from qa.domain import Alternative, Answer, Citation, RetrievedPassage, Turn
from qa.events import Cited, Done, Piece
from qa.transcripts import Marked, Marking, turns_of, written

ARTICLE = Article(text="The gate costs $12.4 million, twice as much as the old one.")
RETRIEVED = RetrievedPassage(StoredPassage(1, Passage("a", 0, 0, 20), ARTICLE), 1.0, 1.0, 1.0)


def cited(number: int, start: int, end: int) -> Citation:
    return Citation(number, RETRIEVED, 0, 10, start, end, 0.9)


ANSWER = Answer("Solheim; Muir", True, 0.9, "Who?", "Who?", "extractive")


def test_markers_stand_behind_what_they_are_for() -> None:
    answer = replace(ANSWER, citations=(cited(1, 0, 7), cited(2, 0, 7), cited(3, 9, 13)))
    text, marked = written(answer)
    assert text == "Solheim [1][2]; Muir [3]"
    assert [text[one.start : one.end] for one in marked] == ["[1]", "[2]", "[3]"]


def test_other_answers_and_notes_follow_in_paragraphs() -> None:
    other = Alternative("about\n$12", 0.3, cited(2, 0, 9))
    answer = replace(
        ANSWER, text="$12.4", citations=(cited(1, 0, 5),), also_said=(other,), notes=("Look.",)
    )
    text, marked = written(answer)
    assert text == "$12.4 [1]\n\nAlso said: about $12 [2]\n\nNote: Look."
    assert marked == (Marked(cited(1, 0, 5), 6, 9), Marked(cited(2, 0, 9), 32, 35))


def test_silence_is_the_sentence_alone() -> None:
    silence = replace(ANSWER, text="No.", answered=False, notes=("No article passes.",))
    assert written(silence) == ("No.", ())


def test_a_marker_comes_before_the_space_behind_a_sentence() -> None:
    """A chat model's sentences come with the space that follows, and then their citations."""
    marking = Marking()
    events = (Piece("One. "), Cited(cited(1, 0, 4)), Piece("Two. "), Cited(cited(2, 5, 9)))
    said = "".join(marking.write(event) for event in (*events, Done(ANSWER)))
    assert said == "One. [1] Two. [2]"
    assert [said[one.start : one.end] for one in marking.marked] == ["[1]", "[2]"]


@pytest.mark.parametrize(
    ("messages", "turns"),
    [
        ([], ()),
        ([("assistant", "Hello.")], ()),
        ([("user", "Who?")], (Turn("Who?", ""),)),
        ([("user", " "), ("assistant", "x")], ()),
        ([("user", "A?"), ("user", "B?"), ("assistant", "b")], (Turn("A?", ""), Turn("B?", "b"))),
        ([("user", "A?"), ("assistant", "a [1]"), ("assistant", "b")], (Turn("A?", "a\n\nb"),)),
        ([("user", "A?"), ("assistant", "These articles do not answer that.")], (Turn("A?", ""),)),
    ],
    ids=["none", "greeting", "unanswered", "blank", "asked twice", "answered twice", "silence"],
)
def test_messages_become_turns(messages: list, turns: tuple[Turn, ...]) -> None:
    assert turns_of(messages) == turns


def test_a_written_answer_becomes_a_turn_with_its_own_text() -> None:
    other = Alternative("Duarte", 0.3, cited(3, 0, 6))
    answer = replace(
        ANSWER,
        citations=(cited(1, 0, 7), cited(2, 9, 13)),
        also_said=(other,),
        notes=("Look at them.",),
    )
    assert turns_of([("user", "Who?"), ("assistant", written(answer)[0])]) == (
        Turn("Who?", answer.text),
    )
