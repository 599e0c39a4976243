"""recall@k, MRR, area under the ROC curve, and intervals by bootstrap."""

from collections.abc import Sequence

import numpy as np

from index.search_text import normalised

RESAMPLES = 2_000
SEED = 13


def contains_answer(text: str, answers: Sequence[str]) -> bool:
    """Return whether any answer occurs in the text, case and typography aside."""
    held = normalised(text).lower()
    return any(normalised(one).lower() in held for one in answers)


def recall_at(ranks: Sequence[int | None], k: int) -> list[float]:
    """Return 1 for each question with a hit among the first `k`, ranks from 1."""
    return [float(rank is not None and rank <= k) for rank in ranks]


def reciprocal_ranks(ranks: Sequence[int | None], k: int = 10) -> list[float]:
    """Return 1/rank for each question, 0 beyond `k`."""
    return [1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks]


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean."""
    generator = np.random.default_rng(SEED)
    sample = np.asarray(values)
    means = sample[generator.integers(0, len(sample), (RESAMPLES, len(sample)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def mean_with_interval(values: Sequence[float]) -> dict[str, float | list[float]]:
    """Return the mean and its 95 % bootstrap interval, to three places, as results keep them."""
    return {
        "mean": round(float(np.mean(values)), 3),
        "interval": [round(one, 3) for one in interval(values)],
    }


def difference(left: Sequence[float], right: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean difference of paired values."""
    return interval([a - b for a, b in zip(left, right, strict=True)])


def area_under_curve(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive scores above a negative, ties half; 0.5 is chance."""
    ordered = np.sort(np.asarray(negative))
    below = np.searchsorted(ordered, positive, "left") + np.searchsorted(ordered, positive, "right")
    return float(np.mean(below) / 2 / len(ordered))
