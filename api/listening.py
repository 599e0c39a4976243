"""Listening at an address until stopped, for every application that is served."""

from contextlib import suppress
from typing import Any

import click
import uvicorn

from api.protocol import MAX_HEAD_BYTES, GuardedProtocol

THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def host_names(*more: str) -> tuple[str, ...]:
    """Return this machine's own names and others as a Host header has them, each once."""
    names = dict.fromkeys((*sorted(THIS_MACHINE), *more))
    return tuple(f"[{one}]" if ":" in one else one for one in names)


def listen(app: Any, *, host: str, port: int) -> None:
    """Serve an ASGI application until stopped; raises ClickException where it cannot listen."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_keep_alive=30,
        limit_concurrency=512,
        http=GuardedProtocol,
        ws="none",
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
    )
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has stopped
        server.run()
    if not server.started:
        raise click.ClickException(f"could not listen at {host}:{port}; is another server there?")
