"""Who did it to whom: whether two names change places around the word that they share."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from index.search_text import normalised
from index.sentences import Span
from qa.checking.names import Name, names_of, sense_of
from qa.checking.roots import root_of, roots_of

MUTUAL = frozenset(
    root_of(word)
    for word in (
        *("meet", "talk", "speak", "marry", "divorce", "agree", "discuss", "negotiate", "merge"),
        *("join", "play", "tie", "draw", "share", "work", "fight", "argue", "cooperate"),
    )
)
SMALL_WORD = re.compile(r"\b[a-z]{2,}\b")
JOINING = frozenset({"and", "or", "the", "plus", "well", "as", "both", "nor"})
WORD = re.compile(r"\w+")
Pair = tuple[Name, Name]
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
            if left and right and _changed(said, (first, second), sentence, (left, right)):
                return True
    return False


def _changed(said: str, mine: Pair, sentence: str, theirs: Pair) -> bool:
    """Return whether what stands first in one text stands second in the other, by its sense."""
    turned = theirs[0].span[0] > theirs[1].span[0]
    ordered = (theirs[1], theirs[0]) if turned else theirs
    if _listed(said, *mine) or _listed(sentence, *ordered):
        return False
    shared = _between(said, *mine) & _between(sentence, *ordered)
    if shared & MUTUAL:
        return False
    passive = _is_passive(said, mine[1]) != _is_passive(sentence, ordered[1])
    if not turned:
        return bool(shared) and passive
    moved = beside(said, mine[0].span) == beside(sentence, theirs[1].span) and (
        beside(said, mine[1].span) == beside(sentence, theirs[0].span)
    )
    return moved or (bool(shared) and not passive)


def _once(names: Sequence[Name]) -> list[Name]:
    """Return the names that a sentence has once: of the others it is unclear which is meant."""
    counts = Counter(sense_of(one.words[-1]) for one in names)
    return [one for one in names if counts[sense_of(one.words[-1])] == 1]


def _listed(text: str, left: Name, right: Name) -> bool:
    """Return whether two names are parts of a list, where the order means nothing."""
    between = normalised(text)[left.span[1] : right.span[0]]
    return not any(word not in JOINING for word in SMALL_WORD.findall(between))


def beside(text: str, span: Span) -> tuple[str, str]:
    """Return the words right before and after a span of the normalised text, in small letters."""
    text = normalised(text).lower()
    before, after = WORD.findall(text[: span[0]]), WORD.search(text, span[1])
    return (before[-1] if before else "", after[0] if after else "")


def _same(name: Name, others: Sequence[Name]) -> Name | None:
    last = sense_of(name.words[-1])
    return next((one for one in others if sense_of(one.words[-1]) == last), None)


def _between(text: str, left: Name, right: Name) -> set[str]:
    return {root for root, at in roots_of(text) if left.span[1] <= at < right.span[0]}


def _is_passive(text: str, name: Name) -> bool:
    return bool(PASSIVE.search(normalised(text)[: name.span[0]]))
