"""Stand-ins: embeddings where shared words mean nearness, a reader that marks what it is told."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from index.embedding import EmbedderIdentity
from index.encoders import Vectors
from index.model_files import locate
from index.search_text import normalised
from index.settings import EmbeddingSettings
from qa.reader_model import ReaderModel

DIMENSION = 64


class FakeEmbeddings:
    """Hashes words into a unit vector; counts how many texts it was asked to embed."""

    identity = EmbedderIdentity("fake", DIMENSION, "f" * 64)

    def __init__(self) -> None:
        self.embedded = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.stack([_vector(text) for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return np.stack([_vector(text) for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def _vector(text: str) -> Vectors:
    vector = np.full(DIMENSION, 0.01, np.float32)
    for word in normalised(text).lower().split():
        bucket = int(hashlib.md5(word.strip(".,?!").encode()).hexdigest(), 16) % DIMENSION
        vector[bucket] += 1
    return vector / np.linalg.norm(vector)


def tokenizer_file() -> Path:
    return locate(EmbeddingSettings()).tokenizer


class MarkingNetwork:
    """Gives the first and last token of each phrase the logit that is named for it."""

    def __init__(self, phrases: Mapping[str, float]) -> None:
        tokenizer = Tokenizer.from_file(str(tokenizer_file()))
        tokenizer.no_padding()
        self._marked = {
            tuple(tokenizer.encode(phrase, add_special_tokens=False).ids): logit
            for phrase, logit in phrases.items()
        }
        self.windows = 0

    def run(self, names: None, inputs: dict[str, npt.NDArray[np.int64]]) -> list[Any]:
        ids = inputs["input_ids"]
        self.windows += len(ids)
        start, end = np.full(ids.shape, -5.0, np.float32), np.full(ids.shape, -5.0, np.float32)
        answerable = np.full(len(ids), -5.0, np.float32)
        for row, held in enumerate(ids.tolist()):
            for phrase, logit in self._marked.items():
                for at in range(len(held) - len(phrase) + 1):
                    if tuple(held[at : at + len(phrase)]) == phrase:
                        start[row, at] = end[row, at + len(phrase) - 1] = logit
                        answerable[row] = max(answerable[row], logit)
        return [start, end, answerable]


def marking(phrases: Mapping[str, float]) -> ReaderModel:
    """Return a model that marks the phrases."""
    return ReaderModel(tokenizer_file(), lambda: MarkingNetwork(phrases))
