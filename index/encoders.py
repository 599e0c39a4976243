"""Ways to run an embedding model; all give the same vectors but for rounding."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
TOKEN_LIMIT = 256
"""all-MiniLM-L6-v2 was trained on shorter texts still; it reads no more than this."""
BATCH_TOKENS = 256
"""Tokens per forward pass of ONNX Runtime, padding included: what stays in a core's cache. Of 256,
512 and 1024, int8 gave 88, 86 and 75 texts a second on two cores."""
TORCH_BATCH_TEXTS = 16


class Encoder(Protocol):
    """Texts to vectors."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows, float32, (texts, dimension), in the order of `texts`."""
        ...


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(model: Path) -> Any:
    """Return an ONNX Runtime session that computes each call on the core that makes it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_mem_pattern = False  # batches vary in shape, and a pattern is kept of each
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(model),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],  # slower; see index.export.fused_bert
    )


class OnnxEncoder:
    """Runs an exported model with ONNX Runtime, without torch; safe to share between threads.

    Each core takes a batch of its own. One batch over all cores gave 74 texts a second instead of
    88, as they wait for each other at every operation.
    """

    def __init__(self, model: Path, tokenizer: Path) -> None:
        from tokenizers import Tokenizer

        self._session = open_session(model)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(TOKEN_LIMIT)
        self._tokenizer.no_padding()
        self._pool = ThreadPoolExecutor(usable_cores(), thread_name_prefix="embedding")
        self.dimension = int(self._session.get_outputs()[0].shape[-1] or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows; texts of like length share a batch, so that little is padding."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        encoded = self._tokenizer.encode_batch_fast(list(texts))
        ids = [one.ids for one in encoded]
        order = sorted(range(len(ids)), key=lambda position: -len(ids[position]))
        rows = np.empty((len(ids), self.dimension), np.float32)
        batches = _batches(order, ids)
        parts = [[ids[position] for position in batch] for batch in batches]
        made = self._pool.map(self._forward, parts) if len(parts) > 1 else map(self._forward, parts)
        for batch, vectors in zip(batches, made, strict=True):
            rows[batch] = vectors
        return rows

    def _forward(self, ids: list[list[int]]) -> Vectors:
        shape = (len(ids), max(map(len, ids)))
        inputs = np.zeros(shape, np.int64)
        mask = np.zeros(shape, np.int64)
        for row, one in enumerate(ids):
            inputs[row, : len(one)] = one
            mask[row, : len(one)] = 1
        output = self._session.run(None, {"input_ids": inputs, "attention_mask": mask})[0]
        return np.asarray(output, np.float32)


class TorchEncoder:
    """Runs a sentence-transformers model with torch."""

    def __init__(self, folder: Path, *, bf16: bool) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        options: dict[str, Any] = {"dtype": torch.bfloat16} if bf16 else {}
        self._model = SentenceTransformer(
            str(folder), device="cpu", local_files_only=True, model_kwargs=options
        )
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit rows; sentence-transformers sorts by length itself."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        rows = self._model.encode(
            list(texts),
            batch_size=TORCH_BATCH_TEXTS,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        rows = np.asarray(rows, np.float32)
        return np.asarray(
            rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-12), np.float32
        )


def _batches(order: list[int], ids: list[list[int]]) -> list[list[int]]:
    """Group positions, longest first, so that a padded batch holds at most BATCH_TOKENS."""
    batches: list[list[int]] = []
    for position in order:
        if batches and len(ids[batches[-1][0]]) * (len(batches[-1]) + 1) <= BATCH_TOKENS:
            batches[-1].append(position)
        else:
            batches.append([position])
    return batches
