"""Which files lie under what the person named, in a stable order."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.domain import Skipped


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to load; `named` is true where the person gave this very path."""

    path: Path
    named: bool


def walk(paths: Iterable[Path]) -> Iterator[FoundFile | Skipped]:
    """Yield every visible file under `paths`, folders sorted and walked to the bottom, each once.

    Links to folders are not followed, so that a loop cannot trap the walk.
    """
    seen: set[Path] = set()
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100 -- resolve() would follow links
        if path.is_dir():
            found: Iterable[FoundFile | Skipped] = _files_in(path)
        elif path.exists():
            found = [FoundFile(path, named=True)]
        else:
            found = [Skipped(str(path), "no such file or folder")]
        for one in found:
            if isinstance(one, Skipped):
                yield one
            elif one.path not in seen:
                seen.add(one.path)
                yield one


def _files_in(folder: Path) -> Iterator[FoundFile | Skipped]:
    unreadable: list[Skipped] = []

    def note(error: OSError) -> None:
        unreadable.append(Skipped(str(error.filename), error.strerror or "cannot be read"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield FoundFile(Path(parent, name), named=False)
    yield from unreadable
