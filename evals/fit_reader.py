"""Fits how the trained reader's scores are weighted, and what they come to as a probability.

    python -m evals.fit_reader

Span weights: on the development half of newsquiz and the even half of NewsQA's development
questions, so that a right span is likeliest among those of its question. Probability: on the
development half of newsquiz and on NewsQA over one article; so is the threshold. Prints
what belongs into qa.settings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegressionCV

from evals.calibration import expected_error
from evals.listwise import listwise_weights
from evals.readings import Read, newsqa, newsquiz, of_first_passages, of_one_article
from qa.candidates import CANDIDATE_FEATURES, candidates_of, weighted
from qa.extractive import ExtractiveAnswerer
from qa.features import OF_READING, SPAN_FEATURES
from qa.settings import ReaderSettings
from qa.spans import AnswerSpan, Candidate

STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse of the regularisation; chosen by the log loss of held-out fifths."""
FOLDS = 5
SPAN_RIDGE = 0.01
"""0.001 and 0.03 differ by less than the noise of held-out fifths."""
BOUNDS = (2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 1e9)


def weighed(spans: Sequence[AnswerSpan], settings: ReaderSettings) -> tuple[Candidate, ...]:
    """Return the candidates that the spans come to by these weights, not those of their reading."""
    weights = settings.span_weights
    scored = [replace(one, score=weighted(weights, one.features)) for one in spans]
    return candidates_of(scored, settings)


def fit_spans(read: Sequence[Read]) -> np.ndarray:
    """Return the weights of SPAN_FEATURES."""
    features = [span.features for one in read for span in one.spans]
    labels = [one.right(span.text) for one in read for span in one.spans]
    groups = [number for number, one in enumerate(read) for _ in one.spans]
    return listwise_weights(
        np.asarray(features), np.asarray(labels), np.asarray(groups), ridge=SPAN_RIDGE
    )


def fit_order(read: Sequence[Read]) -> np.ndarray:
    """Return weights of SPAN_FEATURES by which a passage with an answer is likeliest the first."""
    features, labels, groups = [], [], []
    worth = ReaderSettings().span_weights
    for number, one in enumerate(read):
        best: dict[int, AnswerSpan] = {}
        for span in sorted(one.spans, key=lambda span: -weighted(worth, span.features)):
            best.setdefault(span.retrieved.stored.row, span)
        features += [span.features for span in best.values()]
        labels += [one.right(span.retrieved.text) for span in best.values()]
        groups += [number] * len(best)
    return listwise_weights(
        np.asarray(features), np.asarray(labels), np.asarray(groups), ridge=SPAN_RIDGE
    )


def shown(one: Read, candidate: Candidate) -> str:
    """Return the answer's text as the product would show it."""
    maker = ExtractiveAnswerer(_Fixed((candidate,)))
    return maker.draft(one.question, [candidate.best.retrieved]).text


@dataclass(frozen=True, slots=True)
class _Fixed:
    """A reader that has read already."""

    candidates: tuple[Candidate, ...]

    def read(self, question: str, passages: Sequence[object]) -> "_Fixed":
        return self

    def order(self, question: str, passages: Sequence[object]) -> tuple[()]:
        return ()

    @property
    def passages(self) -> tuple[()]:
        return ()


def first_right(read: Sequence[Read], settings: ReaderSettings) -> float:
    """Return the share of answerable questions whose first answer is right."""
    asked = [one for one in read if one.gold]
    return float(np.mean([one.right(shown(one, weighed(one.spans, settings)[0])) for one in asked]))


def held_out(read: Sequence[Read], fit: Callable[[Sequence[Read]], np.ndarray]) -> float:
    """Return `first_right` when each fifth is weighted by what the others fit."""
    shares, sizes = [], []
    for fold in range(FOLDS):
        rest = [one for number, one in enumerate(read) if number % FOLDS != fold]
        part = [one for number, one in enumerate(read) if number % FOLDS == fold and one.gold]
        weights = tuple(float(one) for one in fit(rest))
        shares.append(first_right(part, ReaderSettings(span_weights=weights)) if part else 0.0)
        sizes.append(len(part))
    return float(np.average(shares, weights=sizes))


def stopped(read: Sequence[Read], settings: ReaderSettings, bound: float) -> str:
    """Say how many passages are read and how much is right if reading ends at a bound."""
    before = len(OF_READING)
    counts, right = [], []
    for one in read:
        by_passage: dict[int, list[AnswerSpan]] = {}
        for span in sorted(one.spans, key=lambda span: -span.retrieved.score):
            by_passage.setdefault(span.retrieved.stored.row, []).append(span)
        passages = list(by_passage.values())
        reach = [
            weighted(settings.span_weights[before:], some[0].features[before:]) for some in passages
        ]
        count, best = 0, -np.inf
        while count < len(passages) and best <= bound + max(reach[count:]):
            scores = [weighted(settings.span_weights, span.features) for span in passages[count]]
            best, count = max(best, *scores), count + 1
        counts.append(count)
        if one.gold:
            spans = [span for some in passages[:count] for span in some]
            right.append(one.right(shown(one, weighed(spans, settings)[0])))
    return (
        f"{np.mean(counts):.1f} passages read, median {np.median(counts):.0f}, "
        f"right {np.mean(right):.3f}"
    )


