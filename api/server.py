"""A server process: opens the library, repairs its index beside the traffic, listens."""

import threading
from contextlib import suppress

import click
import uvicorn

from api.app import create_app
from api.settings import ApiConfiguration
from index.upkeep import repair_if_free
from qa.assembly import open_answerer
from qa.configuration import Configuration
from qa.terminal import note


def run(*, library: str | None, host: str, port: int) -> None:
    """Serve until stopped."""
    configuration = Configuration()
    index = configuration.index(library)
    opened = open_answerer(index, configuration.qa(), many_questions=True, notify=note)

    def repair() -> None:
        if opened.library.exists() and opened.library.meta("embedder"):
            for line in repair_if_free(opened.library, opened.embeddings.identity):
                note(line)

    def warm_up() -> None:
        """Load model and index before the first question waits for them."""
        opened.embeddings.embed_questions(["ready"])
        if opened.library.exists() and opened.library.count_passages():
            opened.answerer.passages("ready")
        repair()

    count = opened.library.count_articles() if opened.library.exists() else 0
    app = create_app(
        opened,
        index,
        ApiConfiguration().api,
        on_start=lambda: threading.Thread(target=warm_up, daemon=True).start(),
    )
    note(f"Cuttings: {count:,} articles from {index.library}")
    note(f"Ask at http://{host}:{port}/chat, try it at http://{host}:{port}/docs; Ctrl-C stops it.")
    if host not in {"127.0.0.1", "localhost", "::1"}:
        note(f"Listening at {host}: anyone who reaches this machine can ask, add and remove.")
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        timeout_keep_alive=30,
        limit_concurrency=512,
        h11_max_incomplete_event_size=65536,
    )
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again when it has stopped
        server.run()
    if not server.started:
        raise click.ClickException(f"could not listen at {host}:{port}; is another server there?")
