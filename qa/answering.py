"""The one path from a question to an answer."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field

from index.filters import ArticleFilter
from index.library import Library
from qa.domain import Answer, RetrievedPassage, Turn
from qa.errors import EmptyLibraryError, QuestionError
from qa.events import Asked, Cited, Done, Event, Piece, Retrieved, Waiting, pieces_of
from qa.extractive import Answerer, Draft, Statement
from qa.follow_up import FollowUps, Standalone, Understanding
from qa.retrieval import Retriever
from qa.settings import AnsweringSettings

NOT_ANSWERED = "These articles do not answer that."


@dataclass(frozen=True, slots=True)
class QuestionAnswerer:
    """Understands, retrieves, reads, and stays silent where the articles do."""

    library: Library
    retriever: Retriever
    answerer: Answerer
    settings: AnsweringSettings = AnsweringSettings()
    follow_ups: Understanding = field(default_factory=FollowUps)

    def answer(
        self, question: str, *, where: ArticleFilter | None = None, turns: Sequence[Turn] = ()
    ) -> Answer:
        """Return the answer with its citations, or one that says that there is none.

        `turns` are the earlier ones of the conversation, oldest first. Raises QuestionError for
        what is no question, EmptyLibraryError without articles.
        """
        for event in self.events(question, where=where, turns=turns):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("events end with Done")

    def events(
        self, question: str, *, where: ArticleFilter | None = None, turns: Sequence[Turn] = ()
    ) -> Generator[Event]:
        """Yield what happens on the way to the answer; raises as `answer` does.

        Closing the iterator stops the work.
        """
        question = checked_question(question, self.settings.max_question_chars)
        self._check_for_articles()
        understood = self.follow_ups.standalone(question, turns)
        yield Asked(understood.question)
        shown = self.retriever.settings.passages_per_question
        limit = max(shown, self.answerer.passages_read)
        passages = self.retriever.retrieve(
            understood.question, where=where, limit=limit, context=understood.context
        )
        yield Retrieved(tuple(passages[:shown]))
        if not passages:
            notes = ("No article passes the filter.",)
            silence = Draft("", 0.0, (), (), notes=notes, answered=False)
            yield from self._told(question, understood, silence)
            return
        said = 0
        for part in self.answerer.drafting(understood.question, passages):
            match part:
                case Waiting():
                    yield part
                case Statement(text, citations):
                    said += len(text)
                    yield Piece(text)
                    yield from map(Cited, citations)
                case Draft():
                    yield from self._told(question, understood, part, said=said)

    def passages(
        self, question: str, *, where: ArticleFilter | None = None, limit: int | None = None
    ) -> list[RetrievedPassage]:
        """Return the nearest passages, those that answer first; raises as `answer` does."""
        question = checked_question(question, self.settings.max_question_chars)
        self._check_for_articles()
        limit = limit or self.retriever.settings.passages_per_question
        most = max(limit, self.answerer.passages_ordered)
        found = self.retriever.retrieve(question, where=where, limit=most)
        return list(self.answerer.ordered(question, found))[:limit]

    def _check_for_articles(self) -> None:
        if not self.library.exists() or not self.library.has_passages():
            raise EmptyLibraryError(
                f"no articles in the library at {self.library.folder}; "
                "add some with: cuttings add FOLDER"
            )

    def _told(
        self, question: str, understood: Standalone, draft: Draft, *, said: int = 0
    ) -> Iterator[Event]:
        """Yield what of a draft has not been said yet, and the answer that it comes to."""
        answer = self._answer(question, understood, draft)
        if not said:
            yield from pieces_of(answer)
        elif len(answer.text) > said:
            yield Piece(answer.text[said:])
        yield Done(answer)

    def _answer(self, question: str, understood: Standalone, draft: Draft) -> Answer:
        sure = draft.confidence >= self.settings.threshold and bool(draft.citations)
        answered = sure if draft.answered is None else draft.answered
        shown = self.retriever.settings.passages_per_question
        return Answer(
            draft.text if answered else NOT_ANSWERED,
            answered,
            draft.confidence,
            question,
            understood.question,
            draft.answerer or self.answerer.name,
            draft.citations if answered else (),
            tuple(draft.passages[:shown]),
            draft.also_said if answered else (),
            draft.notes if answered or draft.answered is not None or draft.answerer else (),
            draft.struck,
        )


def checked_question(question: str, max_chars: int) -> str:
    """Return the question without white space around it; raises QuestionError for none."""
    if len(question) > max_chars:
        raise QuestionError(f"the question has {len(question):,} characters, at most {max_chars:,}")
    question = "".join(c for c in question if c != "\x00" and not 0xD800 <= ord(c) < 0xE000).strip()
    if not question:
        raise QuestionError("the question is empty; ask something like: who spoke with Campbell?")
    return question
