"""What kind of thing a question asks for, and whether a sentence holds one that it did not name."""

import re
from collections.abc import Callable

from index.dates import DAY, MONTH, WEEKDAY
from qa.words import STOPWORDS, words_of

NUMBER = re.compile(
    r"\b\d[\d,.]*\b|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|"
    r"hundreds?|thousands?|millions?|billions?|half|third|quarter)\b", re.I)
MONEY = re.compile(r"[$£€¥₩]\s?\d|\b(?:dollars?|euros?|pounds?|yen|won|cents?)\b", re.I)
PERCENT = re.compile(r"%|\bper ?cent\b", re.I)
TIME = re.compile(
    rf"\b(?:{DAY}|{MONTH}|{WEEKDAY}s?|(?:1[89]|20)\d\d|yesterday|today|tomorrow|tonight|morning|noon|"
    r"midnight|(?:last|next|this) (?:week|month|year|summer|winter|spring|fall|autumn)|"
    r"\d+ (?:hours?|days?|weeks?|months?|years?) (?:ago|later|earlier))\b", re.I)
NAME = re.compile(
    r"\b[A-ZÀ-ÖØ-Þ][\w'’-]*\w(?:\s+(?:(?:of|the|de|al|bin|van|von|and)\s+)?[A-ZÀ-ÖØ-Þ][\w'’.-]*)*")
REASON = re.compile(r"\b(?:because|since|due to|as a result|in order to|after|to \w+|so that|over)\b", re.I)

TYPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("percent", re.compile(r"\b(?:what|which) (?:percent|percentage|share)\b|\bhow many percent\b", re.I)),
    ("money", re.compile(r"\bhow much (?:money|did .* (?:cost|pay|spend|earn|raise))|\bwhat price\b|"
                         r"\bhow much .* (?:cost|worth)\b", re.I)),
    ("number", re.compile(r"\bhow (?:many|much|long|old|far|tall|big|large|often|high|fast)\b|"
                          r"\bwhat (?:number|age|amount)\b", re.I)),
    ("time", re.compile(r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time|week|decade)\b|"
                        r"\bsince when\b", re.I)),
    ("name", re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|man|woman|actor|actress|singer|"
                        r"president|minister|senator|official|leader|company|country|city|state|team|"
                        r"player|party|newspaper|website|agency|airline|nation|university|network)\b|"
                        r"\bwhere\b", re.I)),
    ("reason", re.compile(r"\bwhy\b", re.I)),
)


def expected_type(question: str) -> str | None:
    """Return "name", "time", "number", "money", "percent" or "reason"; None where it is open."""
    return next((name for name, pattern in TYPES if pattern.search(question)), None)


def holds_type(sentence: str, kind: str, question: str) -> bool:
    """Return whether a sentence holds something of a kind that the question does not itself name."""
    asked = set(words_of(question))
    return any(set(words_of(found)) - asked - STOPWORDS for found in FINDERS[kind](sentence))


def _matches(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    return lambda sentence: [found[0] for found in pattern.finditer(sentence)]


def _names(sentence: str) -> list[str]:
    """Return capitalised runs; the first word of the sentence counts only where more follows."""
    return [
        found[0] for found in NAME.finditer(sentence)
        if " " in found[0] or sentence[: found.start()].strip("\"'“‘ ")
    ]


def _symbols(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    """A sign such as % is no word: where it stands, the sentence's numbers are what is meant."""
    return lambda sentence: _matches(NUMBER)(sentence) if pattern.search(sentence) else []


FINDERS: dict[str, Callable[[str], list[str]]] = {
    "name": _names,
    "time": _matches(TIME),
    "number": _matches(NUMBER),
    "money": _symbols(MONEY),
    "percent": _symbols(PERCENT),
    "reason": _matches(REASON),
}
