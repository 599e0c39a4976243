"""Libraries to measure on, made once under evals/work/ by the product itself."""

from pathlib import Path

from evals.datasets import WORK, records, unpacked
from index.domain import Article, Loaded
from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from index.upkeep import bring_up_to_date


def newsquiz_library() -> Library:
    """Return the library of the 5,744 newsquiz articles; the first time takes some 20 minutes."""
    return _library("newsquiz", [unpacked("newsquiz/articles.jsonl.gz")])


def load_library() -> Library:
    """Return the library of the 10,000 load articles."""
    return _library("load", [unpacked("load/articles_10k.jsonl.gz")])


def newsqa_library() -> Library:
    """Return the library of the 319 articles behind the NewsQA development questions."""
    folder = WORK / "libraries" / "newsqa"
    settings = IndexSettings(library=folder)
    library = Library(folder)
    if not library.exists():
        contexts = {one["context"]: one["title"] for one in records("newsqa/dev.jsonl.gz")}
        with writing(folder, doing="an evaluation"):
            Ingest(library, CuttingsEmbeddings(), settings).add_loaded(
                Loaded(f"newsqa#{number}", Article(text=text))
                for number, text in enumerate(contexts)
            )
    return library


def _library(name: str, paths: list[Path]) -> Library:
    folder = WORK / "libraries" / name
    settings = IndexSettings(library=folder)
    library = Library(folder)
    with writing(folder, doing="an evaluation"):
        embeddings = CuttingsEmbeddings(notify=print)
        Ingest(library, embeddings, settings).add_paths(paths)
        bring_up_to_date(library, embeddings.identity)
    return library
