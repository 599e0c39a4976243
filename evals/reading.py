"""Measures reading by itself: SQuAD 2.0 dev and NewsQA dev.

    python -m evals.reading

SQuAD: question, title and paragraph, cut at 384 tokens as everywhere; an answer is forced on the
answerable half. With silence, the threshold on the answerable logit is chosen on 2,000 questions,
and the figure is that of the others. NewsQA: the odd half of the development questions, each with
its whole article; the even half was used to fit the reader's weights. None was trained on.
"""

import random
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from tqdm import tqdm

from evals.answers import with_interval
from evals.datasets import records
from evals.libraries import newsqa_library
from evals.metrics import SEED, area_under_curve
from evals.recording import record
from evals.scoring import best_f1, exact_match
from index.domain import Article
from index.embedding import CuttingsEmbeddings
from index.encoders import open_session
from index.filters import ArticleFilter
from index.sentences import sentence_spans
from index.settings import IndexSettings, default_cache_folder
from qa.assembly import open_reader
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours
from qa.phrases import widened
from qa.reader import TrainedReader
from qa.reader_files import locate_reader
from qa.reader_model import ReaderModel, Window
from qa.retrieval import Retriever
from qa.settings import QaSettings, ReaderSettings, RetrievalSettings
from qa.spans import around, best_spans

CHOOSING = 2_000
COMPARED = 1_000
WHOLE_ARTICLE = 200
"""More passages than any article has."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of the reader, with what it scored."""

    gold: tuple[str, ...]
    exact: float
    f1: float
    answerable: float

    @property
    def is_possible(self) -> bool:
        """Whether the question has an answer."""
        return bool(self.gold)


def squad(model: ReaderModel) -> list[Found]:
    """Read every question of SQuAD 2.0 dev."""
    held = list(records("reader/squad2_dev.jsonl.gz"))
    return [read_squad(model, one) for one in tqdm(held, desc="SQuAD", mininterval=10)]


def read_squad(model: ReaderModel, one: dict[str, Any]) -> Found:
    """Read one question over its paragraph."""
    title = (one["title"] or "").replace("_", " ")
    window = Window(f"{title}\n" if title else "", one["context"])
    ((_, logits),) = model.logits(one["question"], [window])
    span, _ = best_spans(logits, 1)[0]
    support = around(span, sentence_spans(window.text))
    start, end = widened(window.text, span, support)
    gold = () if one["is_impossible"] else tuple(a["text"] for a in one["answers"])
    return scored(window.text[start:end], gold, logits.answerable)


def loss_of_int8() -> dict[str, Any]:
    """Return how much F1 int8 costs against fp32, on answerable questions of SQuAD."""
    held = [one for one in records("reader/squad2_dev.jsonl.gz") if not one["is_impossible"]]
    sample = random.Random(SEED).sample(held, COMPARED)
    files, tokenizer = locate_reader(default_cache_folder()), CuttingsEmbeddings().files.tokenizer
    f1 = {}
    for runtime in ("onnx-fp32", "onnx-int8"):
        model = ReaderModel(tokenizer, partial(open_session, files.onnx(runtime)))
        f1[runtime] = [read_squad(model, one).f1 for one in tqdm(sample, desc=runtime)]
    lost = np.asarray(f1["onnx-fp32"]) - np.asarray(f1["onnx-int8"])
    return {"F1 lost": with_interval(lost), "questions": COMPARED}


def scored(text: str, gold: tuple[str, ...], answerable: float = 0.0) -> Found:
    """Return an answer with its scores."""
    return Found(gold, exact_match(text, gold), best_f1(text, gold) if gold else 0.0, answerable)


def squad_figures(found: list[Found]) -> dict[str, Any]:
    """Return what SQuAD is reported by."""
    possible = [one for one in found if one.is_possible]
    chosen = set(random.Random(SEED).sample(range(len(found)), CHOOSING))
    tuning = [one for number, one in enumerate(found) if number in chosen]
    others = [one for number, one in enumerate(found) if number not in chosen]
    thresholds = np.unique([one.answerable for one in tuning])
    best = max(thresholds, key=lambda threshold: sum(with_silence(tuning, threshold)[1]))
    exact, f1 = with_silence(others, best)
    return {
        "answerable, exact match": with_interval(np.asarray([one.exact for one in possible])),
        "answerable, F1": with_interval(np.asarray([one.f1 for one in possible])),
        "answerable, questions": len(possible),
        "all, exact match": with_interval(np.asarray(exact)),
        "all, F1": with_interval(np.asarray(f1)),
        "all, questions": len(others),
        "all, threshold": round(float(best), 3),
        "all, area under the curve": round(
            area_under_curve(
                [one.answerable for one in possible],
                [one.answerable for one in found if not one.is_possible],
            ),
            3,
        ),
    }


def with_silence(found: list[Found], threshold: float) -> tuple[list[float], list[float]]:
    """Return exact match and F1 when what lies below the threshold is not answered."""
    said = [one.answerable >= threshold for one in found]
    pairs = list(zip(found, said, strict=True))
    silent = [float(not one.is_possible) for one in found]
    exact = [one.exact if say else quiet for (one, say), quiet in zip(pairs, silent, strict=True)]
    f1 = [one.f1 if say else quiet for (one, say), quiet in zip(pairs, silent, strict=True)]
    return exact, f1


def newsqa(reader: TrainedReader) -> dict[str, Any]:
    """Return figures over whole articles: of the span, and of what the product shows."""
    library, embeddings = newsqa_library(), CuttingsEmbeddings()
    retriever = Retriever(
        library,
        embeddings,
        ExactNeighbours(library),
        RetrievalSettings(passages_per_article=WHOLE_ARTICLE),
    )
    answerer = ExtractiveAnswerer(reader, WHOLE_ARTICLE)
    spans, shown = [], []
    for one in tqdm(list(records("newsqa/dev.jsonl.gz"))[1::2], desc="NewsQA", mininterval=10):
        where = ArticleFilter(article_id=Article(text=one["context"]).id)
        passages = retriever.retrieve(one["question"], where=where, limit=WHOLE_ARTICLE)
        gold = tuple(marked["text"] for marked in one["answers"])
        reading = reader.read(one["question"], passages)
        spans.append(scored(reading.candidates[0].best.text, gold))
        shown.append(scored(answerer.draft(one["question"], passages).text, gold))
    return {
        "exact match": with_interval(np.asarray([one.exact for one in spans])),
        "F1": with_interval(np.asarray([one.f1 for one in spans])),
        "F1 of what is shown": with_interval(np.asarray([one.f1 for one in shown])),
        "questions": len(spans),
    }


def main() -> None:
    """Read both sets, print and keep the figures."""
    embeddings = CuttingsEmbeddings()
    settings = ReaderSettings(seconds_per_question=600, highest_reading=1e9)
    reader = open_reader(IndexSettings(), QaSettings(reader=settings), embeddings)
    kept = {
        "NewsQA": newsqa(reader),
        "SQuAD 2.0": squad_figures(squad(reader.model)),
        "int8 against fp32": loss_of_int8(),
    }
    for name, row in kept.items():
        print(f"\n{name}")
        print("\n".join(f"  {figure:30} {value}" for figure, value in row.items()))
    size = kept["NewsQA"]["questions"] + CHOOSING + kept["SQuAD 2.0"]["all, questions"]
    record("reading", "python -m evals.reading", kept, n=size, seed=SEED)


if __name__ == "__main__":
    main()
