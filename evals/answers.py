"""Measures answers and refusals from end to end on the test half of newsquiz.

    python -m evals.answers

Right is an answer whose text holds a gold answer. A refusal is right where no article of the
collection holds the gold answer; precision and recall are those of refusing. Weights and threshold
were fitted on the other half and on NewsQA, by evals/fit_sentence_rule.py.
"""

import matplotlib.pyplot as plt
import numpy as np
from tqdm import tqdm

from evals.datasets import newsquiz_questions
from evals.libraries import newsquiz_library
from evals.metrics import SEED, area_under_curve, contains_answer, interval
from evals.recording import RESULTS, record
from index.settings import IndexSettings
from qa.assembly import open_answerer
from qa.settings import AnsweringSettings, QaSettings


def main() -> None:
    """Ask every question of the test half, print and keep the figures."""
    questions = [one for one in newsquiz_questions() if not one.is_development]
    folder = newsquiz_library().folder
    settings = QaSettings(answering=AnsweringSettings(threshold=0.0))
    answerer = open_answerer(IndexSettings(library=folder), settings, many_questions=True).answerer
    answers = [answerer.answer(one.text) for one in tqdm(questions, mininterval=5)]
    answerable = np.asarray([one.answerable for one in questions])
    confidence = np.asarray([one.confidence for one in answers])
    right = np.asarray(
        [
            one.answerable and contains_answer(answer.text, one.answers)
            for one, answer in zip(questions, answers, strict=True)
        ]
    )
    cited = [citation for one in answers for citation in one.citations]
    # A citation must be the article's own characters, and the part of the answer it stands for.
    verbatim = sum(
        answer.text[one.answer_start : one.answer_end] == one.cited_text
        and one.cited_text in one.retrieved.stored.article.text
        for answer in answers
        for one in answer.citations
    )
    threshold = AnsweringSettings().threshold
    kept = {
        "threshold": threshold,
        "answerable": int(answerable.sum()),
        "not answerable": int((~answerable).sum()),
        **at(threshold, confidence, answerable, right),
        "area under the curve, answerable": round(
            area_under_curve(confidence[answerable], confidence[~answerable]), 3
        ),
        "citations": len(cited),
        "citations verbatim": verbatim,
    }
    for name, value in kept.items():
        print(f"{name:38} {value}")
    draw(confidence, answerable, right, threshold)
    record("answers", "python -m evals.answers", kept, n=len(questions), seed=SEED)


def at(
    threshold: float, confidence: np.ndarray, answerable: np.ndarray, right: np.ndarray
) -> dict[str, list[float]]:
    """Return [mean, low, high] of each figure when only what reaches the threshold is answered."""
    said = confidence >= threshold
    parts = {
        "answered": said,
        "right of answered": right[said],
        "right of answerable": (right & said)[answerable],
        "precision of refusals": (~answerable)[~said],
        "recall of refusals": (~said)[~answerable],
    }
    return {
        name: [round(float(one), 3) for one in (values.mean(), *interval(values))]
        for name, values in parts.items()
        if len(values)
    }


def draw(
    confidence: np.ndarray, answerable: np.ndarray, right: np.ndarray, threshold: float
) -> None:
    """Draw what each threshold would give."""
    thresholds = np.linspace(0.02, 0.6, 30)
    rows = [at(float(one), confidence, answerable, right) for one in thresholds]
    figure, axes = plt.subplots(figsize=(7, 4))
    for name in ("answered", "right of answered", "precision of refusals", "recall of refusals"):
        axes.plot(thresholds, [row.get(name, [np.nan])[0] for row in rows], label=name)
    axes.axvline(threshold, color="grey", linestyle=":", label="default threshold")
    axes.set_xlabel("threshold on the confidence")
    axes.set_ylim(0, 1)
    axes.set_title("newsquiz, test half: answering and refusing")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(RESULTS / "answers.svg")


if __name__ == "__main__":
    main()
