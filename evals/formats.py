"""Measures what a faster numeric format of the embedder costs in recall.

    python -m evals.formats [--nearest 30]

Each question's nearest passages in the newsquiz library, which the fastest runtime embedded, are
embedded again in fp32, and ordered anew by it. A passage outside the nearest 30 cannot come among
the first ten by rounding: its cosine would have to change by more than any of these does.
"""

import argparse

import numpy as np
from tqdm import tqdm

from evals.libraries import newsquiz_library
from evals.metrics import SEED, difference, recall_at
from evals.recording import record
from evals.retrieval import Gold, article_ids, golds
from index.embedding import CuttingsEmbeddings
from index.encoders import Vectors
from index.library import Library
from index.settings import EmbeddingSettings
from index.splitting import embedded_text
from qa.neighbours import ExactNeighbours
from qa.retrieval import fused
from qa.settings import RetrievalSettings
from qa.words import fts_query

REFERENCE = "onnx-fp32"
CUTS = (1, 5, 10)
BLOCK = 256


def main() -> None:
    """Measure, print and keep the recall of both formats and their difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nearest", type=int, default=30)
    nearest = parser.parse_args().nearest
    library, fast = newsquiz_library(), CuttingsEmbeddings()
    exact = CuttingsEmbeddings(EmbeddingSettings(runtime=REFERENCE))
    gold = golds(article_ids())
    questions = [one.question.text for one in gold]
    asked = {"fast": embedded(fast, questions), "fp32": embedded(exact, questions)}
    stored = ExactNeighbours(library)
    found = [
        dict(zip(*(part.tolist() for part in stored.nearest(vector, limit=200)), strict=True))
        for vector in asked["fast"]
    ]
    again = reembedded(library, exact, {row for one in found for row in list(one)[:nearest]})
    changed: list[float] = []
    ranks: dict[str, list[int | None]] = {
        f"{kind}, {name}": [] for kind in ("dense", "fused") for name in asked
    }
    for one, vector, cosines in zip(gold, asked["fp32"], found, strict=True):
        exactly = {row: float(again[row] @ vector) for row in list(cosines)[:nearest]}
        changed += [abs(exactly[row] - cosines[row]) for row in exactly]
        words = bm25(library, one.question.text)
        # Beyond the nearest, the stored cosines stand in; none may overtake what was measured.
        floor = min(exactly.values())
        rest = {row: min(cosine, floor) for row, cosine in cosines.items() if row not in exactly}
        for name, scores in (("fast", cosines), ("fp32", exactly | rest)):
            weight = RetrievalSettings().dense_weight
            ranks[f"dense, {name}"].append(first_hit(library, one, scores, {}, 1.0))
            ranks[f"fused, {name}"].append(first_hit(library, one, scores, words, weight))
    kept = figures(ranks) | {
        "runtime of the fast format": fast.passage_runtime,
        "passages embedded again": len(again),
        "change of a cosine, mean": round(float(np.mean(changed)), 4),
        "change of a cosine, 99 of 100 below": round(float(np.percentile(changed, 99)), 4),
    }
    for name, value in kept.items():
        print(f"{name:45} {value}")
    record("formats", f"python -m evals.formats --nearest {nearest}", kept, n=len(gold), seed=SEED)


def embedded(embeddings: CuttingsEmbeddings, questions: list[str]) -> Vectors:
    """Return each question's vector, embedded alone as when it is asked."""
    return np.stack([embeddings.embed_questions([one])[0] for one in questions])


def reembedded(
    library: Library, embeddings: CuttingsEmbeddings, rows: set[int]
) -> dict[int, Vectors]:
    """Return the vectors of these rows, embedded again."""
    vectors: dict[int, Vectors] = {}
    ordered = sorted(rows)
    for start in tqdm(range(0, len(ordered), BLOCK), "embedding again", mininterval=10):
        part = library.passages(ordered[start : start + BLOCK])
        texts = [embedded_text(one.article, one.passage) for one in part]
        made = embeddings.embed_passages(texts)
        vectors |= {one.row: row for one, row in zip(part, made, strict=True)}
    return vectors


def bm25(library: Library, question: str) -> dict[int, float]:
    """Return the lexical search's scores by row."""
    settings = RetrievalSettings()
    return dict(
        library.search_words(
            fts_query(question), limit=settings.candidates, header_weight=settings.header_weight
        )
    )


def first_hit(
    library: Library, gold: Gold, cosines: dict[int, float], words: dict[int, float], weight: float
) -> int | None:
    """Return the rank of the first passage that holds the answer among the first ten."""
    rows = [row for row, _ in fused(cosines, words, dense_weight=weight)[: CUTS[-1]]]
    return gold.rank([(one.passage.article_id, one.text) for one in library.passages(rows)])


def figures(ranks: dict[str, list[int | None]]) -> dict[str, object]:
    """Return recall at each cut, and how far the fast format is ahead, with its interval."""
    kept: dict[str, object] = {}
    for kind in ("dense", "fused"):
        for cut in CUTS:
            fast, exact = (recall_at(ranks[f"{kind}, {name}"], cut) for name in ("fast", "fp32"))
            kept[f"{kind} recall@{cut}, fast"] = round(float(np.mean(fast)), 3)
            kept[f"{kind} recall@{cut}, fp32"] = round(float(np.mean(exact)), 3)
            ahead = (float(np.mean(fast) - np.mean(exact)), *difference(fast, exact))
            kept[f"{kind} recall@{cut}, difference, low, high"] = [round(one, 3) for one in ahead]
    return kept


if __name__ == "__main__":
    main()
