"""Removal by the names that people have for articles: ids, files, folders and addresses."""

from collections.abc import Sequence
from pathlib import Path

from index.library import Library
from index.writing import LibraryWriter


def remove(library: Library, writer: LibraryWriter, names: Sequence[str]) -> tuple[int, list[str]]:
    """Remove what `names` name; return how many articles went, and the names that are unknown."""
    removed, unknown = 0, []
    for name in names:
        places, files = _places(library, name)
        if library.article(name) is not None:
            removed += writer.remove_articles([name])
        elif places or files:
            removed += writer.remove_places(places, files=files)
        elif ids := _ids_by_address(library, name):
            removed += writer.remove_articles(ids)
        else:
            unknown.append(name)
    return removed, unknown


def _places(library: Library, name: str) -> tuple[list[str], list[str]]:
    path = str(Path(name).expanduser().absolute())
    below = path.rstrip("/\\") + "/"
    found = library.connection.execute(
        "SELECT place FROM places "
        "WHERE place = ? OR place = ? OR file = ? OR substr(file, 1, ?) = ?",
        (name, path, path, len(below), below),
    ).fetchall()
    files = library.connection.execute(
        "SELECT path FROM files WHERE path = ? OR substr(path, 1, ?) = ?", (path, len(below), below)
    ).fetchall()
    return [place for (place,) in found], [file for (file,) in files]


def _ids_by_address(library: Library, url: str) -> list[str]:
    found = library.connection.execute("SELECT id FROM articles WHERE url = ?", (url,))
    return [article_id for (article_id,) in found]
