"""Fits how the trained reader's scores are weighted, and what they come to as a probability.

    python -m evals.fit_reader

Span weights: on the development half of newsquiz and the even half of NewsQA's development
questions, so that a right span is likeliest among those of its question. Probability and
threshold: on the development half of newsquiz. Prints what belongs into qa.settings.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegressionCV
from tqdm import tqdm

from evals.datasets import newsquiz_questions, records
from evals.libraries import newsqa_library, newsquiz_library
from evals.listwise import listwise_weights
from evals.metrics import contains_answer
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.settings import IndexSettings
from qa.assembly import open_reader
from qa.candidates import CANDIDATE_FEATURES, candidates_of, weighted
from qa.extractive import ExtractiveAnswerer
from qa.features import OF_READING, SPAN_FEATURES
from qa.neighbours import ExactNeighbours
from qa.retrieval import Retriever
from qa.settings import QaSettings, ReaderSettings
from qa.spans import AnswerSpan, Candidate

NEWSQA_QUESTIONS = 400
PASSAGES = ReaderSettings().passages
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse of the regularisation; chosen by the log loss of held-out fifths."""
FOLDS = 5
BOUNDS = (2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 1e9)


@dataclass(frozen=True, slots=True)
class Read:
    """A question with every span that was marked for it; `gold` is empty without an answer."""

    question: str
    gold: tuple[str, ...]
    spans: tuple[AnswerSpan, ...]

    def right(self, text: str) -> bool:
        """Return whether a text holds a gold answer."""
        return bool(self.gold) and contains_answer(text, self.gold)


def read_all(library: Library, asked: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Read]:
    """Retrieve and read, without stopping early."""
    embeddings = CuttingsEmbeddings()
    settings = QaSettings(reader=ReaderSettings(seconds_per_question=600, highest_reading=1e9))
    reader = open_reader(IndexSettings(), settings, embeddings)
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    for question, gold in tqdm(asked, mininterval=20):
        reading = reader.read(question, retriever.retrieve(question, limit=PASSAGES))
        spans = tuple(span for one in reading.candidates for span in one.spans)
        yield Read(question, gold, spans)


def newsquiz() -> list[Read]:
    """Read the development half."""
    asked = [
        (one.text, one.answers if one.answerable else ())
        for one in newsquiz_questions()
        if one.is_development
    ]
    return list(read_all(newsquiz_library(), asked))


def newsqa() -> list[Read]:
    """Read some of the questions of even number, over all articles."""
    even = list(records("newsqa/dev.jsonl.gz"))[::2]
    step = max(1, len(even) // NEWSQA_QUESTIONS)
    asked = [
        (one["question"], tuple(a["text"].strip(' .,;:"') for a in one["answers"]))
        for one in even[::step]
    ]
    return list(read_all(newsqa_library(), asked))


def fit_spans(read: Sequence[Read]) -> np.ndarray:
    """Return the weights of SPAN_FEATURES."""
    features = [span.features for one in read for span in one.spans]
    labels = [one.right(span.text) for one in read for span in one.spans]
    groups = [number for number, one in enumerate(read) for _ in one.spans]
    return listwise_weights(np.asarray(features), np.asarray(labels), np.asarray(groups))


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
    return float(
        np.mean([one.right(shown(one, candidates_of(one.spans, settings)[0])) for one in asked])
    )


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
            right.append(one.right(shown(one, candidates_of(spans, settings)[0])))
    return (
        f"{np.mean(counts):.1f} passages read, median {np.median(counts):.0f}, "
        f"right {np.mean(right):.3f}"
    )


def fit_probability(read: Sequence[Read], settings: ReaderSettings) -> None:
    """Print weights and bias of the probability that the first answer is right, and thresholds."""
    firsts = [candidates_of(one.spans, settings)[0] for one in read]
    features = np.asarray([one.features for one in firsts])
    right = np.asarray(
        [one.right(shown(one, first)) for one, first in zip(read, firsts, strict=True)]
    )
    scale = features.std(axis=0).clip(min=1e-6)
    model = logistic(features / scale, right)
    weights = model.coef_[0] / scale
    print(f"strength {model.C_}")
    print(f"candidate_weights = {rounded(weights)}\nbias = {float(model.intercept_[0]):.3f}")
    print(dict(zip(CANDIDATE_FEATURES, rounded(model.coef_[0]), strict=True)))
    confidences = crossed(features / scale, right)
    answerable = np.asarray([bool(one.gold) for one in read])
    for threshold in np.arange(0.05, 0.6, 0.025):
        said = confidences >= threshold
        print(
            f"{threshold:.3f}: answered {said.mean():.2f}, right of answered "
            f"{right[said].mean() if said.any() else 0:.2f}, refusal precision "
            f"{(~answerable)[~said].mean() if (~said).any() else 0:.2f} "
            f"recall {(~said)[~answerable].mean():.2f}"
        )


def logistic(features: np.ndarray, right: np.ndarray) -> LogisticRegressionCV:
    """Return a fitted model of the probability of being right."""
    return LogisticRegressionCV(Cs=STRENGTHS, cv=FOLDS, scoring="neg_log_loss").fit(features, right)


def crossed(features: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return each question's probability by a model that was fitted without its fifth."""
    fold = np.arange(len(right)) % FOLDS
    confidences = np.zeros(len(right))
    for number in range(FOLDS):
        model = logistic(features[fold != number], right[fold != number])
        confidences[fold == number] = model.predict_proba(features[fold == number])[:, 1]
    return confidences


def rounded(values: Sequence[float]) -> tuple[float, ...]:
    """Return values as they are written into the settings."""
    return tuple(round(float(one), 3) for one in values)


def main() -> None:
    """Read both sets, fit, print."""
    quiz, stories = newsquiz(), newsqa()
    weights = fit_spans([*quiz, *stories])
    settings = ReaderSettings(span_weights=tuple(float(one) for one in weights))
    print(f"span_weights = {rounded(weights)}\n{SPAN_FEATURES}")
    print(f"held-out fifths, right: newsquiz {held_out(quiz, fit_spans):.3f}")
    print(
        f"in sample, right: {first_right(quiz, settings):.3f} {first_right(stories, settings):.3f}"
    )
    for bound in BOUNDS:
        print(f"highest_reading {bound}: {stopped(quiz, settings, bound)}")
    fit_probability(quiz, settings)


if __name__ == "__main__":
    main()
