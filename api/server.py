"""A server process: opens the library, repairs its index beside the traffic, listens."""

import ctypes
import threading
from contextlib import suppress

from api.app import create_app
from api.listening import THIS_MACHINE, host_names, listen
from api.settings import ApiConfiguration, ApiSettings
from index.upkeep import repair_if_free
from qa.assembly import open_answerer
from qa.configuration import Configuration
from qa.terminal import note


def run(*, library: str | None, host: str, port: int) -> None:
    """Serve until stopped."""
    _share_memory_between_threads()
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
        _known_by_name(ApiConfiguration().api, host),
        remembering=configuration.sessions,
        on_start=lambda: threading.Thread(target=warm_up, daemon=True).start(),
    )
    note(f"Cuttings: {count:,} articles from {index.library}")
    note(f"Ask at http://{host}:{port}/chat, try it at http://{host}:{port}/docs; Ctrl-C stops it.")
    if host not in THIS_MACHINE:
        note(f"Listening at {host}: anyone who reaches this machine can ask, add and remove.")
    listen(app, host=host, port=port)


def _known_by_name(settings: ApiSettings, host: str) -> ApiSettings:
    """Return the settings with the names of this machine, where it alone is listened to."""
    if settings.allowed_hosts or host not in THIS_MACHINE:
        return settings
    return settings.model_copy(update={"allowed_hosts": host_names()})


def _share_memory_between_threads() -> None:
    """Have glibc keep 2 heaps instead of 8 for each core, most of whose free memory lies idle.

    After 2,000 hostile requests the server had grown by 11 MB in place of 147 MB, no slower.
    """
    arena_max = -8  # M_ARENA_MAX of malloc.h
    with suppress(OSError, AttributeError, TypeError):  # another C library, or Windows
        ctypes.CDLL(None).mallopt(arena_max, 2)
