"""Cited answers as a step of LangChain programs."""

from collections.abc import AsyncIterator, Iterator, Sequence
from os import PathLike
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, MessageLikeRepresentation
from langchain_core.messages.utils import convert_to_messages
from langchain_core.runnables import RunnableGenerator, run_in_executor
from langchain_core.runnables.utils import AddableDict
from typing_extensions import TypedDict

from qa.domain import Turn
from qa.errors import QuestionError
from qa.events import Done, Event, Piece
from qa.interface import Cuttings, Filters
from qa.serialising import answer_json
from qa.transcripts import Role, turns_of


class CuttingsInput(TypedDict, total=False):
    """A question, with what was said before it and which articles it is put to."""

    question: str
    history: Sequence[MessageLikeRepresentation]
    """Earlier messages, oldest first, in any form that LangChain takes; others than of a human
    or an AI are left out."""
    filters: Filters


class CuttingsRunnable(RunnableGenerator[Any, AddableDict]):
    """Answers a question, or a CuttingsInput, with the JSON of `POST /chat` as a dict.

    A stream gives pieces under "answer", then the rest; added up they are what `invoke` returns.
    `runnable.pick("answer")` is the text alone. The library's folder is opened by the first
    question; None is the default one.
    """

    def __init__(self, library: "str | PathLike[str] | Cuttings | None" = None) -> None:
        super().__init__(self._answers, self._answers_later, name="Cuttings")
        self._library = library

    @property
    def InputType(self) -> Any:  # noqa: N802 - LangChain's name
        """What it takes."""
        return str | CuttingsInput

    @property
    def OutputType(self) -> Any:  # noqa: N802 - LangChain's name
        """What it gives."""
        return dict[str, Any]

    @property
    def cuttings(self) -> Cuttings:
        """The opened library."""
        if not isinstance(self._library, Cuttings):
            self._library = Cuttings(self._library)
        return self._library

    def _answers(self, inputs: Iterator[Any]) -> Iterator[AddableDict]:
        for event in self._events(_joined(list(inputs))):
            if chunk := _chunk(event):
                yield chunk

    async def _answers_later(self, inputs: AsyncIterator[Any]) -> AsyncIterator[AddableDict]:
        given = [one async for one in inputs]
        chunks = self._answers(iter(given))
        while chunk := await run_in_executor(None, next, chunks, None):
            yield chunk

    def _events(self, given: Any) -> Iterator[Event]:
        if not isinstance(given, dict):
            return self.cuttings.events(_text(given))
        if unknown := given.keys() - CuttingsInput.__annotations__.keys():
            raise QuestionError(f"unknown input {sorted(unknown)}, expected question and history")
        filters: Filters = given.get("filters") or {}
        turns = turns_from_messages(given.get("history") or ())
        return self.cuttings.events(_text(given.get("question", "")), turns=turns, **filters)


def turns_from_messages(messages: Sequence[MessageLikeRepresentation]) -> tuple[Turn, ...]:
    """Return LangChain's messages as turns."""
    roles: dict[type, Role] = {HumanMessage: "user", AIMessage: "assistant"}
    return turns_of(
        (role, _text(message))
        for message in convert_to_messages(list(messages))
        for kind, role in roles.items()
        if isinstance(message, kind)
    )


def _text(given: Any) -> str:
    """Return a question as it is, or of a message or a prompt's last message."""
    if isinstance(given, str):
        return given
    if hasattr(given, "to_messages"):
        given = given.to_messages()[-1]
    text = getattr(given, "text", None)
    if not isinstance(text, str):
        raise QuestionError(f"a question is a text, a message or a dict; found {type(given)}")
    return str(text)


def _joined(given: list[Any]) -> Any:
    """Return the input of a stream: pieces of text or of a dict as one."""
    joined = given[0]
    for one in given[1:]:
        joined = joined + one
    return joined


def _chunk(event: Event) -> AddableDict | None:
    match event:
        case Piece(text):
            return AddableDict(answer=text)
        case Done(answer):
            rest = answer_json(answer)
            del rest["answer"]
            return AddableDict(rest)
    return None
