"""Batches of groups of like length, in a fixed order that can be taken up again anywhere."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.encoding import Arrays
from training.model import Batch

CHUNK_GROUPS = 400
"""Groups sorted by length together; more would save little padding and mix less."""
WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the data a run is: shards and steps already taken."""

    shard: int = 0
    step: int = 0
    """Steps taken of this shard."""


@dataclass(frozen=True, slots=True)
class StepSize:
    """How much one step of training sees."""

    batches: int = 4
    """Forward and backward passes in a step; workers take them as they become free."""
    batch_tokens: int = 1_280
    """Tokens in one of them, padding included."""


def steps(
    folder: Path, place: Place, size: StepSize, *, seed: int
) -> Iterator[tuple[Place, list[Batch]]]:
    """Yield the batches of each step from `place` on, for ever, and the place after it.

    Shards are read in order and again from the first when all were read; each pass is batched
    anew. A shard that is still being prepared is waited for.
    """
    ordinal, skipped = place.shard, place.step
    while True:
        arrays = Arrays.load(_shard(folder, ordinal))
        plan = _plan(arrays, size, np.random.default_rng((seed, ordinal)))
        for number, parts in enumerate(plan):
            if number >= skipped:
                yield (
                    Place(ordinal, number + 1),
                    [batch_of(arrays, groups) for groups in parts],
                )
        ordinal, skipped = ordinal + 1, 0


def _shard(folder: Path, ordinal: int) -> Path:
    while True:
        whole = (folder / "report.json").exists()
        ready = sorted(path.parent for path in folder.glob("*/complete.json"))
        if ready and (whole or ordinal < len(ready)):
            return ready[ordinal % len(ready)]
        time.sleep(WAIT_SECONDS)


def _plan(arrays: Arrays, size: StepSize, generator: np.random.Generator) -> list[list[list[int]]]:
    """Return the groups of each batch of each step."""
    longest = longest_windows(arrays)
    order = generator.permutation(len(arrays.groups) - 1)
    planned: list[list[list[int]]] = []
    for first in range(0, len(order), CHUNK_GROUPS):
        chunk = order[first : first + CHUNK_GROUPS]
        chunk = chunk[np.argsort(longest[chunk], kind="stable")]
        parts = _cut(chunk.tolist(), arrays, longest, size.batch_tokens)
        chunked = [parts[at : at + size.batches] for at in range(0, len(parts), size.batches)]
        planned += [chunked[at] for at in generator.permutation(len(chunked))]
    return planned


def longest_windows(arrays: Arrays) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return the tokens of each group's longest window."""
    lengths = arrays.windows[:, 1] - arrays.windows[:, 0]
    longest: np.ndarray[tuple[int], np.dtype[np.int32]] = np.maximum.reduceat(
        lengths, arrays.groups[:-1]
    )
    return longest


def _cut(
    ordered: Sequence[int],
    arrays: Arrays,
    longest: np.ndarray[tuple[int], np.dtype[np.int32]],
    tokens: int,
) -> list[list[int]]:
    parts: list[list[int]] = [[]]
    windows = 0
    for group in ordered:
        count = int(arrays.groups[group + 1] - arrays.groups[group])
        if parts[-1] and (windows + count) * int(longest[group]) > tokens:
            parts.append([])
            windows = 0
        parts[-1].append(group)
        windows += count
    return parts


def batch_of(arrays: Arrays, groups: Sequence[int]) -> Batch:
    """Return these groups as one padded batch."""
    members = [
        (number, window)
        for number, group in enumerate(groups)
        for window in range(int(arrays.groups[group]), int(arrays.groups[group + 1]))
    ]
    chosen = np.asarray([window for _, window in members])
    limits = arrays.windows[chosen]
    lengths = limits[:, 1] - limits[:, 0]
    shape = (len(chosen), int(lengths.max()))
    places = np.arange(shape[1])[None, :]
    held = places < lengths[:, None]
    ids = np.zeros(shape, np.int64)
    for row, (start, end, _, _) in enumerate(limits):
        ids[row, : end - start] = arrays.tokens[start:end]
    starts, ends = np.zeros(shape, bool), np.zeros(shape, bool)
    first = np.searchsorted(arrays.spans[:, 0], chosen, "left")
    last = np.searchsorted(arrays.spans[:, 0], chosen, "right")
    for row, (a, b) in enumerate(zip(first, last, strict=True)):
        starts[row, arrays.spans[a:b, 1]] = True
        ends[row, arrays.spans[a:b, 2]] = True
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(held.astype(np.int64)),
        torch.from_numpy(((places >= limits[:, 2:3]) & held).astype(np.int64)),
        torch.from_numpy((places >= limits[:, 3:4]) & (places < lengths[:, None] - 1)),
        torch.from_numpy(starts),
        torch.from_numpy(ends),
        torch.tensor([number for number, _ in members]),
        torch.from_numpy((last > first).astype(np.float32)),
    )
