"""Figures on development samples: `python -m training.dev_figures [--weights FILE | --onnx FILE]`.

SQuAD 2.0 dev: 600 answerable questions with an answer forced, and 600 others for the area under
the ROC curve of the answerable logit. NewsQA dev: 200 questions, each over its whole article, cut
by the product's splitter; the best span of all passages is the answer.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from evals.datasets import records
from evals.metrics import area_under_curve
from evals.scoring import best_f1, exact_match
from index.domain import Article
from index.encoders import open_session
from index.model_files import locate
from index.settings import EmbeddingSettings
from index.splitting import Splitter
from qa.reader_model import ReaderModel, Window
from training import checkpoints
from training.preparing import WORK
from training.reading import Reading, TorchNetwork, read

SAMPLE_SEED = 29
SQUAD_QUESTIONS = 600
NEWSQA_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """Percentages, but for the area under the curve."""

    squad_exact: float
    squad_f1: float
    squad_curve: float
    newsqa_exact: float
    newsqa_f1: float
    newsqa_weighted_f1: float
    """With the answerable logit added to the span's score, as an order of passages."""
    seconds: float


def figures(model: ReaderModel) -> Figures:
    """Read all samples."""
    started = time.monotonic()
    exact, f1, curve = squad(model)
    return Figures(exact, f1, curve, *newsqa(model), round(time.monotonic() - started, 1))


def squad(model: ReaderModel) -> tuple[float, float, float]:
    """Return exact match and F1 with an answer forced, and the area under the curve."""
    everyone = list(records("reader/squad2_dev.jsonl.gz"))
    answered = _sample([one for one in everyone if not one["is_impossible"]], SQUAD_QUESTIONS)
    others = _sample([one for one in everyone if one["is_impossible"]], SQUAD_QUESTIONS)
    readings = [read(model, one["question"], [_window(one)])[0] for one in answered + others]
    gold = [[marked["text"] for marked in one["answers"]] for one in answered]
    found = [one.answer for one in readings[: len(answered)]]
    logits = [one.answerable for one in readings]
    return (
        _percentage([exact_match(one, right) for one, right in zip(found, gold, strict=True)]),
        _percentage([best_f1(one, right) for one, right in zip(found, gold, strict=True)]),
        round(area_under_curve(logits[: len(answered)], logits[len(answered) :]), 4),
    )


def _window(record: dict[str, Any]) -> Window:
    title = (record["title"] or "").replace("_", " ")
    return Window(f"{title}\n" if title else "", record["context"])


def newsqa(model: ReaderModel) -> tuple[float, float, float]:
    """Return exact match and F1 by the span's score, and F1 by it and the answerable logit."""
    sample = _sample(list(records("newsqa/dev.jsonl.gz")), NEWSQA_QUESTIONS)
    readings = [
        read(model, one["question"], [Window("", text) for text in _passages(one["context"])])
        for one in sample
    ]
    gold = [[marked["text"] for marked in one["answers"]] for one in sample]
    by_span = [max(some, key=lambda one: one.score).answer for some in readings]
    by_both = [max(some, key=_both).answer for some in readings]
    return (
        _percentage([exact_match(one, right) for one, right in zip(by_span, gold, strict=True)]),
        _percentage([best_f1(one, right) for one, right in zip(by_span, gold, strict=True)]),
        _percentage([best_f1(one, right) for one, right in zip(by_both, gold, strict=True)]),
    )


def _both(reading: Reading) -> float:
    return reading.score + reading.answerable


@lru_cache(maxsize=1_000)
def _passages(text: str) -> list[str]:
    article = Article(text=text)
    return [text[one.start_char : one.end_char] for one in _splitter().split(article)]


@lru_cache(maxsize=1)
def _splitter() -> Splitter:
    from index.embedding import CuttingsEmbeddings

    return Splitter(CuttingsEmbeddings().count_tokens)


def _sample(held: list[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    return random.Random(SAMPLE_SEED).sample(held, size)  # noqa: S311 - nothing secret is drawn


def _percentage(values: Sequence[float]) -> float:
    return round(100 * float(np.mean(values)), 2)


def latest_weights(run: Path) -> Path:
    """Return the averaged weights of the run's latest checkpoint; exits where there is none."""
    found = checkpoints.all_in(run)
    if not found:
        raise SystemExit(f"no checkpoint in {run}; run: python -m training.train --minutes 100")
    return found[-1] / "average.safetensors"


def main() -> None:
    """Print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=WORK / "runs" / "reader")
    parser.add_argument("--weights", type=Path, help="a safetensors file; default: the latest")
    parser.add_argument("--onnx", type=Path, help="an exported model instead")
    parser.add_argument("--fp32", action="store_true", help="in place of bfloat16")
    arguments = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    weights = arguments.onnx or arguments.weights or latest_weights(arguments.run)
    model = ReaderModel(
        locate(EmbeddingSettings()).tokenizer,
        lambda: (
            open_session(weights)
            if arguments.onnx
            else TorchNetwork(weights, bfloat16=not arguments.fp32)
        ),
    )
    print(json.dumps({"of": str(weights)} | asdict(figures(model))), flush=True)


if __name__ == "__main__":
    main()
