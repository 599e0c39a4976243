"""Windows that do not answer, and questions that are not answered.

Four kinds, after what a retriever puts before a reader: the same document elsewhere, what BM25
finds in other documents, the window without its answering sentence, and (as Rajpurkar et al., ACL
2018, had people do) the question with a name, year or number exchanged.
"""

import random
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence

from index.search_text import normalised
from qa.words import content_words, fts_query
from training.sources import SOURCES, Example
from training.windows import Window, any_window, holds_answer, without_answer

NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?![\w.,]*\d)")
SEARCHED_WORDS = 8
FOUND = 8
PER_DOCUMENT = 4
PROBE_CHARS = 50


class PassageSearch:
    """BM25 over passages in memory, with the product's own query and tokens (SQLite FTS5)."""

    def __init__(self, passages: Iterable[tuple[str, str, str]]) -> None:
        """`passages` are (document, title, text)."""
        self._held = list(passages)
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5 "
            "(text, tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._connection.executemany(
            "INSERT INTO words(rowid, text) VALUES (?, ?)",
            ((row, normalised(f"{title} {text}")) for row, (_, title, text) in self._rows()),
        )

    def _rows(self) -> Iterable[tuple[int, tuple[str, str, str]]]:
        return enumerate(self._held, 1)

    def find(self, question: str, limit: int = FOUND) -> list[tuple[str, str, str]]:
        """Return up to `limit` passages, best first, for the question's longer words."""
        words = sorted(content_words(question), key=len, reverse=True)[:SEARCHED_WORDS]
        query = fts_query(" ".join(words))
        if not query:
            return []
        rows = self._connection.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", (query, limit)
        )
        return [self._held[row - 1] for (row,) in rows]


class Negatives:
    """Makes windows that do not answer a question of `examples`."""

    def __init__(
        self, examples: Sequence[Example], search: PassageSearch, drawing: random.Random
    ) -> None:
        self._search = search
        self._drawing = drawing
        self._by_document: dict[str, dict[str, str]] = defaultdict(dict)
        for one in examples:
            self._by_document[one.source + one.document][one.context] = one.title

    def windows(self, example: Example, positive: Window, count: int) -> list[Window]:
        """Return up to `count` windows of different kinds; fewer where none can be made."""
        answers = [text for _, text in example.answers]
        makers = [self.beside, self.removed]
        if SOURCES[example.source].self_contained:
            makers += [self.found, self.found]
        self._drawing.shuffle(makers)
        made: list[Window] = []
        for maker in makers:
            window = maker(example, positive, answers) if len(made) < count else None
            if window and window.text not in {one.text for one in made}:
                made.append(window)
        return made

    def beside(self, example: Example, positive: Window, answers: list[str]) -> Window | None:
        """Return a window of the same document, with many of the question's words if it can."""
        asked = set(content_words(example.question))
        contexts = list(self._by_document[example.source + example.document])
        picked = self._drawing.sample(contexts, min(PER_DOCUMENT, len(contexts)))
        if example.context not in picked:
            picked.append(example.context)
        tried = [any_window(context, self._drawing) for context in picked]
        fit = [
            text
            for text in tried
            if text and not holds_answer(text, answers) and not _overlapping(text, positive.text)
        ]
        if not fit:
            return None
        best = max(fit, key=lambda text: len(asked & set(content_words(text))))
        return Window(positive.title, best)

    def found(self, example: Example, positive: Window, answers: list[str]) -> Window | None:
        """Return what BM25 finds in other documents, without the answer."""
        hits = self._search.find(example.question)
        fit = [
            (title, text)
            for document, title, text in hits
            if document != example.document
            and not holds_answer(text, answers)
            and not _overlapping(text, example.context)
        ]
        if not fit:
            return None
        title, text = self._drawing.choice(fit[:4])
        return Window(title if positive.title else "", text)

    def removed(self, example: Example, positive: Window, answers: list[str]) -> Window | None:
        """Return the positive window without the sentences that answer."""
        del example
        return without_answer(positive, answers)


def _overlapping(text: str, other: str) -> bool:
    """Return whether two texts share a stretch; the data hold near copies of paragraphs."""
    step = PROBE_CHARS
    return any(text[at : at + step] in other for at in range(0, max(1, len(text) - step), step))


class Exchange:
    """Exchanges a name, year or number of a question for another one of the same kind."""

    def __init__(self, examples: Sequence[Example], drawing: random.Random) -> None:
        self._drawing = drawing
        self._names: dict[tuple[str, int], list[str]] = defaultdict(list)
        for one in examples:
            for name in NAME.findall(one.question):
                self._names[_kind(one.question, name)].append(name)

    def changed(self, example: Example, window: Window) -> str | None:
        """Return a question that the window does not answer; None where nothing can change."""
        question = example.question
        makers = [self._other_name, self._other_year, self._other_number]
        for maker in makers:
            pair = maker(question, window)
            if pair and pair[1].lower() not in f"{window.title} {window.text}".lower():
                return question.replace(pair[0], pair[1])
        return None

    def _other_name(self, question: str, window: Window) -> tuple[str, str] | None:
        lowered = window.text.lower()
        names = [one for one in NAME.findall(question) if one.lower() in lowered]
        if not names:
            return None
        name = self._drawing.choice(names)
        return name, self._drawing.choice(self._names[_kind(question, name)])

    def _other_year(self, question: str, window: Window) -> tuple[str, str] | None:
        found = YEAR.search(question)
        if not found:
            return None
        steps = [step for step in range(-12, 13) if step]
        del window
        return found[0], str(int(found[0]) + self._drawing.choice(steps))

    def _other_number(self, question: str, window: Window) -> tuple[str, str] | None:
        found = NUMBER.search(question)
        del window
        return (found[0], str(int(found[0]) + self._drawing.randint(1, 30))) if found else None


def _kind(question: str, name: str) -> tuple[str, int]:
    """Return what names are exchanged with: the word before ("in Paris"), and the word count."""
    before = re.search(rf"(\w+),? {re.escape(name)}", question)
    word = before[1].lower() if before else ""
    return (word if word in {"in", "at", "from", "of", "by", "did", "was", "is", "to"} else ""), (
        name.count(" ")
    )
