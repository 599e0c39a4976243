"""The real embedder: the same vectors however it is run."""

import numpy as np
import pytest

from index.embedding import CuttingsEmbeddings
from index.settings import EmbeddingSettings

TEXTS = ["Putin visited Pyongyang.", "x", "Herring quotas were agreed in Brussels. " * 60]


@pytest.fixture(scope="module")
def embeddings() -> CuttingsEmbeddings:
    return CuttingsEmbeddings(EmbeddingSettings(runtime="onnx-int8"))


def test_vectors_are_unit_rows_in_the_order_of_the_texts(embeddings: CuttingsEmbeddings) -> None:
    rows = embeddings.embed_passages(TEXTS)
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    turned = embeddings.embed_passages(TEXTS[::-1])[::-1]
    assert ((rows * turned).sum(1) > 0.98).all()
    assert embeddings.embed_passages([]).shape[0] == 0


def test_int8_is_close_to_fp32(embeddings: CuttingsEmbeddings) -> None:
    exact = CuttingsEmbeddings(EmbeddingSettings(runtime="onnx-fp32")).embed_passages(TEXTS)
    assert ((embeddings.embed_passages(TEXTS) * exact).sum(1) > 0.97).all()


def test_a_server_embeds_passages_with_what_it_has_loaded(embeddings: CuttingsEmbeddings) -> None:
    lean = embeddings.lean
    assert lean is embeddings.lean
    assert lean.identity == embeddings.identity
    assert lean._passage_encoder is embeddings._question_encoder
    assert lean.count_tokens(["two words"]) == [2]
