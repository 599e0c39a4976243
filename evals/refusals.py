"""Measures refusing, and following the text, on ClapNQ and on RGB's counterfactual set.

    python -m evals.refusals

Each question is asked over a library of its own passages with the default settings, which saw
neither set. ClapNQ (Rosenthal et al., TACL 2025): one passage, which answers or does not. RGB (Chen
et al., AAAI 2024): snippets that answer among snippets that do not, the latter alone, and snippets
in which the answer was exchanged for another, which an honest answerer gives as the text has it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from tqdm import tqdm

from evals.answers import with_interval
from evals.datasets import SHARED, records
from evals.metrics import contains_answer
from evals.recording import record
from index.domain import Article, Loaded
from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import open_reader
from qa.domain import Answer
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours
from qa.reader import TrainedReader
from qa.retrieval import Retriever
from qa.settings import QaSettings, ReaderSettings

ALTERED_FILE = SHARED / "data" / "refusal" / "rgb_en_fact.jsonl"


class Desk:
    """Asks a question over a few texts, by the product with its default settings."""

    def __init__(self) -> None:
        self.embeddings = CuttingsEmbeddings()
        self.reader: TrainedReader = open_reader(
            IndexSettings(),
            QaSettings(reader=ReaderSettings(seconds_per_question=60)),
            self.embeddings,
        )

    def ask(self, question: str, articles: Sequence[Article]) -> Answer:
        """Return the answer over a library of these articles."""
        with tempfile.TemporaryDirectory() as folder:
            settings = IndexSettings(library=Path(folder))
            library = Library(settings.library)
            with writing(settings.library, doing="an evaluation"):
                Ingest(library, self.embeddings.lean, settings).add_loaded(
                    Loaded(f"text {number}", one) for number, one in enumerate(articles)
                )
            retriever = Retriever(library, self.embeddings, ExactNeighbours(library))
            answerer = QuestionAnswerer(library, retriever, ExtractiveAnswerer(self.reader))
            try:
                return answerer.answer(question)
            finally:
                library.close()


def clapnq(desk: Desk) -> dict[str, Any]:
    """Return how often each half is answered, and how often by a marked sentence."""
    answered, refused, marked = [], [], []
    for one in tqdm(list(records("refusal/clapnq_dev.jsonl.gz")), desc="ClapNQ", mininterval=10):
        said = desk.ask(one["question"], [Article(text=one["context"], title=one["title"])])
        if one["is_impossible"]:
            refused.append(not said.answered)
            continue
        answered.append(said.answered)
        if said.answered:
            gold = [(a["answer_start"], a["answer_start"] + len(a["text"])) for a in one["answers"]]
            cited = said.citations[0]
            marked.append(any(cited.start_char < b and a < cited.end_char for a, b in gold))
    return {
        "answered, of the answerable": with_interval(np.asarray(answered)),
        "in a marked sentence, of these": with_interval(np.asarray(marked)),
        "refused, of the not answerable": with_interval(np.asarray(refused)),
        "questions": len(answered) + len(refused),
    }


def rgb(desk: Desk) -> dict[str, Any]:
    """Return how often the text is followed, altered or not, and how often silence is kept."""
    right, followed, stuck, refused = [], [], [], []
    for line in tqdm(ALTERED_FILE.read_bytes().splitlines(), desc="RGB", mininterval=10):
        one = orjson.loads(line)
        others = snippets(one["negative"])
        said = desk.ask(one["query"], snippets(one["positive"]) + others)
        right.append(said.answered and contains_answer(said.text, texts(one["answer"])))
        said = desk.ask(one["query"], snippets(one["positive_wrong"]) + others)
        followed.append(said.answered and contains_answer(said.text, texts(one["fakeanswer"])))
        stuck.append(said.answered and contains_answer(said.text, texts(one["answer"])))
        refused.append(not desk.ask(one["query"], others).answered)
    return {
        "right": with_interval(np.asarray(right)),
        "altered facts followed": with_interval(np.asarray(followed)),
        "altered facts not followed, the true one given": with_interval(np.asarray(stuck)),
        "refused without a snippet that answers": with_interval(np.asarray(refused)),
        "questions": len(right),
    }


def snippets(held: Sequence[str]) -> list[Article]:
    """Return an article for each snippet."""
    return [Article(text=text) for text in held if text.strip()]


def texts(answer: str | list[Any]) -> list[str]:
    """Return the wordings of an answer, which may be a list, or a list of lists."""
    if isinstance(answer, str):
        return [answer]
    return [text for one in answer for text in texts(one)]


def main() -> None:
    """Ask everything, print and keep the figures."""
    desk = Desk()
    kept = {"RGB": rgb(desk), "ClapNQ": clapnq(desk)}
    for name, row in kept.items():
        print(f"\n{name}")
        print("\n".join(f"  {figure:50} {value}" for figure, value in row.items()))
    size = kept["RGB"]["questions"] + kept["ClapNQ"]["questions"]
    record("refusals", "python -m evals.refusals", kept, n=size, seed=None)


if __name__ == "__main__":
    main()
