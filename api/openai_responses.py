"""`POST /v1/responses`: the newer of OpenAI's interfaces, without what it would store."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from sse_starlette import ServerSentEvent

from api.chat import OpenedLibrary
from api.error_shapes import OPENAI_STATUS, openai_error_json
from api.openai_asking import Tokens, events_of, tokens_of
from api.openai_reading import check_response, conversation_of
from api.openai_schemas import MODEL, OPENAI_ERRORS, ResponseRequest
from api.openai_writing import AddressOf, about, addresses, citation_fields, search_results
from api.streaming import event_stream, sent, whole_answer
from qa.domain import Answer
from qa.events import Asked, Done, Event
from qa.transcripts import Marked, Marking, written

router = APIRouter(prefix="/v1", tags=["as OpenAI's clients speak"], responses=OPENAI_ERRORS)


@router.post("/responses")
async def responses(body: ResponseRequest, request: Request, library: OpenedLibrary) -> Any:
    """Answer the last user message of the input; nothing is stored.

    Citations stand as markers such as [1] in the text, as its `annotations`, and with the quoted
    text in `search_results`.
    """
    check_response(body)
    conversation = conversation_of(body.input, param="input")
    tokens = await tokens_of(library, conversation)
    response = Response(tokens, addresses(request))
    events = events_of(request, library, conversation, body.filters)
    if not body.stream:
        answer = await whole_answer(request, events)
        return response.completed(answer, *written(answer))
    stream = ResponseStream(response)
    return await event_stream(
        request, events, stream.encode, stream.error, request.app.state.settings
    )


class Response:
    """One response: its name and what goes with its text."""

    def __init__(self, tokens: Tokens, address: AddressOf) -> None:
        self.item_id = f"msg_{uuid.uuid4().hex}"
        self._head = {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "model": MODEL,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "text": {"format": {"type": "text"}},
            "tool_choice": "none",
            "tools": [],
        }
        self._tokens = tokens
        self._address = address

    def begun(self) -> dict[str, Any]:
        """Return the response before anything is said."""
        return {**self._head, "status": "in_progress", "output": [], "usage": None}

    def completed(self, answer: Answer, text: str, marked: tuple[Marked, ...]) -> dict[str, Any]:
        """Return the whole response."""
        return {
            **self._head,
            "status": "completed",
            "output": [self.item(self.part(text, marked))],
            "usage": self._usage(text),
            "search_results": search_results(marked, self._address),
            **about(answer),
        }

    def item(self, *parts: dict[str, Any]) -> dict[str, Any]:
        """Return the message, with its parts if it is complete."""
        return {
            "id": self.item_id,
            "type": "message",
            "role": "assistant",
            "status": "completed" if parts else "in_progress",
            "content": list(parts),
        }

    def part(self, text: str = "", marked: tuple[Marked, ...] = ()) -> dict[str, Any]:
        """Return the message's one part."""
        annotations = [self.annotation(one) for one in marked]
        return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}

    def annotation(self, one: Marked) -> dict[str, Any]:
        """Return a citation as a part has it."""
        return {"type": "url_citation", **citation_fields(one, self._address)}

    def _usage(self, text: str) -> dict[str, Any]:
        output_tokens = self._tokens.count(text)
        return {
            "input_tokens": self._tokens.read,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": self._tokens.read + output_tokens,
        }


class ResponseStream:
    """Writes the events of an answer as the events of a response."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self._marking = Marking()
        self._text = ""
        self._sequence_number = -1

    def encode(self, event: Event) -> Iterator[ServerSentEvent]:
        """Yield what an event adds."""
        if isinstance(event, Asked):
            yield from self._begun()
        before = len(self._marking.marked)
        if text := self._marking.write(event):
            self._text += text
            yield self._in_part("output_text.delta", delta=text, logprobs=[])
        for index, one in enumerate(self._marking.marked[before:], before):
            yield self._in_part(
                "output_text.annotation.added",
                annotation_index=index,
                annotation=self._response.annotation(one),
            )
        if isinstance(event, Done):
            yield from self._completed(event.answer)

    def error(self, status: int, message: str) -> Iterator[ServerSentEvent]:
        """Yield an error in the midst of a stream."""
        error = openai_error_json(OPENAI_STATUS.get(status, status), message)["error"]
        self._sequence_number += 1
        known = {name: error[name] for name in ("code", "message", "param")}
        yield sent("error", {"type": "error", "sequence_number": self._sequence_number, **known})

    def _begun(self) -> Iterator[ServerSentEvent]:
        yield self._sent("created", response=self._response.begun())
        yield self._sent("in_progress", response=self._response.begun())
        yield self._sent("output_item.added", output_index=0, item=self._response.item())
        yield self._in_part("content_part.added", part=self._response.part())

    def _completed(self, answer: Answer) -> Iterator[ServerSentEvent]:
        marked = tuple(self._marking.marked)
        part = self._response.part(self._text, marked)
        yield self._in_part("output_text.done", text=self._text, logprobs=[])
        yield self._in_part("content_part.done", part=part)
        yield self._sent("output_item.done", output_index=0, item=self._response.item(part))
        whole = self._response.completed(answer, self._text, marked)
        yield self._sent("completed", response=whole)

    def _in_part(self, name: str, **content: Any) -> ServerSentEvent:
        place = {"item_id": self._response.item_id, "output_index": 0, "content_index": 0}
        return self._sent(name, **place, **content)

    def _sent(self, name: str, **content: Any) -> ServerSentEvent:
        self._sequence_number += 1
        kind = f"response.{name}"
        return sent(kind, {"type": kind, "sequence_number": self._sequence_number, **content})
