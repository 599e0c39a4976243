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
from qa.extractive import Answerer, ExtractiveAnswerer
from qa.follow_up import FollowUps
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
    extractive = _with_reader(index, qa, embeddings, notify)
    answering = qa.answering
    if extractive is None:
        rule = SentenceRule(embeddings, qa.sentence_rule)
        read = qa.sentence_rule.passages
        alone = qa.extractive.model_copy(update={"most_items": 1, "most_also_said": 0})
        extractive = ExtractiveAnswerer(rule, read, read, alone)
        if "threshold" not in answering.model_fields_set:
            answering = answering.model_copy(update={"threshold": qa.sentence_rule.threshold})
    follow_ups = FollowUps(qa.follow_ups)
    chosen = _with_chat_model(qa, extractive, embeddings)
    answerer = QuestionAnswerer(library, retriever, chosen, answering, follow_ups)
    return Opened(library, embeddings, answerer)


def _with_chat_model(
    qa: QaSettings, extractive: ExtractiveAnswerer, embeddings: CuttingsEmbeddings
) -> Answerer:
    """Return the answerer that writes prose, where a chat model is named; else the extractive one.

    Raises ChatModelError where the model cannot be had.
    """
    settings = qa.generative
    if not settings.model:
        return extractive
    from qa.chat_models import open_chat_model
    from qa.checking.support import Checker
    from qa.generative import GenerativeAnswerer
    from qa.relevance import Relevance

    reader = extractive.reader
    network = reader.model if isinstance(reader, TrainedReader) else None
    return GenerativeAnswerer(
        extractive,
        open_chat_model(settings),
        Checker(settings.check, network),
        Relevance(embeddings, settings.least_relevance),
        settings,
    )


def _with_reader(
    index: IndexSettings,
    qa: QaSettings,
    embeddings: CuttingsEmbeddings,
    notify: Callable[[str], None] | None,
) -> ExtractiveAnswerer | None:
    """Return the answerer with the trained reader; None, and say so, where there is none."""
    if not qa.reader.enabled:
        return None
    try:
        reader = open_reader(index, qa, embeddings, notify=notify)
    except ReaderError as error:
        if notify:
            notify(f"{error}; until then whole sentences are given by a simpler rule")
        return None
    return ExtractiveAnswerer(
        reader,
        qa.reader.passages,
        qa.reader.passages_ordered,
        qa.extractive,
        qa.answering.threshold,
    )


def open_reader(
    index: IndexSettings,
    qa: QaSettings,
    embeddings: CuttingsEmbeddings,
    *,
    notify: Callable[[str], None] | None = None,
) -> TrainedReader:
    """Return the trained reader, made ready for this machine if it is not yet (about 5 s).

    Raises ReaderError where its files are missing, altered or cannot be made ready.
    """
    cache = index.embedding.cache_folder
    try:
        shipped = model_files.locate(EmbeddingSettings(cache_folder=cache))
    except EmbedderError as error:
        raise ReaderError(f"the reader's tokenizer is missing: {error}") from None
    files, runtime = locate_reader(cache), embeddings.onnx_runtime
    if notify and not files.is_ready(runtime):
        notify("Making the reader ready for this machine (once, some seconds)…")
    network = files.onnx(runtime)

    def open_network() -> Network:
        opened: Network = open_session(network)
        return opened

    return TrainedReader(ReaderModel(shipped.tokenizer, open_network), qa.reader)
