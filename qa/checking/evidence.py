"""Which sentences of the cited passages a sentence rests on."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index.search_text import normalised
from index.sentences import Span
from qa.checking.names import TITLES, Name, names_of, sense_of, senses
from qa.checking.quantities import quantities_of
from qa.checking.roots import roots_of
from qa.context import dateline_length
from qa.domain import RetrievedPassage
from qa.spans import sentences_of

NAME_WEIGHT, NUMBER_WEIGHT = 1.5, 2.0
MOST_SENTENCES = 3
LEAST_GAIN = 0.12
"""Share of what is said that a further sentence must add."""


@dataclass(frozen=True, eq=False)
class Sentence:
    """One sentence of a passage; `span` in the article."""

    number: int
    retrieved: RetrievedPassage
    position: int
    span: Span

    @cached_property
    def text(self) -> str:
        """The sentence without its dateline."""
        text = self.retrieved.stored.article.text[self.span[0] : self.span[1]]
        return text[dateline_length(text) :]

    @cached_property
    def roots(self) -> frozenset[str]:
        """The roots of its words."""
        return frozenset(root for root, _ in roots_of(self.text))

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Its names."""
        return tuple(names_of(self.text))

    @cached_property
    def senses(self) -> frozenset[str]:
        """Its words in the form that names are compared in."""
        return frozenset(senses(self.text))

    @cached_property
    def values(self) -> frozenset[float]:
        """Its numbers."""
        return frozenset(one.value for one in quantities_of(self.text))


@dataclass(frozen=True, eq=False)
class Evidence:
    """The sentences of the cited passages, of which `chosen` together say the most."""

    sentences: tuple[Sentence, ...]
    chosen: tuple[Sentence, ...]

    @property
    def first(self) -> Sentence:
        """The sentence that says the most by itself."""
        return self.chosen[0]

    @cached_property
    def text(self) -> str:
        """The chosen sentences in the order of the articles."""
        ordered = sorted(self.chosen, key=lambda one: (one.number, one.position))
        return " ".join(one.text for one in ordered)

    def before(self, sentence: Sentence, count: int = 2) -> list[Sentence]:
        """Return the sentences right before one, in their order."""
        return [
            one
            for one in self.sentences
            if one.number == sentence.number
            and sentence.position - count <= one.position < sentence.position
        ]


def sentences_in(number: int, retrieved: RetrievedPassage) -> list[Sentence]:
    """Return the sentences of a passage; `number` is what it is cited by."""
    passage = retrieved.stored.passage
    spans = sentences_of(retrieved.stored.article.text, (passage.start_char, passage.end_char))
    return [Sentence(number, retrieved, at, span) for at, span in enumerate(spans)]


@dataclass(frozen=True, slots=True)
class Background:
    """The sentences of all retrieved passages; the rarer a root among them, the heavier it is."""

    counts: Counter[str]
    """In how many of the sentences each root occurs."""
    total: int
    """One more than there are."""


def background_of(retrieved: Sequence[RetrievedPassage]) -> Background:
    """Return the background of every sentence that is checked against the passages."""
    sentences = [one for passage in retrieved for one in sentences_in(0, passage)]
    counts = Counter(root for one in sentences for root in one.roots)
    return Background(counts, len(sentences) + 1)


def evidence_for(
    said: str, sentences: Sequence[Sentence], background: Background
) -> Evidence | None:
    """Return the evidence for a sentence; None where the passages share no word with it."""
    weights = _weights(said, background)
    whole = sum(weights.values())
    if not sentences or not whole:
        return None
    held = {one: _held(one, weights) for one in sentences}
    chosen: list[Sentence] = []
    covered: set[str] = set()
    while len(chosen) < MOST_SENTENCES:
        best = max(sentences, key=lambda one: _gain(held[one] - covered, weights, one, chosen))
        gain = sum(weights[root] for root in held[best] - covered) / whole
        if gain <= (LEAST_GAIN if chosen else 0.0):
            break
        chosen.append(best)
        covered |= held[best]
    if not chosen:
        return None
    return Evidence(tuple(sentences), tuple(chosen))


def _gain(
    added: set[str], weights: dict[str, float], one: Sentence, chosen: Sequence[Sentence]
) -> float:
    """Return what a sentence adds; beside one that is chosen it counts a little more."""
    gain = sum(weights[root] for root in added)
    near = any(one.number == c.number and abs(one.position - c.position) == 1 for c in chosen)
    return gain * (1.2 if near else 1.0) - 0.001 * len(one.roots)


def _held(sentence: Sentence, weights: dict[str, float]) -> set[str]:
    return {
        root
        for root in weights
        if root in sentence.roots
        or root.removeprefix("name:") in sentence.senses
        or (root.startswith("number:") and float(root[7:]) in sentence.values)
    }


def _weights(said: str, background: Background) -> dict[str, float]:
    """Return each word of a sentence with its weight; names and numbers weigh more."""
    counts, total = background.counts, background.total
    weights: dict[str, float] = {}
    taken: list[Span] = []
    for quantity in quantities_of(said):
        weights[f"number:{quantity.value}"] = NUMBER_WEIGHT
        taken.append(quantity.span)
    for name in names_of(said):
        if name.opens and name.words[0] not in counts:
            continue
        for word in name.words:
            weights[f"name:{sense_of(word)}"] = 0.5 if word in TITLES else NAME_WEIGHT
        taken.append(name.span)
    for root, at in roots_of(normalised(said)):
        if not any(a <= at < b for a, b in taken):
            rarity = math.log((total + 1) / (counts[root] + 0.5)) / math.log(total + 1)
            weights[root] = 0.3 + 0.7 * min(1.0, max(0.0, rarity))
    return weights
