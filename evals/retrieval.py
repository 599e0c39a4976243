"""Measures retrieval on newsquiz against the stock LangChain pipeline.

    python -m evals.retrieval

A hit is a passage of a gold article that holds the answer. The fusion's weights and the reader's
were chosen on the development half of the questions; the test half was not looked at before.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from evals.datasets import QuizQuestion, newsquiz_questions, records
from evals.libraries import newsquiz_library
from evals.metrics import (
    SEED,
    contains_answer,
    difference,
    mean_with_interval,
    recall_at,
    reciprocal_ranks,
)
from evals.recording import RESULTS, record
from evals.stock import newsquiz_store
from index.domain import Article
from index.embedding import CuttingsEmbeddings
from index.search_text import normalised
from index.settings import IndexSettings
from qa.assembly import open_answerer
from qa.neighbours import ExactNeighbours
from qa.reader import TrainedReader
from qa.retrieval import Retriever
from qa.settings import QaSettings, ReaderSettings, RetrievalSettings
from qa.words import fts_query

CUTS = (1, 5, 10, 20)
RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as Cormack et al. (SIGIR 2009) set it."""

Found = Sequence[tuple[str, str]]
"""(article id, text) of what was retrieved, best first."""
Search = Callable[[str], Found]


@dataclass(frozen=True, slots=True)
class Gold:
    """What counts as found for one question."""

    question: QuizQuestion
    article_ids: frozenset[str]

    def rank(self, found: Found) -> int | None:
        """Return the rank, from 1, of the first hit; None without one."""
        for rank, (article_id, text) in enumerate(found, 1):
            if article_id in self.article_ids and contains_answer(text, self.question.answers):
                return rank
        return None


def article_ids() -> dict[str, str]:
    """Return the article id of each address; copies under several addresses share one."""
    return {
        one["url"]: Article(text=one["text"], title=one["title"]).id
        for one in records("newsquiz/articles.jsonl.gz")
    }


def golds(ids: dict[str, str]) -> list[Gold]:
    """Return the 500 answerable questions with their articles."""
    return [
        Gold(one, frozenset(ids[url] for url in one.gold_urls if url in ids))
        for one in newsquiz_questions()
        if one.answerable
    ]


def ours(settings: RetrievalSettings) -> Search:
    """Return the product's retriever as a search."""
    embeddings = CuttingsEmbeddings()
    library = newsquiz_library()
    retriever = Retriever(library, embeddings, ExactNeighbours(library), settings)

    def search(question: str) -> Found:
        found = retriever.retrieve(question, limit=CUTS[-1])
        return [(one.stored.passage.article_id, one.text) for one in found]

    return search


def in_readers_order() -> Search:
    """Return the product's search as `cuttings search` gives it: retrieved, then read."""
    index = IndexSettings(library=newsquiz_library().folder)
    patient = QaSettings(reader=ReaderSettings(seconds_per_question=60))
    answerer = open_answerer(index, patient, many_questions=False).answerer
    if not isinstance(answerer.answerer.reader, TrainedReader):
        raise SystemExit("the trained reader's weights are not usable; ask something to hear why")

    def search(question: str) -> Found:
        found = answerer.passages(question, limit=CUTS[-1])
        return [(one.stored.passage.article_id, one.text) for one in found]

    return search


def stock(ids: dict[str, str]) -> dict[str, Search]:
    """Return the stock pipeline's searches: dense, BM25 over its chunks, and both by rank."""
    into, chunks = newsquiz_store()
    held = [(ids[one.metadata["url"]], one.page_content) for one in chunks]
    words = sqlite3.connect(":memory:")
    words.execute("CREATE VIRTUAL TABLE chunks USING fts5 (body, tokenize = 'porter unicode61')")
    words.executemany(
        "INSERT INTO chunks (rowid, body) VALUES (?, ?)",
        ((number, normalised(text)) for number, (_, text) in enumerate(held)),
    )

    def dense(question: str, limit: int = CUTS[-1]) -> list[int]:
        return [int(one.id or 0) for one in into.similarity_search(question, k=limit)]

    def lexical(question: str, limit: int = CUTS[-1]) -> list[int]:
        found = words.execute(
            "SELECT rowid FROM chunks WHERE chunks MATCH ? ORDER BY rank LIMIT ?",
            (fts_query(question), limit),
        )
        return [row for (row,) in found]

    def fused(question: str) -> list[int]:
        scores: dict[int, float] = {}
        for ranked in (dense(question, 100), lexical(question, 100)):
            for rank, number in enumerate(ranked, 1):
                scores[number] = scores.get(number, 0.0) + 1 / (RANK_CONSTANT + rank)
        return sorted(scores, key=lambda number: -scores[number])[: CUTS[-1]]

    def texts(search: Callable[[str], Iterable[int]]) -> Search:
        return lambda question: [held[number] for number in search(question)]

    return {
        "stock LangChain, dense": texts(dense),
        "stock chunks, BM25": texts(lexical),
        "stock chunks, both by reciprocal rank": texts(fused),
    }


