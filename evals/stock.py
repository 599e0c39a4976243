"""The stock LangChain pipeline as its tutorials show it: what the product is compared with.

RecursiveCharacterTextSplitter 1000/200, HuggingFaceEmbeddings with the same weights, and
langchain-chroma, all with their defaults.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from tqdm import tqdm

from evals.datasets import WORK, records
from index.embedding import CuttingsEmbeddings

CHUNK_CHARS = 1000
OVERLAP_CHARS = 200
BATCH = 1024


def store(folder: Path | None, embeddings: Embeddings | None = None) -> Chroma:
    """Return the vector store of a folder, or one in memory; the embedder is the stock one."""
    embeddings = embeddings or HuggingFaceEmbeddings(
        model_name=str(CuttingsEmbeddings().files.folder), model_kwargs={"device": "cpu"}
    )
    return Chroma(
        collection_name="stock",
        embedding_function=embeddings,
        persist_directory=str(folder) if folder else None,
    )


def chunks(articles: Iterable[tuple[str, str]]) -> list[Document]:
    """Split (address, text) pairs as the tutorials do."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    documents = [Document(text, metadata={"url": url}) for url, text in articles]
    return splitter.split_documents(documents)


def add(into: Chroma, documents: Sequence[Document], *, first: int = 0) -> None:
    """Add documents under their numbers; those before `first` are stored already."""
    with tqdm(total=len(documents), initial=first, unit="chunk", mininterval=10) as progress:
        for start in range(first, len(documents), BATCH):
            some = documents[start : start + BATCH]
            into.add_documents(some, ids=[str(start + number) for number in range(len(some))])
            progress.update(len(some))


def newsquiz_store() -> tuple[Chroma, list[Document]]:
    """Return the store over the newsquiz articles and its chunks; first made in some 20 minutes.

    It is filled by the product's own runtime of the same model, so that what differs between the
    rows of a table is how texts are split and searched, and not how the model was run.
    """
    documents = chunks((one["url"], one["text"]) for one in records("newsquiz/articles.jsonl.gz"))
    into = store(WORK / "stock-newsquiz", CuttingsEmbeddings())
    stored = len(into.get(include=[])["ids"])
    if stored < len(documents):
        add(into, documents, first=stored)
    return into, documents


if __name__ == "__main__":
    newsquiz_store()
