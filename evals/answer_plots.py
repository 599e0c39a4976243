"""Pictures of evals.answers: what silence buys, and whether the confidence can be believed."""

from collections.abc import Mapping
from typing import Protocol

import matplotlib.pyplot as plt
import numpy as np

from evals.calibration import reliability
from evals.recording import RESULTS


class Held(Protocol):
    """What a system said, one value a question."""

    @property
    def confidence(self) -> np.ndarray:
        """In [0, 1]."""
        ...

    @property
    def right(self) -> np.ndarray:
        """Whether each answer is right."""
        ...


def draw(held: Mapping[str, Held], threshold: float) -> None:
    """Draw risk against coverage of every system, and the reliability of the first."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for name, one in held.items():
        coverage, risk = risk_by_coverage(one.confidence, one.right)
        (line,) = left.plot(coverage, risk, label=name)
        answered = float((one.confidence >= threshold).mean())
        if name == next(iter(held)):
            at = int(np.searchsorted(coverage, answered))
            left.plot(answered, risk[min(at, len(risk) - 1)], "o", color=line.get_color())
    left.set_xlabel("coverage: share of questions answered")
    left.set_ylabel("risk: share of answers that are wrong")
    left.set_title("newsquiz, test half (dot: default threshold)", fontsize=10)
    first = next(iter(held.values()))
    bins = reliability(first.confidence, first.right)
    right.plot([0, 1], [0, 1], color="grey", linestyle=":")
    right.bar([one.confidence for one in bins], [one.right for one in bins], width=0.06, alpha=0.7)
    for one in bins:
        right.annotate(str(one.count), (one.confidence, one.right), ha="center", fontsize=7)
    right.set_xlabel("confidence shown")
    right.set_ylabel("share right")
    right.set_title("reliability (numbers: answers in the bin)", fontsize=10)
    for axes in (left, right):
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.grid(alpha=0.3)
    left.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "answers.svg")


def risk_by_coverage(confidence: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (coverage, risk) as the least sure answers are left out one after the other."""
    order = np.argsort(-confidence, kind="stable")
    number = np.arange(1, len(order) + 1)
    return number / len(order), np.cumsum(~right[order]) / number
