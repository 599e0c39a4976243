"""Reads windows with a model in training, the way that the product reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.reader_model import INPUTS, ReaderModel, Window
from qa.spans import best_spans


class TorchNetwork:
    """The model as it is trained; its encoder in bfloat16 where asked, which halves the time."""

    def __init__(self, weights: Path, *, bfloat16: bool = False) -> None:
        import torch

        from training.model import base_model, load_weights

        self._model = base_model().eval()
        load_weights(self._model, weights)
        if bfloat16:
            self._model.encoder.to(torch.bfloat16)

    def run(
        self, names: None, inputs: dict[str, npt.NDArray[np.int64]]
    ) -> Sequence[npt.NDArray[np.float32]]:
        """Return the logits of one padded batch."""
        import torch

        with torch.inference_mode():
            outputs = self._model(*(torch.from_numpy(inputs[name]) for name in INPUTS))
        return [one.numpy() for one in outputs]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one window."""

    answer: str
    score: float
    """Start plus end logit; comparable between windows of one question."""
    answerable: float
    """Logit that the window answers."""


def read(model: ReaderModel, question: str, windows: Sequence[Window]) -> list[Reading]:
    """Return the best answer of each window, in order; an answer is always forced."""
    readings: dict[int, Reading] = {}
    for number, logits in model.logits(question, windows):
        (start, end), score = next(iter(best_spans(logits, 1)), ((0, 0), float("-inf")))
        text = windows[number].text[start:end]
        readings[number] = Reading(text, score, logits.answerable)
    return [readings[number] for number in range(len(windows))]
