"""What stands before the guards: HTTP itself, with bounds on how large and how slow a head may be.

uvicorn's faster parser, httptools, takes headers without a limit (measured: 50 MB of one header
kept in memory), and neither of its parsers gives up on a head that never ends, so that 512 silent
connections would keep everybody else out.
"""

import asyncio
from typing import Any, ClassVar

import h11
import orjson
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_BYTES = 65_536


class GuardedProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose head is too slow, and says in JSON what is wrong."""

    head_seconds: ClassVar[float] = 20.0
    """From the first byte, or the connection, to the end of the headers; beyond it 408."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for a head."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while the head is incomplete."""
        super().data_received(data)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._stop_waiting()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP/1.1; larger heads than the limit count as that."""
        self._refuse(
            400, f"{msg} Expected HTTP/1.1 with a head of at most {MAX_HEAD_BYTES:,} bytes."
        )

    def _expect_head(self) -> None:
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._stop_waiting()
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self._refuse(408, f"the headers took longer than {self.head_seconds:g} s")

    def _refuse(self, status: int, message: str) -> None:
        """Answer past h11, which may be in any state by now, and close."""
        busy = self.cycle is not None and not self.cycle.response_complete
        if not busy or not self.cycle.response_started:
            content = orjson.dumps({"error": {"status": status, "message": message}})
            reason = {400: "Bad Request", 408: "Request Timeout"}[status]
            head = (
                f"HTTP/1.1 {status} {reason}\r\ncontent-type: application/json\r\n"
                f"content-length: {len(content)}\r\nconnection: close\r\n\r\n"
            )
            self.transport.write(head.encode() + content)
        if busy:
            self.cycle.disconnected = True  # what the application answers now comes too late
        self.transport.close()
