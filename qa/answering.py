"""The one path from a question to an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.filters import ArticleFilter
from index.library import Library
from qa.domain import Answer, RetrievedPassage
from qa.errors import EmptyLibraryError, QuestionError
from qa.extractive import Answerer
from qa.retrieval import Retriever
from qa.settings import AnsweringSettings

NOT_ANSWERED = "These articles do not answer that."


@dataclass(frozen=True, slots=True)
class QuestionAnswerer:
    """Retrieves, reads, and stays silent where the articles do."""

    library: Library
    retriever: Retriever
    answerer: Answerer
    settings: AnsweringSettings = AnsweringSettings()

    def answer(self, question: str, *, where: ArticleFilter | None = None) -> Answer:
        """Return the answer with its citations, or one that says that there is none.

        Raises QuestionError for what is no question, EmptyLibraryError without articles.
        """
        question = checked_question(question, self.settings.max_question_chars)
        shown = self.retriever.settings.passages_per_question
        limit = max(shown, self.answerer.passages_read)
        passages = self._retrieved(question, where, limit)
        if not passages:
            return self._silence(question, passages, 0.0, ("No article passes the filter.",))
        draft = self.answerer.draft(question, passages)
        if draft.confidence < self.settings.threshold or not draft.citations:
            return self._silence(question, draft.passages[:shown], draft.confidence)
        return Answer(
            draft.text,
            True,
            draft.confidence,
            question,
            question,
            self.answerer.name,
            draft.citations,
            draft.passages[:shown],
            draft.also_said,
            draft.notes,
        )

    def passages(
        self, question: str, *, where: ArticleFilter | None = None, limit: int | None = None
    ) -> list[RetrievedPassage]:
        """Return the nearest passages, those that answer first; raises as `answer` does."""
        question = checked_question(question, self.settings.max_question_chars)
        limit = limit or self.retriever.settings.passages_per_question
        found = self._retrieved(question, where, max(limit, self.answerer.passages_ordered))
        return list(self.answerer.ordered(question, found))[:limit]

    def _retrieved(
        self, question: str, where: ArticleFilter | None, limit: int
    ) -> list[RetrievedPassage]:
        if not self.library.exists() or not self.library.has_passages():
            raise EmptyLibraryError(
                f"no articles in the library at {self.library.folder}; "
                "add some with: cuttings add FOLDER"
            )
        return self.retriever.retrieve(question, where=where, limit=limit)

    def _silence(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
        confidence: float,
        notes: tuple[str, ...] = (),
    ) -> Answer:
        return Answer(
            NOT_ANSWERED,
            False,
            confidence,
            question,
            question,
            self.answerer.name,
            passages=tuple(passages),
            notes=notes,
        )


def checked_question(question: str, max_chars: int) -> str:
    """Return the question without white space around it; raises QuestionError for none."""
    if len(question) > max_chars:
        raise QuestionError(f"the question has {len(question):,} characters, at most {max_chars:,}")
    question = "".join(c for c in question if c != "\x00" and not 0xD800 <= ord(c) < 0xE000).strip()
    if not question:
        raise QuestionError("the question is empty; ask something like: who spoke with Campbell?")
    return question
