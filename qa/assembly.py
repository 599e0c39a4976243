"""The only wiring: settings to a QuestionAnswerer."""

from collections.abc import Callable
from dataclasses import dataclass

from index import model_files
from index.embedding import CuttingsEmbeddings
from index.encoders import open_session
from index.errors import EmbedderError
from index.library import Library
from index.settings import EmbeddingSettings, IndexSettings
from index.writing import check_embedder
from qa.answering import QuestionAnswerer
from qa.errors import ReaderError
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours, IndexedNeighbours
from qa.reader import TrainedReader
from qa.reader_files import locate_reader
from qa.reader_model import Network, ReaderModel
from qa.retrieval import Retriever
from qa.sentence_rule import SentenceRule
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
    answerer = QuestionAnswerer(
        library, retriever, _extractive(index, qa, embeddings, notify), qa.answering
    )
    return Opened(library, embeddings, answerer)


def _extractive(
    index: IndexSettings,
    qa: QaSettings,
    embeddings: CuttingsEmbeddings,
    notify: Callable[[str], None] | None,
) -> ExtractiveAnswerer:
    """Return the answerer with the trained reader, or with the sentence rule, which it says."""
    if qa.reader.enabled:
        try:
            reader = open_reader(index, qa, embeddings)
            return ExtractiveAnswerer(reader, qa.reader.passages, qa.extractive)
        except ReaderError as error:
            if notify:
                notify(f"{error}; until then whole sentences are given by a simpler rule")
    rule = SentenceRule(embeddings, qa.sentence_rule)
    return ExtractiveAnswerer(rule, qa.sentence_rule.passages, qa.extractive)


def open_reader(
    index: IndexSettings, qa: QaSettings, embeddings: CuttingsEmbeddings
) -> TrainedReader:
    """Return the trained reader; raises ReaderError where its files are missing or altered."""
    cache = index.embedding.cache_folder
    try:
        shipped = model_files.locate(EmbeddingSettings(cache_folder=cache))
    except EmbedderError as error:
        raise ReaderError(f"the reader's tokenizer is missing: {error}") from None
    files = locate_reader(cache)

    def open_network() -> Network:
        network: Network = open_session(files.onnx(embeddings.onnx_runtime))
        return network

    return TrainedReader(ReaderModel(shipped.tokenizer, open_network), qa.reader)
