"""Whether a confidence of 0.7 is right seven times in ten."""

from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence."""

    count: int
    confidence: float
    """Their mean confidence."""
    right: float
    """The share of them that is right."""


def reliability(confidence: np.ndarray, right: np.ndarray, *, bins: int = BINS) -> list[Bin]:
    """Return the bins of equal width that hold anything, in order."""
    numbers = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for number in range(bins)
        if (inside := numbers == number).any()
    ]


def expected_error(confidence: np.ndarray, right: np.ndarray, *, bins: int = BINS) -> float:
    """Return the expected calibration error: the mean distance of confidence and share right.

    By bins of equal width, weighted by what they hold (Naeini et al., AAAI 2015).
    """
    held = reliability(confidence, right, bins=bins)
    return sum(one.count * abs(one.confidence - one.right) for one in held) / len(confidence)
