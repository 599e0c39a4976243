"""`POST /v1/chat/completions` and `GET /v1/models`: what OpenAI's clients and their like speak."""

import time
import uuid
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from sse_starlette import ServerSentEvent

from api.chat import OpenedLibrary
from api.error_shapes import OPENAI_STATUS, openai_error_json
from api.openai_asking import Tokens, events_of, tokens_of
from api.openai_reading import check_completion, check_model, conversation_of
from api.openai_schemas import MODEL, OPENAI_ERRORS, CompletionRequest
from api.openai_writing import AddressOf, about, addresses, citation_fields, search_results
from api.streaming import LINE_END, event_stream, in_one_line, whole_answer
from qa.domain import Answer
from qa.events import Asked, Done, Event
from qa.transcripts import Marked, Marking, written

router = APIRouter(prefix="/v1", tags=["as OpenAI's clients speak"], responses=OPENAI_ERRORS)
MODEL_CARD = {"id": MODEL, "object": "model", "created": 1_735_689_600, "owned_by": "cuttings"}


@router.get("/models")
def models() -> dict[str, Any]:
    """List the one model there is: the articles, and what answers from them."""
    return {"object": "list", "data": [MODEL_CARD]}


@router.get("/models/{name}")
def model(name: str) -> dict[str, Any]:
    """Return the model of that name."""
    check_model(name)
    return MODEL_CARD


@router.post("/chat/completions")
async def chat_completions(
    body: CompletionRequest, request: Request, library: OpenedLibrary
) -> Any:
    """Answer the last user message; nothing is stored.

    Citations stand as markers such as [1] in the content, as `annotations` of the message, and
    with the quoted text in `search_results`. What this server cannot do is ignored where the
    answer is none the worse for it, and refused elsewhere.
    """
    check_completion(body)
    conversation = conversation_of(body.messages, param="messages")
    tokens = await tokens_of(library, conversation)
    completion = Completion(tokens, addresses(request))
    events = events_of(request, library, conversation, body.filters)
    if not body.stream:
        return completion.whole(await whole_answer(request, events))
    options = body.stream_options
    chunks = Chunks(completion, with_usage=bool(options and options.include_usage))
    return await event_stream(
        request, events, chunks.encode, sent_error, request.app.state.settings
    )


class Completion:
    """One completion: its name and what goes with its content."""

    def __init__(self, tokens: Tokens, address: AddressOf) -> None:
        self.head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time())}
        self._tokens = tokens
        self._address = address

    def whole(self, answer: Answer) -> dict[str, Any]:
        """Return the completion as one object."""
        content, marked = written(answer)
        message = {
            "role": "assistant",
            "content": content,
            "refusal": None,
            "annotations": self.annotations(marked),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self.head,
            "object": "chat.completion",
            "model": MODEL,
            "choices": [choice],
            "usage": self.usage(content),
            **self.beside(answer, marked),
        }

    def annotations(self, marked: Iterable[Marked]) -> list[dict[str, Any]]:
        """Return the citations as a message has them."""
        return [
            {"type": "url_citation", "url_citation": citation_fields(one, self._address)}
            for one in marked
        ]

    def beside(self, answer: Answer, marked: Iterable[Marked]) -> dict[str, Any]:
        """Return what stands beside the choices."""
        return {"search_results": search_results(marked, self._address), **about(answer)}

    def usage(self, content: str) -> dict[str, int]:
        """Return how many tokens, as the embedding model counts them, were read and written."""
        written_tokens = self._tokens.count(content)
        return {
            "prompt_tokens": self._tokens.read,
            "completion_tokens": written_tokens,
            "total_tokens": self._tokens.read + written_tokens,
        }


class Chunks:
    """Writes the events of an answer as the chunks of a completion."""

    def __init__(self, completion: Completion, *, with_usage: bool) -> None:
        self._completion = completion
        self._with_usage = with_usage
        self._marking = Marking()
        self._content = ""

    def encode(self, event: Event) -> list[ServerSentEvent]:
        """Return the chunks that an event adds."""
        if isinstance(event, Asked):
            return [self._chunk({"role": "assistant", "content": ""})]
        text = self._marking.write(event)
        self._content += text
        chunks = [self._chunk({"content": text})] if text else []
        return [*chunks, *self._end(event.answer)] if isinstance(event, Done) else chunks

    def _end(self, answer: Answer) -> Iterable[ServerSentEvent]:
        marked = self._marking.marked
        beside = self._completion.beside(answer, marked)
        if marked:
            yield self._chunk({"annotations": self._completion.annotations(marked)})
        yield self._chunk({}, finish_reason="stop", **beside)
        if self._with_usage:
            usage = self._completion.usage(self._content)
            yield self._sent({"choices": [], "usage": usage, **beside})
        yield ServerSentEvent("[DONE]", sep=LINE_END)

    def _chunk(
        self, delta: dict[str, Any], *, finish_reason: str | None = None, **beside: Any
    ) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self._with_usage else {}
        return self._sent({"choices": [choice], **usage, **beside})

    def _sent(self, content: dict[str, Any]) -> ServerSentEvent:
        head = {**self._completion.head, "object": "chat.completion.chunk", "model": MODEL}
        return ServerSentEvent(in_one_line({**head, **content}), sep=LINE_END)


def sent_error(status: int, message: str) -> Iterable[ServerSentEvent]:
    """Return an error in the midst of a stream, as OpenAI's clients raise it."""
    body = openai_error_json(OPENAI_STATUS.get(status, status), message)
    return (ServerSentEvent(in_one_line(body), sep=LINE_END),)
