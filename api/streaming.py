"""The events of an answer as server-sent events: its turn, its thread, its end.

A question is worked on in a thread, when it is its turn. What the work yields is kept for the
client, so that a slow one does not hold the turn; a client that leaves stops the work.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing, closing, suppress
from functools import partial
from typing import Any

import orjson
from anyio import BrokenResourceError, create_memory_object_stream, from_thread, to_thread
from anyio.streams.memory import MemoryObjectSendStream
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.error_shapes import error_json
from api.errors import status_of
from api.guards import QuestionGate
from api.settings import ApiSettings
from index.filters import ArticleFilter
from qa.answering import QuestionAnswerer
from qa.domain import Answer, Turn
from qa.events import Done, Event, Waiting

EVENTS_KEPT = 1_000
"""For a client that reads slowly. The events of an answer are fewer, so that in practice none
waits; a chat model that went on for ever would have to."""
STALLED_SECONDS = 300
"""A client that takes in nothing for so long is given up."""
HEADERS = {"Cache-Control": "no-cache, no-transform"}
LINE_END = "\n"

Encode = Callable[[Event], Iterable[ServerSentEvent]]
_working: set["asyncio.Task[None]"] = set()


class ClientGone(Exception):  # noqa: N818 -- an outcome, not a failure
    """The client left before its answer was there."""


def answer_events(
    gate: QuestionGate,
    answerer: QuestionAnswerer,
    question: str,
    *,
    where: ArticleFilter | None = None,
    turns: Sequence[Turn] = (),
) -> AsyncGenerator[Event]:
    """Yield the events of an answer; raises what `QuestionAnswerer.events` raises, and Refused.

    Closing the generator, or cancelling who waits for it, stops the work.
    """
    return worked(gate, partial(answerer.events, question, where=where, turns=turns))


async def worked(
    gate: QuestionGate, events: Callable[[], Generator[Event]]
) -> AsyncGenerator[Event]:
    """Yield events that a thread makes when it is their turn; without Waiting.

    The turn is given on when the work is done, however slowly the events are taken.
    """
    send, receive = create_memory_object_stream[Event | Exception](EVENTS_KEPT)
    with receive, send:
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(gate)
            task = asyncio.create_task(_work(turn.pop_all(), send.clone(), events))
        send.close()
        _working.add(task)  # the loop itself holds tasks by weak references only
        task.add_done_callback(_working.discard)
        async for item in receive:
            if isinstance(item, Exception):
                raise item
            yield item


async def _work(
    turn: AsyncExitStack,
    send: MemoryObjectSendStream[Event | Exception],
    events: Callable[[], Generator[Event]],
) -> None:
    """Make the events in a thread, then give the turn on."""
    with send:
        async with turn:
            try:
                await to_thread.run_sync(_make, events, send)
            except Exception as error:
                with suppress(BrokenResourceError):
                    await send.send(error)


def _make(
    events: Callable[[], Generator[Event]], send: MemoryObjectSendStream[Event | Exception]
) -> None:
    """Make events until they end or nobody wants them; closes the iterator in its own thread."""
    with closing(events()) as made:
        for event in made:
            if isinstance(event, Waiting):
                if not from_thread.run_sync(send.statistics).open_receive_streams:
                    return
                continue
            try:
                from_thread.run(send.send, event)
            except BrokenResourceError:
                return


async def whole_answer(request: Request, events: AsyncGenerator[Event]) -> Answer:
    """Return the answer that events come to; raises ClientGone where nobody waits for it."""

    async def last() -> Answer:
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Done):
                    return event.answer
        raise AssertionError("events end with Done")

    task = asyncio.create_task(last())
    await _while_connected(request, task)
    return await task


async def event_stream(
    request: Request,
    events: AsyncGenerator[Event],
    encode: Encode,
    encode_error: Callable[[int, str], Iterable[ServerSentEvent]],
    settings: ApiSettings,
) -> EventSourceResponse:
    """Return the events as a response; raises what is known to be wrong before the first.

    Where the first event takes longer than a heartbeat, the response begins without it, and an
    error is an event like any later one. Raises ClientGone.
    """
    first = asyncio.create_task(_first(events))
    await _while_connected(request, first, seconds=settings.heartbeat_seconds)
    if first.done() and (error := first.exception()):
        raise error
    return EventSourceResponse(
        _encoded(first, events, encode, encode_error),
        headers=HEADERS,
        ping=settings.heartbeat_seconds,
        ping_message_factory=lambda: ServerSentEvent(comment="still here", sep=LINE_END),
        sep=LINE_END,
        send_timeout=STALLED_SECONDS,
    )


def sent(name: str, content: dict[str, Any]) -> ServerSentEvent:
    """Return a named event with JSON."""
    return ServerSentEvent(in_one_line(content), event=name, sep=LINE_END)


def in_one_line(content: Any) -> str:
    """Return JSON without the line ends that only Unicode knows, at which some clients cut it."""
    written = orjson.dumps(content).decode()
    for end in ("\u2028", "\u2029", "\x85"):
        written = written.replace(end, f"\\u{ord(end):04x}")
    return written


def sent_error(status: int, message: str) -> Iterable[ServerSentEvent]:
    """Return an error in the shape of every error, as an event."""
    return (sent("error", error_json(status, message)),)


async def _first(events: AsyncGenerator[Event]) -> Event:
    return await anext(events)


async def _encoded(
    first: "asyncio.Task[Event]",
    events: AsyncGenerator[Event],
    encode: Encode,
    encode_error: Callable[[int, str], Iterable[ServerSentEvent]],
) -> AsyncGenerator[ServerSentEvent]:
    async with aclosing(events):
        try:
            for one in encode(await first):
                yield one
            async for event in events:
                for one in encode(event):
                    yield one
        except Exception as error:
            status = status_of(error)
            if status == 500:
                logging.getLogger("uvicorn.error").exception("while answering")
            for one in encode_error(status, str(error) if status != 500 else "internal error"):
                yield one


async def _while_connected(
    request: Request, task: "asyncio.Task[Any]", *, seconds: float | None = None
) -> None:
    """Wait until the task is done or the time is over; cancels it where the client leaves first."""
    gone = asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({task, gone}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if gone.done() and not task.done():
            task.cancel()
            raise ClientGone
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        gone.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
