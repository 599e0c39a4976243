"""Which answers say the same: one answer, however many articles give it."""

import re
from collections.abc import Sequence

from index.search_text import normalised
from qa.spans import AnswerSpan

EDGES = ".,;:!?\"'()[]“”‘’"
SKIPPED = frozenset(
    {"the", "a", "an", "about", "around", "some", "on", "in", "at", "mr", "ms", "mrs", "dr"}
)
OF_PLACES = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central"}
    | {"new", "great", "lower", "upper", "san", "saint", "st"}
)
NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W\d_]+")


def grouped(spans: Sequence[AnswerSpan]) -> list[list[AnswerSpan]]:
    """Return the spans by what they say, each group and the groups in the order of `spans`."""
    groups: list[list[AnswerSpan]] = []
    words: list[list[str]] = []
    for one in spans:
        said = compared(one.text)
        for group, known in zip(groups, words, strict=True):
            if same(said, known):
                group.append(one)
                break
        else:
            groups.append([one])
            words.append(said)
    return groups


def compared(text: str) -> list[str]:
    """Return the words by which answers are compared."""
    words = [word.strip(EDGES) for word in normalised(text).split()]
    return [word for word in words if word and word.lower() not in SKIPPED]


def same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two answers say the same: equal, or a name and the end or start of it.

    "Duarte" is "Ana Duarte", but "Korea" is not "North Korea".
    """
    left, right = ([word.lower() for word in words] for words in (one, other))
    if left == right:
        return True
    short, long = sorted((one, other), key=len)
    if not short or not all(NAME.fullmatch(word) or "-" in word for word in (*short, *long)):
        return False
    shared, whole = ([word.lower() for word in words] for words in (short, long))
    if whole[-len(shared) :] == shared:
        return OF_PLACES.isdisjoint(whole[: -len(shared)])
    return len(shared) > 1 and whole[: len(shared)] == shared
