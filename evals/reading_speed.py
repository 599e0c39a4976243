"""Measures how fast passages are read: each form of the reader beside torch, in turns.

    python -m evals.reading_speed [--rounds 5]

Passages and questions of newsquiz, each question with the 20 passages that are retrieved for it;
all that are retrieved are read. Torch runs the same network in fp32 with all cores on batches of 16
windows sorted by length, which is what one writes first.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from evals.libraries import newsquiz_library
from evals.metrics import SEED
from evals.question_speed import chosen_questions
from evals.recording import record
from index.embedding import CuttingsEmbeddings
from index.encoders import open_session, usable_cores
from index.model_files import locate
from index.settings import EmbeddingSettings, default_cache_folder
from qa.context import lead_of
from qa.neighbours import ExactNeighbours
from qa.reader_files import locate_reader
from qa.reader_model import MAX_TOKENS, ReaderModel, Window
from qa.retrieval import Retriever

QUESTIONS = 8
PASSAGES = 20
TORCH_BATCH = 16
Asked = Sequence[tuple[str, Sequence[Window]]]


def asked() -> Asked:
    """Return questions with the windows that are read for them."""
    library, embeddings = newsquiz_library(), CuttingsEmbeddings()
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    return [
        (
            question,
            [
                Window(lead_of(one), one.text)
                for one in retriever.retrieve(question, limit=PASSAGES)
            ],
        )
        for question in chosen_questions()[:QUESTIONS]
    ]


def ours(runtime: str) -> Callable[[str, Sequence[Window]], None]:
    """Return the product's network in one form."""
    files = locate_reader(default_cache_folder())
    model = ReaderModel(
        locate(EmbeddingSettings()).tokenizer, lambda: open_session(files.onnx(runtime))
    )

    def read(question: str, windows: Sequence[Window]) -> None:
        for _ in model.logits(question, windows):
            pass

    return read


def torch_fp32() -> Callable[[str, Sequence[Window]], None]:
    """Return the same network in torch; its weights make no difference to its speed."""
    import torch
    from transformers import AutoTokenizer, BertModel

    folder = str(locate(EmbeddingSettings()).folder)
    network = BertModel.from_pretrained(
        folder, add_pooling_layer=False, local_files_only=True, use_safetensors=True
    ).eval()
    heads = torch.nn.Linear(network.config.hidden_size, 3)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)

    @cache
    def lengths(texts: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(len(one) for one in tokenizer(list(texts))["input_ids"])

    def read(question: str, windows: Sequence[Window]) -> None:
        texts = [one.lead + one.text for one in windows]
        order = np.argsort(lengths(tuple(texts)))
        for first in range(0, len(order), TORCH_BATCH):
            some = [texts[number] for number in order[first : first + TORCH_BATCH]]
            inputs: Any = tokenizer(
                [question] * len(some),
                some,
                truncation="only_second",
                max_length=MAX_TOKENS,
                padding=True,
                return_tensors="pt",
            )
            with torch.inference_mode():
                heads(network(**inputs)[0])

    return read


def main() -> None:
    """Let every form read everything, in turns; print and keep the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    questions = asked()
    readers = {
        "onnx-int8": ours("onnx-int8"),
        "onnx-fp32": ours("onnx-fp32"),
        "torch-fp32": torch_fp32(),
    }
    for read in readers.values():
        read(*questions[0])
    seconds: dict[str, list[float]] = {name: [] for name in readers}
    for _ in range(rounds):
        for question, windows in questions:
            for name, read in readers.items():
                started = time.perf_counter()
                read(question, windows)
                seconds[name].append(time.perf_counter() - started)
    windows_read = [len(windows) for _, windows in questions] * rounds
    speeds = {
        name: float(np.median(np.asarray(windows_read) / np.asarray(each)))
        for name, each in seconds.items()
    }
    kept = {
        "usable cores": usable_cores(),
        "windows a second": {name: round(one, 1) for name, one in speeds.items()},
        "20 passages, ms": {name: round(1000 * PASSAGES / one) for name, one in speeds.items()},
        "times torch fp32": {
            name: round(one / speeds["torch-fp32"], 2) for name, one in speeds.items()
        },
    }
    for name, row in kept.items():
        print(name, row)
    record("reading_speed", "python -m evals.reading_speed", kept, n=QUESTIONS, seed=SEED)


if __name__ == "__main__":
    main()
