"""Stand-ins: embeddings where shared words mean nearness, in microseconds."""

import hashlib
from collections.abc import Sequence

import numpy as np

from index.embedding import EmbedderIdentity
from index.encoders import Vectors
from index.search_text import normalised

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
