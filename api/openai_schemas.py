"""What OpenAI's clients send, as far as it is read; every other parameter is ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Filters

MODEL = "cuttings"
Few = Field(max_length=10_000, fail_fast=True)
"""A list whose first bad item ends its reading: an error for each of a million takes minutes."""


class Part(BaseModel):
    """A part of a message's content."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, Field(max_length=100)]
    text: str | None = None


class Message(BaseModel):
    """A message of the conversation; an item of another type has no role."""

    model_config = ConfigDict(extra="ignore")

    type: Annotated[str, Field(max_length=100)] = "message"
    role: Annotated[str, Field(max_length=100)] | None = None
    content: str | Annotated[list[Part], Few] | None = None


class StreamOptions(BaseModel):
    """What a stream ends with."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """A conversation whose last user message is the question; `filters` is ours."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {"model": MODEL, "messages": [{"role": "user", "content": "Who spoke?"}]},
            ]
        },
    )

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1), Few]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    filters: Filters | None = None
    n: int | None = None
    logprobs: bool | None = None
    tool_choice: Any = None
    function_call: Any = None
    response_format: Any = None
    modalities: Any = None
    audio: Any = None


class ResponseRequest(BaseModel):
    """The same as OpenAI's newer interface has it."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"examples": [{"model": MODEL, "input": "Who spoke?"}]}
    )

    model: str = MODEL
    input: str | Annotated[list[Message], Few]
    stream: bool | None = None
    filters: Filters | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = None
    tool_choice: Any = None
    text: Any = None


class OpenAIErrorDetail(BaseModel):
    """What was wrong, and with which parameter."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIErrorReply(BaseModel):
    """The shape of every error under /v1."""

    error: OpenAIErrorDetail


OPENAI_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": OpenAIErrorReply} for status in (400, 404, 408, 409, 413, 422, 503)
}
"""Of which 409 and 422 never happen there; they stand in for what the other paths say."""
