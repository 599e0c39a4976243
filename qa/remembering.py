"""A conversation going on: earlier turns are handed to the answerer, and what it says is stored."""

import uuid
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, replace
from typing import Any

from index.filters import ArticleFilter
from qa.answering import QuestionAnswerer
from qa.conversations import Conversations
from qa.domain import Answer, Turn
from qa.errors import ConversationsError, UnknownSessionError
from qa.events import Asked, Done, Event
from qa.serialising import answer_json


class Remembering:
    """One session, as one client goes on with it.

    A damaged file of conversations stops no question: its answer says in a note that it is not
    stored, and is remembered as long as this object is.
    Raises UnknownSessionError for an id that is not known.
    """

    def __init__(self, conversations: Conversations, session_id: str | None = None) -> None:
        self._conversations = conversations
        self._trouble: ConversationsError | UnknownSessionError | None = None
        self._here: list[Turn] = []
        self._is_new = session_id is None
        self.session_id: str | None = session_id or str(uuid.uuid4())
        """None where nothing is remembered. A new one becomes known with its first question."""
        try:
            if session_id is not None:
                conversations.session(session_id)
        except ConversationsError as error:
            self._give_up(error)

    def events(
        self, answerer: QuestionAnswerer, question: str, *, where: ArticleFilter | None = None
    ) -> Generator[Event]:
        """Yield what `QuestionAnswerer.events` does; the turn is stored before Done is told.

        Nothing is stored of a question whose iterator is closed before.
        """
        turns = self._turns()
        with closing(answerer.events(question, where=where, turns=turns)) as events:
            for event in events:
                match event:
                    case Asked():
                        self._begin()
                        yield event
                    case Done(answer):
                        yield Done(self._stored(answer, where or ArticleFilter()))
                    case _:
                        yield event

    def _turns(self) -> tuple[Turn, ...]:
        if self._is_new:
            return ()
        if self.session_id is not None:
            try:
                return self._conversations.remembered(self.session_id)
            except ConversationsError as error:
                self._give_up(error)
        most = self._conversations.settings.turns_remembered
        return tuple(self._here[-most:]) if most else ()

    def _begin(self) -> None:
        """Make a new session known, so that a client can go on with it whatever comes."""
        if self.session_id is None or not self._is_new:
            return
        try:
            self._conversations.create(session_id=self.session_id)
            self._is_new = False
        except ConversationsError as error:
            self._give_up(error)

    def _stored(self, answer: Answer, where: ArticleFilter) -> Answer:
        """Return the answer when it is stored; with a note where it could not be."""
        self._here.append(answer.turn)
        if self.session_id is not None:
            try:
                self._conversations.add_turn(
                    self.session_id,
                    answer.question,
                    answer_json(answer, session_id=self.session_id),
                    given(where),
                )
            except (ConversationsError, UnknownSessionError) as error:
                self._give_up(error)
        if self._trouble is None:
            return answer
        return replace(answer, notes=(*answer.notes, f"Not stored: {self._trouble}"))

    def _give_up(self, error: ConversationsError | UnknownSessionError) -> None:
        self._trouble = error
        self._is_new = False
        self.session_id = None


def given(where: ArticleFilter) -> dict[str, Any]:
    """Return those conditions of a filter that are set."""
    return {name: value for name, value in asdict(where).items() if value}
