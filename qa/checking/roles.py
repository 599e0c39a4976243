"""Who did it to whom: whether two names change places around the word that they share."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from index.search_text import normalised
from qa.checking.names import Name, names_of, sense_of
from qa.checking.roots import root_of, roots_of

MUTUAL = frozenset(
    root_of(word)
    for word in (
        *("meet", "talk", "speak", "marry", "divorce", "agree", "discuss", "negotiate", "merge"),
        *("join", "play", "tie", "draw", "share", "work", "fight", "argue", "cooperate"),
    )
)
BETWEEN = re.compile(r"[a-z]{2,}(?<!\band)(?<!\bor)(?<!\bthe)(?<!\bplus)")
WORD = re.compile(r"\w+")
PASSIVE = re.compile(r"\bby\s+(?:the\s+)?$", re.I)


def roles_swapped(said: str, evidence: Sequence[str]) -> bool:
    """Return whether two names stand around a shared word in the other order than in the evidence.

    Words that go both ways ("met") and the passive ("by") are let be.
    """
    mine = _once(names_of(said))
    for sentence in evidence:
        theirs = _once(names_of(sentence))
        for first, second in combinations(mine, 2):
            left, right = _same(first, theirs), _same(second, theirs)
            if left is None or right is None or left.span[0] <= right.span[0]:
                continue
            if _listed(said, first, second) or _listed(sentence, right, left):
                continue
            if _beside(said, first) == _beside(sentence, right) and (
                _beside(said, second) == _beside(sentence, left)
            ):
                return True
            here = _between(said, first, second)
            there = _between(sentence, right, left)
            passive = _is_passive(said, second) != _is_passive(sentence, left)
            if (here & there) - MUTUAL and not passive:
                return True
    return False


def _once(names: Sequence[Name]) -> list[Name]:
    """Return the names that a sentence has once: of the others it is unclear which is meant."""
    counts = Counter(sense_of(one.words[-1]) for one in names)
    return [one for one in names if counts[sense_of(one.words[-1])] == 1]


def _listed(text: str, left: Name, right: Name) -> bool:
    """Return whether two names are parts of a list, where the order means nothing."""
    between = normalised(text)[left.span[1] : right.span[0]]
    return not BETWEEN.search(between)


def _beside(text: str, name: Name) -> tuple[str, str]:
    """Return the words right before and after a name."""
    text = normalised(text).lower()
    before, after = WORD.findall(text[: name.span[0]]), WORD.search(text, name.span[1])
    return (before[-1] if before else "", after[0] if after else "")


def _same(name: Name, others: Sequence[Name]) -> Name | None:
    last = sense_of(name.words[-1])
    return next((one for one in others if sense_of(one.words[-1]) == last), None)


def _between(text: str, left: Name, right: Name) -> set[str]:
    return {root for root, at in roots_of(text) if left.span[1] <= at < right.span[0]}


def _is_passive(text: str, name: Name) -> bool:
    return bool(PASSIVE.search(normalised(text)[: name.span[0]]))
