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
        for one in _found_at(path):
            if isinstance(one, Skipped):
                yield one
            elif one.path not in seen:
                seen.add(one.path)
                yield _with_storable_name(one)


def _found_at(path: Path) -> Iterable[FoundFile | Skipped]:
    try:
        if path.is_dir():
            return _files_in(path)
        if path.exists():
            return [FoundFile(path, named=True)]
    except OSError as error:  # such as a name of 300 characters, or a folder that is not ours
        return [Skipped(_printable(path), error.strerror or "cannot be read")]
    return [Skipped(_printable(path), "no such file or folder")]


def _with_storable_name(file: FoundFile) -> FoundFile | Skipped:
    """Turn away a file whose name is not text: neither SQLite nor JSON can hold it."""
    printable = _printable(file.path)
    if printable == str(file.path):
        return file
    return Skipped(printable, "its name is not UTF-8; rename the file or its folder")


def _printable(path: object) -> str:
    return str(path).encode("utf-8", "replace").decode()


def _files_in(folder: Path) -> Iterator[FoundFile | Skipped]:
    unreadable: list[Skipped] = []

    def note(error: OSError) -> None:
        unreadable.append(Skipped(_printable(error.filename), error.strerror or "cannot be read"))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield FoundFile(Path(parent, name), named=False)
    yield from unreadable
