"""Fits the sentence rule: weights on NewsQA, threshold on the development half of newsquiz.

    python -m evals.fit_sentence_rule

NewsQA questions are plain questions with marked spans, so a sentence's label is exact; newsquiz has
the questions that no article answers. Prints what belongs into qa.settings.
"""

from collections.abc import Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression

from evals.datasets import newsquiz_questions, records
from evals.libraries import newsqa_library, newsquiz_library
from evals.listwise import listwise_weights
from evals.metrics import contains_answer
from index.embedding import CuttingsEmbeddings
from index.library import Library
from qa.domain import RetrievedPassage
from qa.neighbours import ExactNeighbours
from qa.retrieval import Retriever
from qa.sentence_rule import FEATURES, SentenceRule
from qa.settings import SentenceRuleSettings

EVERY_SENTENCE = 10_000


def candidates(
    library: Library,
    questions: list[str],
    *,
    passages: int = 10,
) -> Iterator[tuple[str, list[RetrievedPassage], list[object]]]:
    """Yield (question, passages, every candidate sentence with its features)."""
    embeddings = CachedEmbeddings()
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    reader = SentenceRule(embeddings, SentenceRuleSettings(sentences=EVERY_SENTENCE))
    for question in questions:
        found = retriever.retrieve(question, limit=passages)
        read = reader.read(question, found).candidates
        yield question, found, [one.best for one in read]


class CachedEmbeddings:
    """Embeds each sentence once."""

    def __init__(self) -> None:
        self._embeddings = CuttingsEmbeddings()
        self._known: dict[str, np.ndarray] = {}

    def embed_questions(self, texts: list[str]) -> np.ndarray:
        """Return float32 of shape (len(texts), 384)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embeddings.embed_questions(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def newsqa_rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features, labels and question numbers of NewsQA's candidate sentences."""
    library = newsqa_library()
    asked = list(records("newsqa/dev.jsonl.gz"))[::2]
    features, labels, groups = [], [], []
    spans = {one["question"]: (one["context"], one["answers"]) for one in asked}
    for number, (question, _, read) in enumerate(candidates(library, list(spans))):
        context, answers = spans[question]
        for one in read:
            article = one.retrieved.stored.article
            hit = article.text == context and any(
                one.span[0] <= a["answer_start"] < one.span[1] for a in answers
            )
            features.append(one.features)
            labels.append(hit)
            groups.append(number)
    return np.asarray(features), np.asarray(labels), np.asarray(groups)


def fit() -> None:
    features, labels, groups = newsqa_rows()
    held_out = groups % 5 == 0
    weights = listwise_weights(features[~held_out], labels[~held_out], groups[~held_out])
    scores = features @ weights
    for name, chosen in (("training", ~held_out), ("held-out fifth", held_out)):
        right = [
            labels[groups == g][np.argmax(scores[groups == g])] for g in np.unique(groups[chosen])
        ]
        share = f"{np.mean(right):.3f} of {len(right)}"
        print(f"NewsQA, {name}: best sentence holds the answer in {share}")
    fit_confidence(weights)


def fit_confidence(weights: np.ndarray) -> None:
    """Scale the weights into a probability on the development half of newsquiz, print it all."""
    questions = [one for one in newsquiz_questions() if one.is_development]
    best, right = [], []
    for one, (_, _, read) in zip(
        questions, candidates(newsquiz_library(), [q.text for q in questions]), strict=True
    ):
        scores = [float(np.asarray(span.features) @ weights) for span in read]
        best.append(max(scores))
        top = read[int(np.argmax(scores))]
        right.append(one.answerable and contains_answer(top.text, one.answers))
    model = LogisticRegression(C=100.0).fit(np.asarray(best)[:, None], right)
    scale, bias = float(model.coef_[0][0]), float(model.intercept_[0])
    print(f"weights = {tuple(round(float(w) * scale, 3) for w in weights)}\nbias = {bias:.3f}")
    print({name: round(float(w), 2) for name, w in zip(FEATURES, weights, strict=True)})
    confidences = 1 / (1 + np.exp(-(np.asarray(best) * scale + bias)))
    answerable = np.asarray([q.answerable for q in questions])
    for threshold in np.arange(0.06, 0.4, 0.02):
        said = confidences >= threshold
        print(
            f"{threshold:.2f}: answered {said.mean():.2f}, right of answered "
            f"{np.asarray(right)[said].mean() if said.any() else 0:.2f}, refusal precision "
            f"{(~answerable)[~said].mean() if (~said).any() else 0:.2f} "
            f"recall {(~said)[~answerable].mean():.2f}"
        )


if __name__ == "__main__":
    fit()
