"""The Python interface: `Cuttings` opens a library, to ask it and read the cuttings."""

from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Unpack

from typing_extensions import TypedDict  # pydantic reads it from there only, before Python 3.12

from index.domain import Article
from index.filters import ArticleFilter
from index.ingest import IngestReport
from qa.assembly import open_answerer
from qa.configuration import Configuration
from qa.domain import Answer, RetrievedPassage, Turn
from qa.events import Done, Event, Piece


class Filters(TypedDict, total=False):
    """Which articles a question is put to; all that are given must hold. Days are inclusive."""

    published_after: str | None
    """A day such as 2024-06-14."""
    published_before: str | None
    source: str | None
    """Outlet, or part of its name."""
    author: str | None
    article_id: str | None


class AnswerStream(Iterator[str]):
    """The pieces of an answer's text as they come; joined, they are `answer.text`."""

    def __init__(
        self, events: Iterator[Event], *, told: Callable[[Answer], None] = lambda _: None
    ) -> None:
        self._events = events
        self._told = told
        self._answer: Answer | None = None

    def __next__(self) -> str:
        """Return the next piece."""
        for event in self._events:
            if isinstance(event, Piece):
                return event.text
            if isinstance(event, Done):
                self._answer = event.answer
                self._told(event.answer)
        raise StopIteration

    @property
    def answer(self) -> Answer:
        """The whole answer with its citations; waits for the pieces that have not been read."""
        for _ in self:
            pass
        if self._answer is None:
            raise ValueError("the stream was ended before the answer was complete")
        return self._answer


class Cuttings:
    """A library of articles to ask; made from its folder, or from CUTTINGS_LIBRARY without one.

    Other settings are read from the environment, as for the command. With `many_questions` false
    the first answer comes sooner, and each later one in a large library later. `notify` is told,
    in a line, what takes time or goes otherwise than hoped. One object may be shared by threads.

    Raises EmbedderMismatchError where the library was embedded with another model.
    """

    def __init__(
        self,
        library: str | PathLike[str] | None = None,
        *,
        many_questions: bool = True,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        configuration = Configuration()
        self._settings = configuration.index(str(library) if library is not None else None)
        self._opened = open_answerer(
            self._settings, configuration.qa(), many_questions=many_questions, notify=notify
        )

    @property
    def folder(self) -> Path:
        """Where the library is."""
        return self._settings.library

    def ask(
        self, question: str, *, turns: Sequence[Turn] = (), **filters: Unpack[Filters]
    ) -> Answer:
        """Return the answer with its citations, or one that says that the articles do not answer.

        Raises QuestionError for what is no question, EmptyLibraryError without articles.
        """
        where = ArticleFilter(**filters)
        return self._opened.answerer.answer(question, where=where, turns=turns)

    def stream(
        self, question: str, *, turns: Sequence[Turn] = (), **filters: Unpack[Filters]
    ) -> AnswerStream:
        """Return the answer piece by piece; errors are raised by the first piece."""
        return AnswerStream(self.events(question, turns=turns, **filters))

    def events(
        self, question: str, *, turns: Sequence[Turn] = (), **filters: Unpack[Filters]
    ) -> Iterator[Event]:
        """Yield all that happens on the way to the answer, citations among it; see qa.events."""
        where = ArticleFilter(**filters)
        return self._opened.answerer.events(question, where=where, turns=turns)

    def conversation(self, **filters: Unpack[Filters]) -> "Conversation":
        """Return a conversation, in which a question may build on those before it."""
        return Conversation(self, filters)

    def search(
        self, query: str, *, limit: int = 10, **filters: Unpack[Filters]
    ) -> list[RetrievedPassage]:
        """Return the nearest passages, those that answer first; raises as `ask` does."""
        where = ArticleFilter(**filters)
        return self._opened.answerer.passages(query, where=where, limit=limit)

    def add(self, *paths: str | PathLike[str], prune: bool = False) -> IngestReport:
        """Add files and folders; with `prune`, remove what is gone from under them.

        Raises LibraryBusyError while another process writes. What cannot be read is named in the
        report, and stops nothing else.
        """
        from index.ingest import Ingest
        from index.locking import writing
        from index.upkeep import bring_up_to_date

        embeddings, library = self._opened.embeddings, self._opened.library
        with writing(self.folder, doing="adding articles"):
            ingest = Ingest(library, embeddings, self._settings)
            report = ingest.add_paths([Path(one).expanduser() for one in paths], prune=prune)
            report.notes += bring_up_to_date(library, embeddings.identity)
        return report

    def articles(
        self, *, limit: int = 50, offset: int = 0, **filters: Unpack[Filters]
    ) -> list[tuple[str, Article]]:
        """Return (id, article without its text), newest first."""
        library = self._opened.library
        where = ArticleFilter(**filters)
        return library.articles(where, limit=limit, offset=offset) if library.exists() else []

    def article(self, article_id: str) -> Article | None:
        """Return an article with its text, None where there is none of that id."""
        library = self._opened.library
        return library.article(article_id) if library.exists() else None


class Conversation:
    """Questions that build on each other; `turns` holds what was said, oldest first."""

    def __init__(self, cuttings: Cuttings, filters: Filters | None = None) -> None:
        self._cuttings = cuttings
        self._filters: Filters = filters or {}
        self.turns: list[Turn] = []

    def ask(self, question: str) -> Answer:
        """Return the answer to a question that may build on the turns before it."""
        return self.stream(question).answer

    def stream(self, question: str) -> AnswerStream:
        """Return the answer piece by piece; it becomes a turn when it is complete."""
        events = self._cuttings.events(question, turns=tuple(self.turns), **self._filters)
        return AnswerStream(events, told=lambda answer: self.turns.append(answer.turn))
