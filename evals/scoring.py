"""The figures that question answering is compared by: exact match, F1."""

import re
import string
from collections import Counter
from collections.abc import Sequence

ARTICLES = re.compile(r"\b(?:a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def plain(answer: str) -> str:
    """Return an answer as SQuAD's official script compares it."""
    return " ".join(ARTICLES.sub(" ", answer.lower().translate(PUNCTUATION)).split())


def exact_match(answer: str, gold: Sequence[str]) -> float:
    """Return 1 where the answer is one of the gold ones, else 0."""
    return float(any(plain(answer) == plain(one) for one in gold))


def best_f1(answer: str, gold: Sequence[str]) -> float:
    """Return the best F1 over words with one of the gold answers, in [0, 1]."""
    return max((_f1(plain(answer).split(), plain(one).split()) for one in gold), default=0.0)


def _f1(words: list[str], gold: list[str]) -> float:
    if not words or not gold:
        return float(words == gold)
    shared = sum((Counter(words) & Counter(gold)).values())
    return 2 * shared / (len(words) + len(gold))
