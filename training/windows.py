"""Cuts windows of whole sentences out of a context, with the answers that lie inside."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.sentences import Span, sentence_spans
from training.sources import Example, Marked

CHARS_PER_TOKEN = 4.5
SHORTEST_TOKENS, USUAL_TOKENS, LONGEST_TOKENS = 40, 130, 210
"""Bounds and mode of the triangular distribution that a window's length is drawn from."""
MAX_OCCURRENCES = 4
MIN_SURE_CHARS = 6


@dataclass(frozen=True, slots=True)
class Window:
    """What the reader is shown beside a question; without answers, it does not answer."""

    title: str
    text: str
    answers: tuple[Marked, ...] = ()


def drawn_chars(drawing: random.Random) -> int:
    """Return the length of a window to cut, in characters."""
    tokens = drawing.triangular(SHORTEST_TOKENS, LONGEST_TOKENS, USUAL_TOKENS)
    return int(tokens * CHARS_PER_TOKEN)


@lru_cache(maxsize=200_000)
def sentences_of(context: str) -> tuple[Span, ...]:
    """Return the sentences' spans, as the product's splitter sees them."""
    return tuple(sentence_spans(context))


def window_around(context: str, answer: Marked, chars: int, drawing: random.Random) -> Span | None:
    """Return a run of whole sentences with the answer at a random place of it, about `chars` long.

    None where the answer lies in no sentence, which happens in white space only.
    """
    spans = sentences_of(context)
    start, end = answer[0], answer[0] + len(answer[1])
    touched = [number for number, (a, b) in enumerate(spans) if a < end and start < b]
    if not touched:
        return None
    first, last = touched[0], touched[-1]
    while True:
        sides = []
        used = spans[last][1] - spans[first][0]
        if first > 0 and used + spans[first - 1][1] - spans[first - 1][0] <= chars:
            sides.append(-1)
        if last + 1 < len(spans) and used + spans[last + 1][1] - spans[last + 1][0] <= chars:
            sides.append(1)
        if not sides:
            return spans[first][0], spans[last][1]
        if drawing.choice(sides) < 0:
            first -= 1
        else:
            last += 1


def positive_window(example: Example, title: str, drawing: random.Random) -> Window | None:
    """Return a window with the first marked answer and every other occurrence inside it."""
    chars = drawn_chars(drawing)
    span = window_around(example.context, example.answers[0], chars, drawing)
    if span is None:
        return None
    text = example.context[span[0] : span[1]]
    inside = tuple(
        (at - span[0], answer)
        for at, answer in example.answers
        if span[0] <= at and at + len(answer) <= span[1]
    )
    return Window(title, text, all_occurrences(text, inside)) if inside else None


def all_occurrences(text: str, marked: Sequence[Marked]) -> tuple[Marked, ...]:
    """Return the marked answers and their other occurrences.

    Sources mark the first occurrence or one of several. A short or frequent answer ("two") is
    sought in the marked sentence only, where another occurrence is likely to mean the same.
    """
    found = set(marked)
    for at, answer in marked:
        places = occurrences(text, answer)
        sure = len(answer) >= MIN_SURE_CHARS and len(places) <= MAX_OCCURRENCES
        if not sure:
            lead, tail = text.rfind(". ", 0, at) + 1, text.find(". ", at + len(answer))
            tail = tail if tail >= 0 else len(text)
            places = [place for place in places if lead <= place < tail]
        found |= {(place, answer) for place in places}
    return tuple(sorted(found))


def occurrences(text: str, answer: str) -> list[int]:
    """Return where `answer` stands as whole words, case as it is."""
    return [one.start() for one in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text)]


def holds_answer(text: str, answers: Sequence[str]) -> bool:
    """Return whether any answer, or its longer words together, occurs; case aside."""
    lowered = text.lower()
    return any(
        re.search(rf"(?<!\w){re.escape(bare(one))}(?!\w)", lowered) is not None for one in answers
    )


def bare(answer: str) -> str:
    """Return the answer in lower case, without article and closing marks."""
    return re.sub(r"^(?:the|a|an)\s+", "", answer.lower().strip(" .,;:!?\"'")) or answer.lower()


def without_answer(window: Window, answers: Sequence[str]) -> Window | None:
    """Return the window without the sentences that hold an answer; None if little is left."""
    spans = sentences_of(window.text)
    marked = [(at, at + len(text)) for at, text in window.answers]
    kept = [
        window.text[a:b]
        for a, b in spans
        if not holds_answer(window.text[a:b], answers)
        and not any(a < end and start < b for start, end in marked)
    ]
    text = " ".join(kept)
    long_enough = len(text) >= SHORTEST_TOKENS * CHARS_PER_TOKEN
    return Window(window.title, text) if long_enough and not holds_answer(text, answers) else None


def any_window(context: str, drawing: random.Random) -> str:
    """Return a run of whole sentences from a random place, about as long as other windows."""
    spans = sentences_of(context)
    if not spans:
        return ""
    a, b = drawing.choice(spans)
    span = window_around(context, (a, context[a:b]), drawn_chars(drawing), drawing)
    return context[span[0] : span[1]] if span else ""
