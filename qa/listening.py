"""Listens to a chat model from a thread, so that silence, faults and haste end it in time."""

import queue
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

from qa.chat_models import ChatModel
from qa.errors import ChatModelError
from qa.prompting import Message

TICK_SECONDS = 0.25
WAITING_PARTS = 64
"""A model that writes faster than its sentences are checked waits."""
TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
TRANSIENT_NAMES = ("timeout", "connect", "ratelimit", "overloaded", "unavailable", "internalserver")
LONGEST_PAUSE_SECONDS = 8.0


def listened(
    model: ChatModel, messages: Sequence[Message], *, seconds: float, retries: int
) -> Generator[str | None, None, None]:
    """Yield the reply in parts, and None where none came within a quarter of a second.

    A fault that may pass is tried again while nothing has come yet. Raises ChatModelError, with a
    reason that is safe to show, at a fault that stays and when `seconds` are up. Closing the
    iterator closes the model's stream.
    """
    until = time.monotonic() + seconds
    parts: queue.Queue[str | Exception | None] = queue.Queue(WAITING_PARTS)
    stopping = threading.Event()
    listener = _Listener(model, list(messages), retries, seconds, parts, stopping)
    threading.Thread(target=listener.listen, name="listening", daemon=True).start()
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                part = parts.get(timeout=min(TICK_SECONDS, left))
            except queue.Empty:
                yield None
                continue
            if part is None:
                return
            if isinstance(part, Exception):
                raise ChatModelError(reason_of(part))
            yield part
        raise ChatModelError(f"it was not done within {seconds:g} s")
    finally:
        stopping.set()


def reason_of(error: BaseException) -> str:
    """Return a fault in words of our own: a provider's message may hold a key or an article."""
    status, name = _status(error), type(error).__name__
    lower = name.lower()
    if status == 429 or "ratelimit" in lower:
        return "its provider answers no more requests for now (rate limit)"
    if status in (401, 403) or "authentication" in lower or "permission" in lower:
        return "its provider does not accept the key"
    if status == 404:
        return "its provider does not know the model"
    if isinstance(error, TimeoutError) or "timeout" in lower:
        return "it did not answer in time"
    if isinstance(error, ConnectionError) or "connect" in lower:
        return "its provider cannot be reached"
    return f"it failed ({name}{f', status {status}' if status else ''})"


def is_transient(error: BaseException) -> bool:
    """Return whether the same request may go well a moment later."""
    if (status := _status(error)) is not None:
        return status in TRANSIENT_STATUS
    name = type(error).__name__.lower()
    known = isinstance(error, TimeoutError | ConnectionError)
    return known or any(part in name for part in TRANSIENT_NAMES)


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "http_status"):
            value = getattr(holder, name, None)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
    return None


@dataclass(slots=True)
class _Listener:
    """What the thread does: the model's stream into `parts`, an exception or None at its end."""

    model: ChatModel
    messages: list[Message]
    retries: int
    seconds: float
    parts: "queue.Queue[str | Exception | None]"
    stopping: threading.Event
    heard: bool = False

    def listen(self) -> None:
        """Listen to the end, trying again what may pass as long as nothing was heard."""
        import tenacity

        trying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._may_pass),
            stop=tenacity.stop_after_attempt(self.retries + 1)
            | tenacity.stop_after_delay(self.seconds),
            wait=tenacity.wait_random_exponential(0.25, LONGEST_PAUSE_SECONDS),
            sleep=tenacity.sleep_using_event(self.stopping),
            reraise=True,
        )
        try:
            trying(self._listen_once)
        except Exception as error:  # a provider may raise anything; the caller falls back
            self._put(error)
        else:
            self._put(None)

    def _may_pass(self, error: BaseException) -> bool:
        return not self.heard and not self.stopping.is_set() and is_transient(error)

    def _listen_once(self) -> None:
        stream = self.model.stream(self.messages)
        try:
            for chunk in stream:
                if self.stopping.is_set():
                    return
                if text := _text(chunk):
                    self.heard = True
                    self._put(text)
        finally:
            if close := getattr(stream, "close", None):
                close()

    def _put(self, part: str | Exception | None) -> None:
        while not self.stopping.is_set():
            try:
                self.parts.put(part, timeout=TICK_SECONDS)
            except queue.Full:
                continue
            return


def _text(chunk: Any) -> str:
    text = getattr(chunk, "text", "")
    return str(text() if callable(text) and not isinstance(text, str) else text)