def fit_probability(read: Sequence[Read], beside: Sequence[Read], settings: ReaderSettings) -> None:
    """Print weights and bias of the probability that the first answer is right, and thresholds.

    Fitted on both, as a library may be large or one article.
    """
    (features, right), (others, others_right) = (_firsts(some, settings) for some in (read, beside))
    scale = np.vstack([features, others]).std(axis=0).clip(min=1e-6)
    model = logistic(np.vstack([features, others]) / scale, np.r_[right, others_right])
    weights = model.coef_[0] / scale
    print(f"strength {model.C_}")
    print(f"candidate_weights = {rounded(weights)}\nbias = {float(model.intercept_[0]):.3f}")
    print(dict(zip(CANDIDATE_FEATURES, rounded(model.coef_[0]), strict=True)))
    large = (features / scale, right)
    small = (others / scale, others_right)
    print_thresholds("large library", read, right, crossed(*large, *small))
    print_thresholds("one article", beside, others_right, crossed(*small, *large))


def print_thresholds(
    name: str, read: Sequence[Read], right: np.ndarray, confidences: np.ndarray
) -> None:
    """Print what each threshold gives; confidences are of models that did not see the question."""
    print(f"{name}, expected calibration error: {expected_error(confidences, right):.3f}")
    answerable = np.asarray([bool(one.gold) for one in read])
    for threshold in np.arange(0.05, 0.5, 0.025):
        said = confidences >= threshold
        precision = (~answerable)[~said].mean() if (~said).any() else 0.0
        recall = (~said)[~answerable].mean()
        print(
            f"{threshold:.3f}: answered {said.mean():.2f}, right of answered "
            f"{right[said].mean() if said.any() else 0:.2f}, refusals: precision {precision:.2f}, "
            f"recall {recall:.2f}, F1 {2 * precision * recall / (precision + recall):.3f}"
        )


def _firsts(read: Sequence[Read], settings: ReaderSettings) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of each question's first candidate, and whether it is right."""
    firsts = [weighed(one.spans, settings)[0] for one in read]
    right = [one.right(shown(one, first)) for one, first in zip(read, firsts, strict=True)]
    return np.asarray([one.features for one in firsts]), np.asarray(right)


def logistic(features: np.ndarray, right: np.ndarray) -> LogisticRegressionCV:
    """Return a fitted model of the probability of being right."""
    model = LogisticRegressionCV(
        Cs=STRENGTHS,
        cv=FOLDS,
        scoring="neg_log_loss",
        l1_ratios=(0,),
        use_legacy_attributes=False,
    )
    return model.fit(features, right)


def crossed(
    features: np.ndarray, right: np.ndarray, others: np.ndarray, others_right: np.ndarray
) -> np.ndarray:
    """Return each question's probability by a model that was fitted without its fifth."""
    fold = np.arange(len(right)) % FOLDS
    confidences = np.zeros(len(right))
    for number in range(FOLDS):
        kept = fold != number
        model = logistic(np.vstack([features[kept], others]), np.r_[right[kept], others_right])
        confidences[~kept] = model.predict_proba(features[~kept])[:, 1]
    return confidences


def rounded(values: Sequence[float]) -> tuple[float, ...]:
    """Return values as they are written into the settings."""
    return tuple(round(float(one), 3) for one in values)


def main() -> None:
    """Read both sets, fit, print."""
    ordered, stories = newsquiz(), of_first_passages(newsqa())
    quiz = of_first_passages(ordered)
    weights = fit_spans([*quiz, *stories])
    settings = ReaderSettings(span_weights=tuple(float(one) for one in weights))
    print(f"span_weights = {rounded(weights)}\n{SPAN_FEATURES}")
    print(f"order_weights = {rounded(fit_order(ordered))}")
    print(f"held-out fifths, right: newsquiz {held_out(quiz, fit_spans):.3f}")
    print(
        f"in sample, right: {first_right(quiz, settings):.3f} {first_right(stories, settings):.3f}"
    )
    for bound in BOUNDS:
        print(f"highest_reading {bound}: {stopped(quiz, settings, bound)}")
    fit_probability(quiz, of_one_article(stories), settings)


if __name__ == "__main__":
    main()
