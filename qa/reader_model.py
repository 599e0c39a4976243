"""The reader's network: (question, title and passage) to logits, by ONNX Runtime, without torch."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.encoders import usable_cores
from qa.spans import WindowLogits

MAX_TOKENS = 384
MAX_QUESTION_CHARS = 300
BATCH_TOKENS = 256
"""Of 256, 512 and 1,024, int8 read 20 passages in 290, 320 and 350 ms on one core's two threads."""
INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Network(Protocol):
    """Something that computes logits, such as an ONNX Runtime session."""

    def run(self, names: None, inputs: dict[str, npt.NDArray[np.int64]]) -> Sequence[Any]:
        """Return start and end, (windows, tokens), and answerable, (windows,), of padded INPUTS."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """What is read beside the question: a lead, which holds no answer, and the passage."""

    lead: str
    text: str


class ReaderModel:
    """Reads windows; nothing is loaded before the first. Safe to share between threads."""

    def __init__(self, tokenizer: Path, open_network: Callable[[], Network]) -> None:
        self._tokenizer_file = tokenizer
        self._open_network = open_network

    def logits(
        self, question: str, windows: Sequence[Window]
    ) -> Iterator[tuple[int, WindowLogits]]:
        """Yield (number of the window, its logits), as many batches at once as there are cores.

        Windows of like length share a batch, and the batch with the earliest window comes first. A
        batch is computed when it is asked for, so a caller that has enough stops the work.
        """
        pairs = [(question[:MAX_QUESTION_CHARS], one.lead + one.text) for one in windows]
        encodings = self._tokenizer.encode_batch(pairs)
        _ = self._network  # opened once, before threads ask for it
        planned = batches([len(one.ids) for one in encodings])
        for first in range(0, len(planned), usable_cores()):
            some = planned[first : first + usable_cores()]
            parts = [[encodings[number] for number in batch] for batch in some]
            for batch, outputs in zip(some, self._computed(parts), strict=True):
                for row, number in enumerate(batch):
                    at_row = [one[row] for one in outputs]
                    yield number, _cut(encodings[number], windows[number], at_row)

    def _computed(self, parts: Sequence[Sequence[Any]]) -> Iterator[Any]:
        return self._pool.map(self._forward, parts) if len(parts) > 1 else map(self._forward, parts)

    def _forward(self, encodings: Sequence[Any]) -> Any:
        return self._network.run(None, _padded(encodings))

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(usable_cores(), thread_name_prefix="reading")

    @cached_property
    def _network(self) -> Network:
        return self._open_network()

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        tokenizer.no_padding()
        return tokenizer


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group numbers of like length into batches of at most BATCH_TOKENS, padding included.

    The batch that holds the earliest number comes first.
    """
    grouped: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda one: (-lengths[one], one)):
        if grouped and lengths[grouped[-1][0]] * (len(grouped[-1]) + 1) <= BATCH_TOKENS:
            grouped[-1].append(number)
        else:
            grouped.append([number])
    return sorted(grouped, key=min)


def _padded(encodings: Sequence[Any]) -> dict[str, npt.NDArray[np.int64]]:
    shape = (len(encodings), max(len(one.ids) for one in encodings))
    inputs = {name: np.zeros(shape, np.int64) for name in INPUTS}
    for row, one in enumerate(encodings):
        length = len(one.ids)
        inputs["input_ids"][row, :length] = one.ids
        inputs["attention_mask"][row, :length] = 1
        inputs["token_type_ids"][row, :length] = one.type_ids
    return inputs


def _cut(encoding: Any, window: Window, outputs: Sequence[Any]) -> WindowLogits:
    """Keep the passage's tokens of one row."""
    offsets = np.asarray(encoding.offsets, np.int64).reshape(-1, 2)
    lead, types = len(window.lead), np.asarray(encoding.type_ids)
    kept = (types == 1) & (offsets[:, 0] >= lead) & (offsets[:, 1] > offsets[:, 0])
    start, end, answerable = outputs
    length = len(offsets)
    return WindowLogits(
        offsets[kept] - lead,
        np.asarray(start[:length][kept], np.float32),
        np.asarray(end[:length][kept], np.float32),
        float(answerable),
    )
