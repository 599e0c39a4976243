"""Asks the reader what a sentence says, one fact at a time.

Each name, number and date is replaced by a question word, and what the reader finds in the evidence
must be what the sentence said (after QAGS: Wang et al., ACL 2020; QuestEval: Scialom et al., EMNLP
2021). This is what tells a name of the right passage in the wrong place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.search_text import normalised
from index.sentences import Span
from qa.checking.calendar import MONTH_WORD, WEEKDAY_WORD
from qa.checking.names import names_of, sense_of
from qa.checking.quantities import quantities_of
from qa.reader_model import ReaderModel, Window
from qa.spans import best_spans
from qa.words import words_of

MOST_FACTS = 4
SPANS = 6
FARTHEST = 12.0
"""Beyond this distance of logits, more is no surer."""
PLACE_BEFORE = re.compile(r"\b(?:in|at|near|from|to|across|outside)\s+(?:the\s+)?$", re.I)


@dataclass(frozen=True, slots=True)
class Fact:
    """A part of a sentence, and the sentence asking for it."""

    text: str
    question: str


def facts_of(sentence: str) -> list[Fact]:
    """Return the names, numbers and days of a sentence as questions, the first few."""
    text = normalised(sentence).rstrip(" .!")
    found: list[tuple[Span, str]] = []
    for name in names_of(text):
        place = PLACE_BEFORE.search(text[: name.span[0]])
        found.append((name.span, "what place" if place else "who"))
    for quantity in quantities_of(text):
        found.append((_trimmed(text, quantity.span), "how many"))
    for pattern in (WEEKDAY_WORD, MONTH_WORD):
        found += [(one.span(), "what day") for one in pattern.finditer(text)]
    facts: list[Fact] = []
    last = -1
    for (start, end), asked in sorted(found):
        if start >= last:
            question = f"{text[:start]}{asked}{text[end:]}?"
            facts.append(Fact(text[start:end], question))
            last = end
    return facts[:MOST_FACTS]


def agreement(sentence: str, evidence: str, lead: str, model: ReaderModel) -> float:
    """Return how much rather the reader finds the facts than anything else, as a mean.

    Differences of logits in [-12, 12], divided by 12; 0 without facts.
    """
    margins = [_margin(one, evidence, lead, model) for one in facts_of(sentence)]
    return sum(margins) / len(margins) if margins else 0.0


def _margin(fact: Fact, evidence: str, lead: str, model: ReaderModel) -> float:
    ((_, logits),) = model.logits(fact.question, [Window(lead, evidence)])
    alike, other = -FARTHEST, -FARTHEST
    spans = best_spans(logits, SPANS)
    if not spans:
        return 0.0
    top = spans[0][1]
    for (start, end), score in spans:
        worth = max(score - top, -FARTHEST)
        if _same(fact.text, evidence[start:end]):
            alike = max(alike, worth)
        else:
            other = max(other, worth)
    return (alike - other) / FARTHEST


def _same(fact: str, marked: str) -> bool:
    """Return whether a marked span holds the last word of a name, or the number, or the day."""
    values = {one.value for one in quantities_of(fact)}
    if values:
        return bool(values & {one.value for one in quantities_of(marked)})
    held = {sense_of(word) for word in words_of(marked)}
    words = [sense_of(word) for word in words_of(fact)]
    return any(word in held for word in _distinctive(words))


def _distinctive(words: Sequence[str]) -> Sequence[str]:
    return words[-1:] if len(words) > 1 else words


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
