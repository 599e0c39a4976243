"""What kind of thing a question asks for, and whether a sentence holds one that it did not name."""

import re
from collections.abc import Callable

from index.dates import DAY, MONTH, WEEKDAY
from qa.words import STOPWORDS, words_of

Span = tuple[int, int]
Finder = Callable[[str], list[Span]]

NUMBER = re.compile(
    r"\b\d[\d,.]*\b|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    r"hundreds?|thousands?|millions?|billions?|half|third|quarter)\b",
    re.I,
)
MONEY = re.compile(r"[$£€¥₩]\s?\d|\b(?:dollars?|euros?|pounds?|yen|won|cents?)\b", re.I)
PERCENT = re.compile(r"%|\bper ?cent\b", re.I)
TIME = re.compile(
    rf"\b(?:{DAY}|{MONTH}|{WEEKDAY}s?|(?:1[89]|20)\d\d|yesterday|today|tomorrow|tonight|morning|noon|"
    r"midnight|(?:last|next|this) (?:week|month|year|summer|winter|spring|fall|autumn)|"
    r"\d+ (?:hours?|days?|weeks?|months?|years?) (?:ago|later|earlier))\b",
    re.I,
)
NAME = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ][\w'’-]*\w(?:\s+(?:(?:of|the|de|al|bin|van|von|and)\s+)?[A-ZÀ-ÖØ-Þ][\w'’.-]*)*"
)
NAMES = ("person", "name")
NOT_BEFORE_A_PERSON = re.compile(r"\b(?:the|in|at|from|near|of|on|into|across)\s+$", re.I)
DAY_OR_MONTH = re.compile(rf"(?:{MONTH}|{WEEKDAY}s?)", re.I)
POSSESSIVE = re.compile(r"['’]s$|s['’]$")
WHOSE = re.compile(r"\bwhose\b", re.I)
REASON = re.compile(
    r"\b(?:because|since|due to|as a result|in order to|after|to \w+|so that|over)\b", re.I
)

TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "percent",
        re.compile(r"\b(?:what|which) (?:percent|percentage|share)\b|\bhow many percent\b", re.I),
    ),
    (
        "money",
        re.compile(
            r"\bhow much (?:money|did .* (?:cost|pay|spend|earn|raise))|\bwhat price\b|"
            r"\bhow much .* (?:cost|worth)\b",
            re.I,
        ),
    ),
    (
        "number",
        re.compile(
            r"\bhow (?:many|much|long|old|far|tall|big|large|often|high|fast)\b|"
            r"\bwhat (?:number|age|amount)\b",
            re.I,
        ),
    ),
    (
        "time",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|week|decade)\b|"
            r"\bsince when\b",
            re.I,
        ),
    ),
    (
        "person",
        re.compile(
            r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|actor|actress|singer|"
            r"president|minister|senator|official|leader|player)\b",
            re.I,
        ),
    ),
    (
        "name",
        re.compile(
            r"\b(?:what|which) (?:company|country|city|state|team|party|newspaper|website|"
            r"agency|airline|nation|university|network)\b|\bwhere\b",
            re.I,
        ),
    ),
    ("reason", re.compile(r"\bwhy\b", re.I)),
)


def expected_type(question: str) -> str | None:
    """Return the name of one of TYPES; None where anything can answer."""
    return next((name for name, pattern in TYPES if pattern.search(question)), None)


def typed_spans(sentence: str, kind: str, question: str) -> list[Span]:
    """Return where a sentence holds something of a kind that the question does not itself name."""
    asked = set(words_of(question)) | STOPWORDS
    return [
        (a, b)
        for a, b in FINDERS[kind](sentence)
        if set(words_of(sentence[a:b])) - asked
        and not (kind in NAMES and _is_beside_the_point(sentence[a:b], asked, question))
    ]


def _is_beside_the_point(name: str, asked: set[str], question: str) -> bool:
    """Tell "Kurt Campbell" of a question about Campbell, and "Kim's" of one that asks who."""
    if POSSESSIVE.search(name):
        return not WHOSE.search(question)
    return words_of(name)[-1] in asked


def asked_names(question: str) -> list[str]:
    """Return the names in a question that is not written all in capitals or title case."""
    return [question[a:b] for a, b in _names(question)] if not question.istitle() else []


def strength(sentence: str, kind: str, question: str) -> float:
    """Return 1 where a sentence holds the kind asked for, 0.5 for a name of one word, else 0."""
    return strength_of(typed_spans(sentence, kind, question), sentence, kind)


def strength_of(spans: list[Span], sentence: str, kind: str) -> float:
    """Return the same of spans that were found already."""
    if kind in NAMES and spans:
        return max(1.0 if " " in sentence[a:b] else 0.5 for a, b in spans)
    return float(bool(spans))


def _matches(pattern: re.Pattern[str]) -> Finder:
    return lambda sentence: [found.span() for found in pattern.finditer(sentence)]


def _names(sentence: str) -> list[Span]:
    """Return capitalised runs; a word is no name for beginning the sentence."""
    spans = []
    for found in NAME.finditer(sentence):
        start, end = found.span()
        if not sentence[:start].strip("\"'“‘ "):
            first = found[0].split(" ", maxsplit=1)[0]
            if first == found[0]:
                continue
            if first.lower() in STOPWORDS or first.endswith(("ing", "ed")):
                start += len(first) + 1
        if not DAY_OR_MONTH.fullmatch(sentence, start, end):
            spans.append((start, end))
    return spans


def _persons(sentence: str) -> list[Span]:
    """Return the names without those that a preposition or an article makes places and things."""
    return [
        (a, b)
        for a, b in _names(sentence)
        if not NOT_BEFORE_A_PERSON.search(sentence[max(0, a - 12) : a])
    ]


def _symbols(pattern: re.Pattern[str]) -> Finder:
    """Return the numbers of a sentence that holds the sign, which is no word itself."""
    return lambda sentence: _matches(NUMBER)(sentence) if pattern.search(sentence) else []


FINDERS: dict[str, Finder] = {
    "person": _persons,
    "name": _names,
    "time": _matches(TIME),
    "number": _matches(NUMBER),
    "money": _symbols(MONEY),
    "percent": _symbols(PERCENT),
    "reason": _matches(REASON),
}