def figures(ranks: Sequence[int | None]) -> dict[str, dict[str, float | list[float]]]:
    """Return recall at each cut and MRR@10, each with its 95 % interval."""
    values = {f"recall@{cut}": recall_at(ranks, cut) for cut in CUTS}
    values["mrr@10"] = reciprocal_ranks(ranks)
    return {name: mean_with_interval(each) for name, each in values.items()}


def lead(ranks: Sequence[int | None], over: Sequence[int | None]) -> dict[str, list[float]]:
    """Return how far `ranks` is ahead at each cut: mean and interval of the paired difference."""
    pairs = {f"recall@{cut}": (recall_at(ranks, cut), recall_at(over, cut)) for cut in CUTS}
    pairs["mrr@10"] = (reciprocal_ranks(ranks), reciprocal_ranks(over))
    return {
        name: [round(one, 3) for one in (float(np.mean(a) - np.mean(b)), *difference(a, b))]
        for name, (a, b) in pairs.items()
    }


def main() -> None:
    """Measure every row, print the table, keep it with its picture."""
    ids = article_ids()
    gold = golds(ids)
    searches = {
        "Cuttings, reader's order": in_readers_order(),
        "Cuttings, fused": ours(RetrievalSettings()),
        "Cuttings, BM25": ours(RetrievalSettings(dense_weight=0.0)),
        "Cuttings, dense": ours(RetrievalSettings(dense_weight=1.0)),
        **stock(ids),
    }
    ranks = {
        name: [one.rank(search(one.question.text)) for one in tqdm(gold, name, mininterval=5)]
        for name, search in searches.items()
    }
    halves = {
        "all": list(range(len(gold))),
        "test half": [n for n, one in enumerate(gold) if not one.question.is_development],
    }
    kept = {
        half: {name: figures([each[n] for n in numbers]) for name, each in ranks.items()}
        for half, numbers in halves.items()
    }
    leads = {
        half: {
            name: lead([ranks["Cuttings, fused"][n] for n in numbers], [each[n] for n in numbers])
            for name, each in ranks.items()
            if name != "Cuttings, fused"
        }
        for half, numbers in halves.items()
    }
    for half in halves:
        read = leads[half]["Cuttings, reader's order"]
        print(f"\nfused before reader's order, {half}: {read}")
    for half, numbers in halves.items():
        print(f"\n{half} ({len(numbers)} questions)")
        for name, row in kept[half].items():
            print(f"{name:38}", *(f"{one['mean']:.3f}" for one in row.values()))
    draw(kept["all"])
    record(
        "retrieval",
        "python -m evals.retrieval",
        {
            "questions": {half: len(numbers) for half, numbers in halves.items()},
            **kept,
            "lead of the fused row: mean, low, high": leads,
        },
        n=len(gold),
        seed=SEED,
    )


def draw(table: dict[str, dict[str, dict[str, float | list[float]]]]) -> None:
    """Draw recall against the cut."""
    figure, axes = plt.subplots(figsize=(7, 4))
    for name, row in table.items():
        means = [row[f"recall@{cut}"]["mean"] for cut in CUTS]
        bounds = np.asarray([row[f"recall@{cut}"]["interval"] for cut in CUTS]).T
        style = "o-" if name.startswith("Cuttings") else "s--"
        drawn = axes.plot(range(len(CUTS)), means, style, label=name)
        if name == "Cuttings, fused":
            axes.fill_between(range(len(CUTS)), *bounds, color=drawn[0].get_color(), alpha=0.15)
    axes.set_xticks(range(len(CUTS)), [f"@{cut}" for cut in CUTS])
    axes.set_ylabel("recall")
    axes.set_title("newsquiz: a passage that holds the answer is among the first k")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "retrieval.svg")


if __name__ == "__main__":
    main()
