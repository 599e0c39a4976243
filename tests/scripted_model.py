"""A chat model that says what it is told, token by token, and fails how it is told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field


@dataclass(frozen=True)
class Hang:
    """Says nothing more until it is let go."""

    released: threading.Event


@dataclass(frozen=True)
class Forever:
    """Says the same again and again, without end."""

    text: str


Part = str | Exception | Hang | Forever
Reply = Sequence[Part] | Callable[[str], str]
"""Parts in their order; or what makes a reply of the prompt."""


class ScriptedModel(BaseChatModel):
    """Gives its replies in their order, the last one again and again, and keeps the prompts."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    replies: list[Any]
    prompts: list[str] = Field(default_factory=list)
    closed: int = 0
    """How many streams ended, to their end or by being closed."""
    characters_at_once: int = 7

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.prompts.append("\n".join(str(one.content) for one in messages))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        parts = [reply(self.prompts[-1])] if callable(reply) else reply
        try:
            for part in parts:
                yield from map(_chunk, self._tokens(part))
        finally:
            self.closed += 1

    def _tokens(self, part: Part) -> Iterator[str]:
        if isinstance(part, Exception):
            raise part
        if isinstance(part, Hang):
            part.released.wait(30)
            return
        if isinstance(part, Forever):
            while True:
                yield part.text
        for at in range(0, len(part), self.characters_at_once):
            yield part[at : at + self.characters_at_once]

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(str(one.message.content) for one in self._stream(messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])


def _chunk(text: str) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text))
