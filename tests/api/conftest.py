"""What tests of the door share: the application over a library of one article."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbeddings
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import ApiSettings
from index.library import Library
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import Opened
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import IndexedNeighbours
from qa.retrieval import Retriever
from qa.sentence_rule import SentenceRule
from qa.settings import AnsweringSettings

TEXT = "Bridge opens\n\nThe harbour bridge opened on Friday. Mayor Ana Duarte cut the ribbon."


class ServedEmbeddings(FakeEmbeddings):
    """The fake, with what the door asks of the real one."""

    @property
    def lean(self) -> "ServedEmbeddings":
        return self


@pytest.fixture
def client(library: Library, add: Callable[..., object], news: Path) -> Iterator[TestClient]:
    (news / "bridge.txt").write_text(TEXT)
    add(news)
    embeddings: Any = ServedEmbeddings()
    retriever = Retriever(library, embeddings, IndexedNeighbours(library))
    answerer = QuestionAnswerer(
        library,
        retriever,
        ExtractiveAnswerer(SentenceRule(embeddings)),
        AnsweringSettings(threshold=0.0),
    )
    app = create_app(
        Opened(library, embeddings, answerer),
        IndexSettings(library=library.folder),
        ApiSettings(max_body_bytes=20_000),
    )
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened
