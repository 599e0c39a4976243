"""What a reader in another process sees of a library while it is written."""

import threading
from pathlib import Path

from index.health import summary
from index.library import Library

LOOK_SECONDS = 0.05
Whole = dict[str, frozenset[str]]
"""Article id to the ids of its passages."""


class Reader(threading.Thread):
    """Looks at a library as `cuttings status --json` does, opening it anew each time."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._stop_asked = threading.Event()
        self.seen: set[str] = set()
        self.errors: list[str] = []

    def run(self) -> None:
        """Look until stopped."""
        while not self._stop_asked.wait(LOOK_SECONDS):
            library = Library(self._folder)
            try:
                self.seen |= current_ids(library)
                summary(library)
            except Exception as error:
                self.errors.append(f"{type(error).__name__}: {error}")
            finally:
                library.close()

    def stop(self) -> None:
        """Look no more."""
        self._stop_asked.set()
        self.join()


def current_ids(library: Library) -> set[str]:
    """Return the ids of all current articles."""
    found = library.connection.execute("SELECT id FROM articles WHERE superseded_by IS NULL")
    return {article_id for (article_id,) in found}


def passages_of(library: Library) -> Whole:
    """Return all current articles with their passages."""
    kept: dict[str, set[str]] = {article_id: set() for article_id in current_ids(library)}
    for article_id, passage_id in library.connection.execute("SELECT article_id, id FROM passages"):
        kept.setdefault(article_id, set()).add(passage_id)
    return {article_id: frozenset(ids) for article_id, ids in kept.items()}
