"""Reads windows with a trained model, in torch or ONNX, and finds the best span of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from training.encoding import encoded_window, open_tokenizer, shown
from training.windows import Window

Floats = npt.NDArray[np.float32]
Outputs = tuple[Floats, Floats, Floats]
"""Logits: start and end, (windows, tokens), and answerable, (windows,)."""

BATCH_TOKENS = 2_048
MAX_READ_TOKENS = 384
MAX_SPAN_TOKENS = 30
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Runtime(Protocol):
    """Something that runs the model."""

    def run(self, inputs: dict[str, npt.NDArray[np.int64]]) -> Outputs:
        """Return the logits of one padded batch."""
        ...


class TorchRuntime:
    """The model as it is trained; its encoder in bfloat16 where asked, which halves the time."""

    def __init__(self, weights: Path, *, bfloat16: bool = False) -> None:
        import torch

        from training.model import base_model, load_weights

        self._model = base_model().eval()
        load_weights(self._model, weights)
        if bfloat16:
            self._model.encoder.to(torch.bfloat16)

    def run(self, inputs: dict[str, npt.NDArray[np.int64]]) -> Outputs:
        """Return the logits of one padded batch."""
        import torch

        with torch.inference_mode():
            start, end, answerable = self._model(
                *(torch.from_numpy(inputs[name]) for name in INPUTS)
            )
        return start.numpy(), end.numpy(), answerable.numpy()


class OnnxRuntime:
    """An exported model."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )

    def run(self, inputs: dict[str, npt.NDArray[np.int64]]) -> Outputs:
        """Return the logits of one padded batch."""
        start, end, answerable = self._session.run(None, inputs)
        return start, end, answerable


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one window."""

    answer: str
    score: float
    """Start plus end logit; comparable between windows of one question."""
    answerable: float
    """Logit that the window answers."""


class WindowReader:
    """Reads (question, window) pairs."""

    def __init__(self, runtime: Runtime, tokenizer: Path) -> None:
        self._runtime = runtime
        self._tokenizer: Tokenizer = open_tokenizer(tokenizer)
        self._tokenizer.enable_truncation(MAX_READ_TOKENS, strategy="only_second")

    def read(self, pairs: Sequence[tuple[str, Window]]) -> list[Reading]:
        """Return a reading for each pair, in order; an answer is always forced."""
        encodings = self._tokenizer.encode_batch([(asked, shown(one)) for asked, one in pairs])
        order = sorted(range(len(pairs)), key=lambda number: len(encodings[number].ids))
        readings: dict[int, Reading] = {}
        while order:
            longest = len(encodings[order[-1]].ids)
            batch = order[-max(1, BATCH_TOKENS // longest) :]
            del order[-len(batch) :]
            outputs = self._runtime.run(_inputs([encodings[number] for number in batch]))
            for row, number in enumerate(batch):
                start, end, answerable = (one[row] for one in outputs)
                window = pairs[number][1]
                answer, score = best_span(encodings[number], window, start, end)
                readings[number] = Reading(answer, score, float(answerable))
        return [readings[number] for number in range(len(pairs))]


def _inputs(encodings: Sequence[Encoding]) -> dict[str, npt.NDArray[np.int64]]:
    shape = (len(encodings), max(len(one.ids) for one in encodings))
    inputs = {name: np.zeros(shape, np.int64) for name in INPUTS}
    for row, one in enumerate(encodings):
        length = len(one.ids)
        inputs["input_ids"][row, :length] = one.ids
        inputs["attention_mask"][row, :length] = 1
        inputs["token_type_ids"][row, :length] = one.type_ids
    return inputs


def best_span(encoding: Encoding, window: Window, start: Floats, end: Floats) -> tuple[str, float]:
    """Return the passage's best span of at most 30 tokens, and its score."""
    first, last = encoded_window(encoding, window).passage_from, len(encoding.ids) - 1
    if first >= last:
        return "", float("-inf")
    scores = start[first:last, None] + end[None, first:last]
    allowed = np.triu(np.ones_like(scores, bool)) & ~np.triu(
        np.ones_like(scores, bool), MAX_SPAN_TOKENS
    )
    best = int(np.where(allowed, scores, -np.inf).argmax())
    a, b = divmod(best, scores.shape[1])
    text = shown(window)[encoding.offsets[first + a][0] : encoding.offsets[first + b][1]]
    return text, float(scores[a, b])
