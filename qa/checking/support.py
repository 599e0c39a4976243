"""How probably the cited passages say what a sentence says, and what speaks against it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.checking.cloze import agreement, facts_of
from qa.checking.evidence import Background, Evidence, Sentence, evidence_for, sentences_in
from qa.checking.hard_faults import hard_fault
from qa.checking.signs import complaint, signs_of
from qa.context import lead_of
from qa.domain import RetrievedPassage
from qa.reader_model import ReaderModel
from qa.settings import CheckSettings

CONTEXT = 1
"""Sentences before and after the evidence that the reader sees."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check says of one sentence."""

    probability: float
    """That the cited passages say it; 0 where a number, quotation or name stands in none."""
    reason: str
    """Why it fails; "" where it holds."""
    evidence: Evidence | None = None
    features: tuple[float, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the sentence may be shown."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks sentences against passages; without a reader it says nothing."""

    settings: CheckSettings = CheckSettings()
    model: ReaderModel | None = None
    is_evidence: Callable[[Sentence], bool] = lambda _: True

    def verdict(
        self,
        said: str,
        cited: Sequence[tuple[int, RetrievedPassage]],
        background: Background,
    ) -> Verdict:
        """Return whether the cited passages, by number, say it; `background` tells what is rare."""
        passages = [one for _, one in cited]
        if fault := hard_fault(said, passages):
            return Verdict(0.0, fault)
        sentences = [one for number, passage in cited for one in sentences_in(number, passage)]
        sentences = [one for one in sentences if self.is_evidence(one)]
        evidence = evidence_for(said, sentences, background)
        if evidence is None:
            return Verdict(0.0, "the cited passages say nothing of it")
        verdict = Verdict(0.0, "", evidence, self.features(said, evidence))
        return rated(verdict, self.settings)

    def features(self, said: str, evidence: Evidence) -> tuple[float, ...]:
        """Return what speaks for and against a sentence, in the order of FEATURES."""
        return (
            *signs_of(said, evidence),
            self._cloze(said, evidence),
        )

    def _cloze(self, said: str, evidence: Evidence) -> float:
        """Return what the reader says of each fact in the evidence and the sentences around it."""
        if self.model is None:
            return self.settings.usual_cloze if facts_of(said) else 0.0
        first = evidence.first
        near = {
            one.position + step
            for one in evidence.chosen
            if one.number == first.number
            for step in range(-CONTEXT, CONTEXT + 1)
        }
        shown = [
            one for one in evidence.sentences if one.number == first.number and one.position in near
        ]
        shown += [one for one in evidence.chosen if one.number != first.number]
        text = " ".join(one.text for one in shown)
        return agreement(said, text, lead_of(first.retrieved), self.model)


def rated(verdict: Verdict, settings: CheckSettings) -> Verdict:
    """Return the verdict with the probability and the reason that its features come to."""
    if not verdict.features:
        return verdict
    weighted = zip(settings.weights, verdict.features, strict=True)
    worth = sum(weight * feature for weight, feature in weighted) + settings.bias
    probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, worth))))
    reason = "" if probability >= settings.threshold else complaint(verdict.features)
    return replace(verdict, probability=probability, reason=reason)
