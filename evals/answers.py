"""Measures answers and refusals from end to end on newsquiz.

    python -m evals.answers

An answer is right where its text holds a gold answer; a refusal is right where no article of the
collection holds one, and precision and recall are those of refusing. Weights and threshold were
fitted on the development half and on NewsQA (evals/fit_reader.py, evals/fit_sentence_rule.py), so
the test half is what counts; the figures over all 700 stand beside it. Rows: the product, the
sentence rule, the reader on the first retrieved passage alone (no reranking), and the sentence rule
on the passages in the reader's order (no reading).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from evals.answer_plots import draw
from evals.calibration import expected_error
from evals.datasets import QuizQuestion, newsquiz_questions
from evals.libraries import newsquiz_library
from evals.metrics import SEED, area_under_curve, contains_answer, interval
from evals.recording import record
from evals.scoring import best_f1, exact_match
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import open_answerer
from qa.domain import Answer, RetrievedPassage
from qa.extractive import ExtractiveAnswerer, Reader
from qa.reader import TrainedReader
from qa.sentence_rule import SentenceRule
from qa.settings import AnsweringSettings, QaSettings, ReaderSettings, SentenceRuleSettings
from qa.spans import Reading

FORCED = AnsweringSettings(threshold=0.0)
PATIENT = ReaderSettings(seconds_per_question=60)
"""Figures must not depend on how busy the machine is."""
PRODUCT, RULE, NO_READING = "Cuttings", "sentence rule", "no reading"


@dataclass(frozen=True, slots=True)
class RuleInReadersOrder:
    """The sentence rule on the passages that the reader puts first."""

    reader: Reader
    rule: SentenceRule

    def read(self, question: str, passages: Sequence[RetrievedPassage]) -> Reading:
        """Return the rule's candidates."""
        return self.rule.read(question, self.order(question, passages))

    def reading(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Reading | None]:
        """Yield the rule's candidates."""
        yield self.read(question, passages)

    def order(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> tuple[RetrievedPassage, ...]:
        """Return the passages in the reader's order."""
        return self.reader.order(question, passages)


def systems() -> dict[str, QuestionAnswerer]:
    """Return what is compared; each answers whatever its confidence."""
    index = IndexSettings(library=newsquiz_library().folder)

    def opened(**settings: object) -> QuestionAnswerer:
        qa = QaSettings(answering=FORCED, **({"reader": PATIENT} | settings))
        return open_answerer(index, qa, many_questions=True).answerer

    product = opened()
    if not isinstance(product.answerer.reader, TrainedReader):
        raise SystemExit("the trained reader's weights are not usable; ask something to hear why")
    rule = opened(reader=ReaderSettings(enabled=False))
    both = RuleInReadersOrder(product.answerer.reader, rule.answerer.reader)
    reranked = QuestionAnswerer(
        product.library,
        product.retriever,
        ExtractiveAnswerer(both, ReaderSettings().passages_ordered),
        FORCED,
    )
    return {
        PRODUCT: product,
        RULE: rule,
        "no reranking": opened(reader=ReaderSettings(passages=1, seconds_per_question=60)),
        NO_READING: reranked,
    }


@dataclass(frozen=True, slots=True)
class Answered:
    """What a system said to some questions; every array has one value a question."""

    questions: Sequence[QuizQuestion]
    answers: Sequence[Answer]

    @property
    def answerable(self) -> np.ndarray:
        """Whether an article holds a gold answer."""
        return np.asarray([one.answerable for one in self.questions])

    @property
    def confidence(self) -> np.ndarray:
        """The confidence of each answer."""
        return np.asarray([one.confidence for one in self.answers])

    def each(self, score: Callable[[Answer, tuple[str, ...]], float]) -> np.ndarray:
        """Return a score of each answer against its gold answers, 0 where there is none."""
        pairs = zip(self.questions, self.answers, strict=True)
        return np.asarray([score(said, q.answers) if q.answerable else 0.0 for q, said in pairs])

    @property
    def right(self) -> np.ndarray:
        """Whether the answer holds a gold answer."""
        return self.each(within).astype(bool)

    def only(self, chosen: Callable[[QuizQuestion], bool]) -> "Answered":
        """Return the part of some questions."""
        pairs = [pair for pair in zip(self.questions, self.answers, strict=True) if chosen(pair[0])]
        return Answered([q for q, _ in pairs], [said for _, said in pairs])


def within(said: Answer, gold: tuple[str, ...]) -> float:
    """Return 1 where the answer's text holds a gold answer."""
    return float(contains_answer(said.text, gold))


def also_within(said: Answer, gold: tuple[str, ...]) -> float:
    """Return 1 where the answer or one told beside it holds a gold answer."""
    texts = [said.text, *(one.text for one in said.also_said)]
    return float(any(contains_answer(text, gold) for text in texts))


def cited(said: Answer, gold: tuple[str, ...]) -> float:
    """Return 1 where a cited passage holds a gold answer."""
    return float(any(contains_answer(one.retrieved.text, gold) for one in said.citations))


FORCED_FIGURES: dict[str, Callable[[Answer, tuple[str, ...]], float]] = {
    "gold within the answer": within,
    "gold within the answer or also said": also_within,
    "gold within a cited passage": cited,
    "exact match": lambda said, gold: exact_match(said.text, gold),
    "F1": lambda said, gold: best_f1(said.text, gold),
}


def figures(held: Answered, threshold: float) -> dict[str, object]:
    """Return [mean, low, high] of every figure: of answers that are forced, then with silence."""
    answerable = held.answerable
    forced = {
        name: with_interval(held.each(score)[answerable]) for name, score in FORCED_FIGURES.items()
    }
    return {
        "questions": len(answerable),
        "answerable": int(answerable.sum()),
        **forced,
        **at(threshold, held.confidence, answerable, held.right),
        "area under the curve, answerable": round(
            area_under_curve(held.confidence[answerable], held.confidence[~answerable]), 3
        ),
        "expected calibration error": round(expected_error(held.confidence, held.right), 3),
    }


def with_interval(values: np.ndarray) -> list[float]:
    """Return [mean, low, high], the interval at 95 %."""
    return [round(float(one), 3) for one in (values.mean(), *interval(values))]


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
    return {name: with_interval(values) for name, values in parts.items() if len(values)}


def verbatim(answers: Sequence[Answer]) -> dict[str, int]:
    """Count cuttings, those that are the article's own characters, and what they are given for."""
    given = [
        (one, said.text[one.answer_start : one.answer_end])
        for said in answers
        for one in said.citations
    ]
    given += [(one.citation, one.text) for said in answers for one in said.also_said]
    own = [
        one.retrieved.stored.article.text[one.start_char : one.end_char] == one.cited_text
        for one, _ in given
    ]
    return {
        "cuttings": len(given),
        "cuttings verbatim": sum(own),
        "cuttings that hold what they are given for": sum(
            bool(words) and words in one.cited_text for one, words in given
        ),
    }


def main() -> None:
    """Ask every system every question, print and keep the figures."""
    questions = newsquiz_questions()
    threshold = AnsweringSettings().threshold
    held: dict[str, Answered] = {}
    for name, system in systems().items():
        answers = [system.answer(one.text) for one in tqdm(questions, desc=name, mininterval=10)]
        held[name] = Answered(questions, answers)
    thresholds = dict.fromkeys(held, threshold) | {
        name: SentenceRuleSettings().threshold for name in (RULE, NO_READING)
    }
    test = {name: one.only(lambda q: not q.is_development) for name, one in held.items()}
    kept = {
        "threshold": threshold,
        "test half": {name: figures(one, thresholds[name]) for name, one in test.items()},
        "all questions": {name: figures(one, thresholds[name]) for name, one in held.items()},
        "verbatim": verbatim(held[PRODUCT].answers),
    }
    for half in ("test half", "all questions"):
        for name, row in kept[half].items():
            print(f"\n{half}, {name}")
            print("\n".join(f"  {figure:38} {value}" for figure, value in row.items()))
    print(f"\n{kept['verbatim']}")
    draw(test, threshold)
    record("answers", "python -m evals.answers", kept, n=len(questions), seed=SEED)


if __name__ == "__main__":
    main()
