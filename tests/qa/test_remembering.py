"""A conversation going on: what is handed to the answerer, and what is stored of it."""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from index.filters import ArticleFilter
from qa.conversations import Conversations
from qa.domain import Answer, Turn
from qa.errors import QuestionError, UnknownSessionError
from qa.events import Asked, Done, Event, Piece
from qa.remembering import Remembering
from qa.settings import SessionSettings


class Echo:
    """Answers with the question, and keeps the turns that it was given."""

    def __init__(self) -> None:
        self.given: list[Sequence[Turn]] = []

    def events(self, question: str, *, turns: Sequence[Turn], **_: Any) -> Generator[Event]:
        if not question:
            raise QuestionError("the question is empty")
        self.given.append(turns)
        yield Asked(f"{question}!")
        yield Piece(question)
        yield Done(Answer(question, True, 1.0, question, f"{question}!", "echo"))

    def questions_given(self) -> list[list[str]]:
        return [[turn.question for turn in turns] for turns in self.given]


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    opened = Conversations(tmp_path, SessionSettings(turns_remembered=2))
    yield opened
    opened.close()


def ask(going_on: Remembering, answerer: Any, question: str) -> Answer:
    *_, done = going_on.events(answerer, question, where=ArticleFilter(source="Post"))
    assert isinstance(done, Done)
    return done.answer


def test_each_question_sees_the_last_turns(conversations: Conversations) -> None:
    answerer, going_on = Echo(), Remembering(conversations)
    for question in "abcd":
        ask(going_on, answerer, question)
    assert answerer.questions_given() == [[], ["a"], ["a", "b"], ["b", "c"]]
    assert going_on.session_id
    (first, *_) = conversations.turns(going_on.session_id)
    assert (first.filters, first.answer["session_id"]) == ({"source": "Post"}, going_on.session_id)


def test_turns_of_other_clients_are_seen_too(conversations: Conversations) -> None:
    answerer, mine = Echo(), Remembering(conversations)
    ask(mine, answerer, "a")
    ask(Remembering(conversations, mine.session_id), answerer, "b")
    ask(mine, answerer, "c")
    assert answerer.questions_given()[-1] == ["a", "b"]


def test_a_session_is_known_from_the_first_event_on(conversations: Conversations) -> None:
    going_on = Remembering(conversations)
    events = going_on.events(Echo(), "a")  # type: ignore[arg-type]
    assert next(events) == Asked("a!")
    assert going_on.session_id
    assert conversations.session(going_on.session_id).turn_count == 0
    events.close()


def test_nothing_is_stored_of_what_is_cut_off(conversations: Conversations) -> None:
    going_on = Remembering(conversations)
    events = going_on.events(Echo(), "a")  # type: ignore[arg-type]
    assert [next(events), next(events)] == [Asked("a!"), Piece("a")]
    events.close()
    assert going_on.session_id
    assert conversations.turns(going_on.session_id) == []
    ask(going_on, Echo(), "b")
    assert [one.question for one in conversations.turns(going_on.session_id)] == ["b"]


def test_a_turn_is_stored_before_the_answer_is_told(conversations: Conversations) -> None:
    going_on = Remembering(conversations)
    for event in going_on.events(Echo(), "a"):  # type: ignore[arg-type]
        if isinstance(event, Done):
            break
    assert going_on.session_id
    assert conversations.session(going_on.session_id).turn_count == 1


def test_a_question_that_is_none_begins_no_session(conversations: Conversations) -> None:
    going_on = Remembering(conversations)
    with pytest.raises(QuestionError):
        ask(going_on, Echo(), "")
    assert going_on.session_id
    with pytest.raises(UnknownSessionError):
        conversations.session(going_on.session_id)


def test_where_nothing_can_be_stored_turns_are_remembered_and_a_note_says_so(
    conversations: Conversations, tmp_path: Path
) -> None:
    (tmp_path / "conversations.sqlite3").write_bytes(b"not a database" * 500)
    answerer, going_on = Echo(), Remembering(conversations)
    notes = [ask(going_on, answerer, question).notes for question in "abcd"]
    assert all(len(one) == 1 and one[0].startswith("Not stored: ") for one in notes)
    assert going_on.session_id is None
    assert answerer.questions_given() == [[], ["a"], ["a", "b"], ["b", "c"]]


def test_a_session_that_is_not_known_is_not_gone_on_with(conversations: Conversations) -> None:
    with pytest.raises(UnknownSessionError):
        Remembering(conversations, "nothing")
