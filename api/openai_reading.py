"""A conversation as OpenAI's clients send it, to a question and the turns before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from fastapi.responses import Response

from api.error_shapes import openai_error_json
from api.openai_schemas import MODEL, CompletionRequest, Message, ResponseRequest
from qa.domain import Turn
from qa.transcripts import Role, turns_of

TEXT_PARTS = frozenset({"text", "input_text", "output_text"})
IGNORED_ROLES = frozenset({"system", "developer", "tool", "function"})
MOST_MESSAGES = 40
"""Before the question; what was said before them is left out."""
MOST_CHARS = 10_000
"""Of an earlier message; what stands behind is left out."""


class Unsupported(Exception):  # noqa: N818 -- an outcome, not a failure
    """Something that this server does not do, or that is missing from the request."""

    def __init__(self, message: str, param: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.status = 404 if code == "model_not_found" else 400
        self.body = openai_error_json(
            self.status, message, param=param, code=code or "unsupported_parameter"
        )

    def response(self) -> Response:
        """Return it in OpenAI's shape."""
        return Response(orjson.dumps(self.body), self.status, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question and the turns before it, with the texts that are counted as read."""

    question: str
    turns: tuple[Turn, ...]
    texts: tuple[str, ...]


def check_model(name: str) -> None:
    """Raise Unsupported for a model that is not here."""
    if name != MODEL:
        message = f"the model {name[:100]!r} does not exist here; the one that does is {MODEL!r}"
        raise Unsupported(message, "model", code="model_not_found")


def check_completion(body: CompletionRequest) -> None:
    """Raise Unsupported for what would change the answer's kind, and cannot be had."""
    check_model(body.model)
    if body.n not in {None, 1}:
        raise Unsupported("there is one answer to a question: n can only be 1", "n")
    if body.logprobs:
        raise Unsupported("log probabilities are not known", "logprobs")
    if body.audio or (isinstance(body.modalities, list) and "audio" in body.modalities):
        raise Unsupported("answers are text; there is no audio", "modalities")
    _check_tools(body.tool_choice, "tool_choice")
    _check_tools(body.function_call, "function_call")
    _check_format(body.response_format, "response_format")


def check_response(body: ResponseRequest) -> None:
    """Raise Unsupported for what would change the answer's kind, and cannot be had."""
    check_model(body.model)
    if body.previous_response_id:
        message = "no response is stored; send the earlier messages in input"
        raise Unsupported(message, "previous_response_id")
    if body.conversation:
        message = "no conversation is stored; send the earlier messages in input"
        raise Unsupported(message, "conversation")
    if body.background:
        raise Unsupported("answers are given at once; leave background out", "background")
    _check_tools(body.tool_choice, "tool_choice")
    if isinstance(body.text, dict):
        _check_format(body.text.get("format"), "text.format")


def conversation_of(messages: str | Sequence[Message], *, param: str) -> Conversation:
    """Return the last user message as question and those before it as turns.

    Raises Unsupported without a user message, and for content that is not text.
    """
    if isinstance(messages, str):
        return Conversation(messages, (), (messages,))
    said: list[tuple[Role, str]] = []
    for number, message in enumerate(messages):
        role = _role(message, f"{param}[{number}]")
        if role and (text := _text(message, f"{param}[{number}].content")):
            said.append((role, text))
    last = max((at for at, (role, _) in enumerate(said) if role == "user"), default=None)
    if last is None:
        raise Unsupported("there is no user message with text to answer", param, code="no_question")
    question = said[last][1]
    earlier = [
        (role, text[:MOST_CHARS]) for role, text in said[max(0, last - MOST_MESSAGES) : last]
    ]
    turns = tuple(replace(one, answer=one.answer[:MOST_CHARS]) for one in turns_of(earlier))
    texts = (*(text for _, text in earlier), question[:MOST_CHARS])
    return Conversation(question, turns, texts)


def _check_tools(choice: Any, param: str) -> None:
    if choice not in (None, "none", "auto"):
        raise Unsupported("no tools are called: leave it out, or say 'auto' or 'none'", param)


def _check_format(wanted: Any, param: str) -> None:
    if wanted is None or (isinstance(wanted, dict) and wanted.get("type", "text") == "text"):
        return
    raise Unsupported("answers are text with citations; no other format can be had", param)


def _role(message: Message, param: str) -> Role | None:
    """Return who speaks, None where it is not part of the conversation."""
    if message.type == "item_reference":
        raise Unsupported("no item is stored; send the message itself", param)
    if message.type != "message" or message.role in IGNORED_ROLES:
        return None
    if message.role == "user":
        return "user"
    if message.role == "assistant":
        return "assistant"
    found = f"{message.role[:100]!r}" if message.role else "nothing"
    raise Unsupported(
        f"a role is 'user' or 'assistant', or one that is ignored ('system', 'tool' and the like); "
        f"found {found}",
        f"{param}.role",
        code="invalid_value",
    )


def _text(message: Message, param: str) -> str:
    """Return the text of a message; what an assistant said in other ways is left out."""
    if not isinstance(message.content, list):
        return message.content or ""
    for number, part in enumerate(message.content):
        if message.role == "user" and part.type not in TEXT_PARTS:
            raise Unsupported(
                f"questions are text; found a part of type {part.type!r}",
                f"{param}[{number}].type",
                code="unsupported_content",
            )
    return "\n".join(part.text or "" for part in message.content if part.type in TEXT_PARTS)
