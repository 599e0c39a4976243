"""From spans to candidate answers: what each is worth, which are one, how surely it is right."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from qa.agreement import grouped
from qa.features import SPAN_FEATURES
from qa.settings import ReaderSettings
from qa.spans import AnswerSpan, Candidate

OF_BEST_SPAN = ("answerable", "type_missing", "cosine", "coverage", "names_missing")
"""Features of the best span that mean the same in a large library as in a small one."""
CANDIDATE_FEATURES = ("score", "share", "agreeing", *OF_BEST_SPAN)
"""The best span's score, the log of the candidate's share of the softmax over all, the log of the
number of its articles, and features of its best span."""


def weighted(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return the weighted sum; the two are as long as each other."""
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def candidates_of(spans: Iterable[AnswerSpan], settings: ReaderSettings) -> tuple[Candidate, ...]:
    """Return the candidates that scored spans come to, best first."""
    groups = grouped(sorted(spans, key=lambda one: -one.score))
    masses = [_mass(group) for group in groups]
    total = _log_sum(masses)
    made = [
        _candidate(group, mass - total, settings)
        for group, mass in zip(groups, masses, strict=True)
    ]
    made.sort(key=lambda one: -one.features[1])
    most = made[0].probability if made else 1.0  # it was fitted on first candidates
    return tuple(replace(one, probability=min(one.probability, most)) for one in made)


def _candidate(spans: Sequence[AnswerSpan], share: float, settings: ReaderSettings) -> Candidate:
    best = spans[0]
    articles = len({one.article_id for one in spans})
    of_span = (best.features[SPAN_FEATURES.index(name)] for name in OF_BEST_SPAN)
    features = (best.score, share, math.log(articles), *of_span)
    logit = settings.bias + weighted(settings.candidate_weights, features)
    return Candidate(tuple(spans), 1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))), features)


def _mass(spans: Sequence[AnswerSpan]) -> float:
    """Return what the answer weighs: its best span of each article, added up as exponentials."""
    best: dict[str, float] = {}
    for one in spans:
        best[one.article_id] = max(one.score, best.get(one.article_id, -math.inf))
    return _log_sum(list(best.values()))


def _log_sum(values: Sequence[float]) -> float:
    return float(np.logaddexp.reduce(values)) if values else -math.inf
