"""What tests share: a library in a temporary folder, and the articles to fill it with."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fakes import FakeEmbeddings

from index.ingest import Ingest, IngestReport
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings

EXAMPLES = Path(__file__).parent.parent / "examples" / "articles"


@pytest.fixture
def embeddings() -> FakeEmbeddings:
    return FakeEmbeddings()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "library")
    yield opened
    opened.close()


@pytest.fixture
def add(library: Library, embeddings: FakeEmbeddings) -> Callable[..., IngestReport]:
    """Add paths to the library as `cuttings add` does."""

    def run(*paths: Path, prune: bool = False, **options: Any) -> IngestReport:
        settings = IndexSettings(library=library.folder)
        with writing(library.folder, doing="testing"):
            return Ingest(library, embeddings, settings, **options).add_paths(paths, prune=prune)

    return run


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    return folder
