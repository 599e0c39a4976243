"""The retriever for other LangChain programs."""

from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import PrivateAttr

from index.filters import ArticleFilter
from index.settings import IndexSettings
from qa.assembly import Opened, open_answerer
from qa.domain import RetrievedPassage
from qa.settings import QaSettings


class CuttingsRetriever(BaseRetriever):
    """Passages of a Cuttings library as LangChain documents, best first.

    `page_content` is the passage to the character; `metadata` holds what a citation needs:
    article_id, passage_id, title, source, author, url, published_at, page, start_char, end_char
    and score. Keyword arguments of `invoke` are the fields of `index.filters.ArticleFilter`.
    """

    library: Path | None = None
    """The library's folder; None is the default one."""
    top_k: int = 10
    _opened: Opened | None = PrivateAttr(default=None)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **filters: Any
    ) -> list[Document]:
        if self._opened is None:
            index = IndexSettings(library=self.library) if self.library else IndexSettings()
            self._opened = open_answerer(index, QaSettings(), many_questions=True)
        found = self._opened.answerer.passages(
            query, where=ArticleFilter(**filters), limit=self.top_k
        )
        return [document_from(one) for one in found]


def document_from(retrieved: RetrievedPassage) -> Document:
    """Return the passage as a LangChain document."""
    article, passage = retrieved.stored.article, retrieved.stored.passage
    return Document(
        id=passage.id,
        page_content=retrieved.text,
        metadata={
            "article_id": passage.article_id,
            "passage_id": passage.id,
            "title": article.title,
            "source": article.source,
            "author": article.author,
            "url": article.url,
            "published_at": article.published_at,
            "page": article.page_at(passage.start_char),
            "start_char": passage.start_char,
            "end_char": passage.end_char,
            "score": retrieved.score,
        },
    )
