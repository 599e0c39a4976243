"""A server on this machine that speaks what langchain-openai needs of OpenAI's protocol."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class OpenAIServer(ThreadingHTTPServer):
    """Streams one reply to whoever asks, word by word, and keeps what was asked."""

    daemon_threads = True

    def __init__(self, reply: str, *, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reply = reply
        self.status = status
        self.requests: list[dict[str, object]] = []

    @property
    def base_url(self) -> str:
        """The address to set as OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def openai_server(reply: str, *, status: int = 200) -> Iterator[OpenAIServer]:
    """Serve while the context lasts."""
    server = OpenAIServer(reply, status=status)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.server.requests.append(json.loads(self.rfile.read(length)))
        self.send_response(self.server.status)
        if self.server.status != 200:
            body = b'{"error": {"message": "not today", "type": "x", "code": "x"}}'
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for word in [*self.server.reply.split(" "), None]:
            delta = {"content": f"{word} "} if word is not None else {}
            choice = {"index": 0, "delta": delta, "finish_reason": None if word else "stop"}
            chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m"}
            self.wfile.write(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""
