"""What the reader marks for development questions, read once for all that is fitted to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from evals.datasets import newsquiz_questions, records
from evals.libraries import newsqa_library, newsquiz_library
from evals.metrics import contains_answer
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.settings import IndexSettings
from qa.assembly import open_reader
from qa.neighbours import ExactNeighbours
from qa.retrieval import Retriever
from qa.settings import QaSettings, ReaderSettings
from qa.spans import AnswerSpan

NEWSQA_QUESTIONS = 400
PASSAGES = ReaderSettings().passages_ordered


@dataclass(frozen=True, slots=True)
class Read:
    """A question with every span that was marked for it; `gold` is empty without an answer."""

    question: str
    gold: tuple[str, ...]
    spans: tuple[AnswerSpan, ...]
    context: str = ""
    """The article that answers, where it is known to be the only one."""

    def right(self, text: str) -> bool:
        """Return whether a text holds a gold answer."""
        return bool(self.gold) and contains_answer(text, self.gold)


def read_all(library: Library, asked: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Read]:
    """Retrieve and read, without stopping early."""
    embeddings = CuttingsEmbeddings()
    settings = QaSettings(reader=ReaderSettings(seconds_per_question=600, highest_reading=1e9))
    reader = open_reader(IndexSettings(), settings, embeddings)
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    for question, gold in tqdm(asked, mininterval=20):
        reading = reader.read(question, retriever.retrieve(question, limit=PASSAGES))
        spans = tuple(span for one in reading.candidates for span in one.spans)
        yield Read(question, gold, spans)


def newsquiz() -> list[Read]:
    """Read the development half."""
    asked = [
        (one.text, one.answers if one.answerable else ())
        for one in newsquiz_questions()
        if one.is_development
    ]
    return list(read_all(newsquiz_library(), asked))


def newsqa() -> list[Read]:
    """Read some of the questions of even number, over all articles."""
    even = list(records("newsqa/dev.jsonl.gz"))[::2]
    step = max(1, len(even) // NEWSQA_QUESTIONS)
    chosen = even[::step]
    asked = [
        (one["question"], tuple(marked["text"].strip(' .,;:"') for marked in one["answers"]))
        for one in chosen
    ]
    read = read_all(newsqa_library(), asked)
    return [
        replace(one, context=source["context"]) for one, source in zip(read, chosen, strict=True)
    ]


def of_first_passages(read: Sequence[Read]) -> list[Read]:
    """Return the questions with the spans of as many passages as an answer is made from."""
    cut = []
    for one in read:
        rows: dict[int, int] = {}
        for span in sorted(one.spans, key=lambda span: -span.retrieved.score):
            rows.setdefault(span.retrieved.stored.row, len(rows))
        kept = [
            span
            for span in one.spans
            if rows[span.retrieved.stored.row] < ReaderSettings().passages
        ]
        cut.append(replace(one, spans=tuple(kept)))
    return cut


def of_one_article(stories: Sequence[Read]) -> list[Read]:
    """Return each question over its own article alone, and over the nearest other one alone.

    The second answers it only by accident, which is not counted as right.
    """
    alone = []
    for one in stories:
        own = [s for s in one.spans if s.retrieved.stored.article.text == one.context]
        others = [s for s in one.spans if s.retrieved.stored.article.text != one.context]
        nearest = max(others, key=lambda span: span.retrieved.score, default=None)
        alone.append(replace(one, spans=tuple(own)))
        if nearest:
            of_other = tuple(span for span in others if span.article_id == nearest.article_id)
            alone.append(replace(one, spans=of_other, gold=()))
    return [one for one in alone if one.spans]
