"""The way of a conversation, as OpenAI's clients send it, to the events of its answer."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.chat import article_filter
from api.openai_reading import Conversation
from api.schemas import Filters
from api.streaming import answer_events
from qa.assembly import Opened
from qa.events import Event


@dataclass(frozen=True, slots=True)
class Tokens:
    """How many tokens were read, and how those of what is written are counted."""

    read: int
    count: Callable[[str], int]
    """As the embedding model splits text; another model's count is near it."""


async def tokens_of(library: Opened, conversation: Conversation) -> Tokens:
    """Return the count of a conversation."""
    count = library.embeddings.count_tokens
    read = sum(await run_in_threadpool(count, conversation.texts))
    return Tokens(read, lambda text: sum(count([text])))


def events_of(
    request: Request, library: Opened, conversation: Conversation, filters: Filters | None
) -> AsyncGenerator[Event]:
    """Return the events of the answer; see api.streaming."""
    return answer_events(
        request.app.state.gate,
        library.answerer,
        conversation.question,
        where=article_filter(filters) if filters else None,
        turns=conversation.turns,
    )
