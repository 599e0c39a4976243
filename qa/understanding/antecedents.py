"""Which of the things spoken of a pronoun means.

A linear score over what speaks for each; the weights by `python -m evals.fit_follow_ups`.
"""

import math
from collections.abc import Mapping, Sequence

from qa.understanding.mentions import Mention
from qa.understanding.references import Family
from qa.words import words_of

FEATURES = (
    *("person", "group", "place", "asked", "answered", "age", "place_in_turn", "name", "plural"),
    *("wanted", "modifies", "repeated", "oldest", "certain", "who"),
)
"""Kind, role and age of a mention; its number in its turn; whether it is a name, plural, what was
asked for, before a noun; the log of how often it was asked about; whether it is of the oldest turn
that is looked at; whether it is surely a person, and the answer to "who"."""
WEIGHTS: Mapping[str, tuple[float, ...]] = {
    "person": (
        *(1.11, 0.0, 0.0, 0.94, 0.33, -0.42, -0.81, 0.35),
        *(-0.51, 0.54, -0.11, 1.11, 0.3, 0.23, 0.68),
    ),
    "they": (
        *(0.06, 0.02, 0.28, 0.51, -0.22, -0.73, -0.15, 0.39),
        *(1.08, 0.03, 0.36, 1.78, -0.01, 0.39, 0.04),
    ),
    "it": (
        *(-0.04, 0.09, 0.1, 0.06, 0.28, -1.4, -0.72, 1.36),
        *(-0.2, 0.23, 0.05, 1.73, -0.27, 0.0, 0.0),
    ),
}
"""In the order of FEATURES."""


def antecedent(
    family: Family, mentions: Sequence[Mention], own_words: frozenset[str]
) -> Mention | None:
    """Return what a pronoun most probably means; None where nothing can be meant.

    `own_words` are those of the names in the question itself, which a pronoun beside them is not.
    """
    possible = [one for one in mentions if can_mean(family, one, own_words)]
    weights = WEIGHTS[weights_name(family)]
    return max(
        possible,
        key=lambda one: sum(
            weight * value for weight, value in zip(weights, features(one, mentions), strict=True)
        ),
        default=None,
    )


def weights_name(family: Family) -> str:
    """Return which of WEIGHTS a pronoun goes by."""
    return "person" if family in {"he", "she"} else family


def can_mean(family: Family, mention: Mention, own_words: frozenset[str]) -> bool:
    """Return whether a pronoun may stand for a mention at all."""
    if own_words & frozenset(words_of(mention.text)):
        return False
    if family in {"he", "she"}:
        unclear = mention.kind == "thing" and mention.is_name and not mention.modifies
        return (mention.kind == "person" or unclear) and mention.gender in {family, ""}
    return family == "they" or not mention.certain


def features(mention: Mention, mentions: Sequence[Mention]) -> tuple[float, ...]:
    """Return the values of FEATURES."""
    asked_about = sum(one.text == mention.text and one.role == "asked" for one in mentions)
    oldest = max(one.age for one in mentions)
    return (
        float(mention.kind == "person"),
        float(mention.kind == "group"),
        float(mention.kind == "place"),
        float(mention.role == "asked"),
        float(mention.role == "answered"),
        float(mention.age),
        float(min(mention.place, 4)),
        float(mention.is_name),
        float(mention.plural),
        float(mention.wanted),
        float(mention.modifies),
        math.log1p(asked_about),
        float(mention.age == oldest),
        float(mention.certain),
        float(mention.certain and mention.wanted),
    )
