"""The only wiring: settings to a QuestionAnswerer."""

from collections.abc import Callable
from dataclasses import dataclass

from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.settings import IndexSettings
from index.writing import check_embedder
from qa.answering import QuestionAnswerer
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours, IndexedNeighbours
from qa.reader import SentenceReader
from qa.retrieval import Retriever
from qa.settings import QaSettings


@dataclass(frozen=True, slots=True)
class Opened:
    """A library opened for questions, with the parts that other entrances need too."""

    library: Library
    embeddings: CuttingsEmbeddings
    answerer: QuestionAnswerer


def open_answerer(
    index: IndexSettings,
    qa: QaSettings | None = None,
    *,
    many_questions: bool,
    notify: Callable[[str], None] | None = None,
) -> Opened:
    """Open a library; `many_questions` is true for a server, which pays Chroma's start-up once.

    Raises EmbedderMismatchError where the library was embedded with another model.
    """
    qa = qa or QaSettings()
    library = Library(index.library)
    embeddings = CuttingsEmbeddings(index.embedding, notify=notify)
    if library.exists():
        check_embedder(library, embeddings.identity)
    neighbours = (
        IndexedNeighbours(library, notify=notify) if many_questions else ExactNeighbours(library)
    )
    retriever = Retriever(library, embeddings, neighbours, qa.retrieval)
    reader = SentenceReader(embeddings, qa.sentence_rule)
    answerer = QuestionAnswerer(library, retriever, ExtractiveAnswerer(reader), qa.answering)
    return Opened(library, embeddings, answerer)
