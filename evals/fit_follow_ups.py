"""Fits which mention a pronoun means.

    python -m evals.fit_follow_ups

On the development halves of CANARD and of our own chains, so that a mention whose words a person
put in is likeliest among all mentions. Prints what belongs into qa.understanding.antecedents,
and how often the first choice is right on both halves.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evals.chains import Chains
from evals.dialogues import canard
from evals.listwise import listwise_weights
from qa.answer_types import asked_names
from qa.domain import Turn
from qa.understanding.antecedents import FEATURES, WEIGHTS, can_mean, features, weights_name
from qa.understanding.mentions import Mention, mentions_of
from qa.understanding.references import references_in
from qa.words import STOPWORDS, words_of

CHAIN_WEIGHT = 8
"""A chain's reference counts as so many of CANARD's, which are ten times as many, on no news."""
RIDGE = 0.01


@dataclass(frozen=True, slots=True)
class Example:
    """A reference, what it may mean, and which of that a person wrote in its place."""

    features: tuple[tuple[float, ...], ...]
    right: tuple[bool, ...]


Examples = dict[str, list[Example]]


def examples_of(asked: Iterator[tuple[str, Sequence[Turn], str]]) -> Examples:
    """Return the first reference of each kind in (question, turns, a person's rewrite)."""
    found: Examples = defaultdict(list)
    for question, turns, standalone in asked:
        mentions = mentions_of(turns)
        own_words = frozenset(words_of(" ".join(asked_names(question))))
        for family in {one.family for one in references_in(question)}:
            possible = [one for one in mentions if can_mean(family, one, own_words)]
            if possible:
                found[weights_name(family)].append(
                    Example(
                        tuple(features(one, mentions) for one in possible),
                        tuple(put_in(one, question, standalone) for one in possible),
                    )
                )
    return found


def put_in(mention: Mention, question: str, standalone: str) -> bool:
    """Return whether a person put the mention's last word, and half of all, into the question."""
    new = set(words_of(standalone)) - set(words_of(question))
    words = [word for word in words_of(mention.text) if word not in STOPWORDS]
    return bool(words) and words[-1] in new and sum(one in new for one in words) >= len(words) / 2


def of_canard(*, development: bool) -> Iterator[tuple[str, Sequence[Turn], str]]:
    """Yield CANARD's questions, each after what people asked and wrote before it."""
    for dialogue in canard():
        turns = list(dialogue.before)
        for asked in dialogue.asked if dialogue.is_development == development else ():
            yield asked.question, tuple(turns), asked.standalone
            cited = (asked.answer,) if asked.answer else ()
            turns.append(Turn(asked.question, asked.answer, asked.standalone, cited))


def of_chains(*, development: bool) -> Iterator[tuple[str, Sequence[Turn], str]]:
    """Yield the questions of our chains, each after right answers and the product's cuttings."""
    asked = Chains.opened(development=development)
    for chain in asked.chains:
        turns: list[Turn] = []
        for turn in chain["turns"]:
            yield turn["question"], tuple(turns), turn["standalone"]
            given = asked.of(chain).answer(turn["standalone"]).turn
            turns.append(replace(given, question=turn["question"], answer=turn["answer"] or ""))


def fitted(examples: Sequence[Example]) -> tuple[float, ...]:
    """Return the weights of FEATURES."""
    rows = [row for one in examples for row in one.features]
    labels = [label for one in examples for label in one.right]
    groups = [number for number, one in enumerate(examples) for _ in one.right]
    weights = listwise_weights(
        np.asarray(rows), np.asarray(labels), np.asarray(groups), ridge=RIDGE
    )
    return tuple(round(float(one), 2) for one in weights)


def right(examples: Sequence[Example], weights: Sequence[float]) -> float:
    """Return how often the likeliest mention is a right one."""
    chosen = [one.right[int(np.argmax(np.asarray(one.features) @ weights))] for one in examples]
    return sum(chosen) / len(chosen)


def main() -> None:
    sets = {
        f"{name}, {half}": examples_of(source(development=half == "development"))
        for name, source in (("CANARD", of_canard), ("chains", of_chains))
        for half in ("development", "other")
    }
    print("in the order of", ", ".join(FEATURES))
    for family in WEIGHTS:
        canards, own = sets["CANARD, development"][family], sets["chains, development"][family]
        weights = fitted([*canards, *own * CHAIN_WEIGHT])
        print(f"{family}: {weights}")
        for name, examples in sets.items():
            now = right(examples[family], WEIGHTS[family])
            then = right(examples[family], weights)
            print(f"  {name}, n {len(examples[family])}: {now:.3f} now, {then:.3f} by these")


if __name__ == "__main__":
    main()
