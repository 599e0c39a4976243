"""The numbers of a text by their values, however they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.search_text import normalised

UNITS = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7},
    **{"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13},
    **{"fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18},
    **{"nineteen": 19},
}
TENS = {
    **{"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70},
    **{"eighty": 80, "ninety": 90},
}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "mn": 1e6,
}
ATTACHED = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
"""Written onto the number, and only of money: "20m" may be metres."""
DIGITS = re.compile(
    r"(?P<money>[$£€¥₩])?\s?(?<![\w.,])(?P<digits>\d[\d,]*(?:\.\d+)?)"
    r"(?:(?P<attached>[kmbt])\b|(?:st|nd|rd|th|s)\b)?"
    r"(?P<scales>(?:[\s-]?(?:hundred|thousand|million|billion|trillion|bn|mn)\b)*)"
    r"(?P<percent>\s?(?:%|per ?cent\b|percent\b|pc\b))?",
    re.I,
)
SPELLED = re.compile(
    rf"\b(?:an?\s+(?=hundred|thousand|million|billion|dozen))?"
    rf"(?:(?:{'|'.join([*UNITS, *TENS])})\b[\s-]*|"
    rf"(?:{'|'.join([*SCALES, 'dozen'])})\b[\s-]*(?:and\s+(?={'|'.join([*UNITS, *TENS])}))?)+"
    r"(?P<percent>(?:%|per ?cent\b|percent\b))?",
    re.I,
)
WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number; `span` is where it stands in the normalised text."""

    value: float
    is_percent: bool
    is_money: bool
    span: tuple[int, int]


def quantities_of(text: str) -> list[Quantity]:
    """Return the numbers in the order of the text; "one" by itself counts as a word, not one."""
    text = normalised(text)
    found = [*_in_digits(text), *_in_words(text)]
    return sorted(found, key=lambda one: one.span)


def _in_digits(text: str) -> Iterator[Quantity]:
    for found in DIGITS.finditer(text):
        try:
            value = float(found["digits"].replace(",", ""))
        except ValueError:
            continue
        for scale in WORD.findall(found["scales"].lower()):
            value *= SCALES[scale]
        if found["attached"] and found["money"]:
            value *= ATTACHED[found["attached"].lower()]
        money = bool(found["money"])
        yield Quantity(round(value, 6), bool(found["percent"]), money, found.span())


def _in_words(text: str) -> Iterator[Quantity]:
    for found in SPELLED.finditer(text):
        if re.search(r"[\d.]\s?$", text[: found.start()]):
            continue  # the million of "1.2 million"
        words = [one for one in WORD.findall(found[0].lower()) if one != "and"]
        value = _spelled(words)
        if value is not None:
            yield Quantity(value, bool(found["percent"]), False, found.span())


def _spelled(words: list[str]) -> float | None:
    """Return what number words come to; None for "one", and for scales alone ("thousand")."""
    if words in (["one"], []) or words[0] in SCALES:
        return None
    total, group = 0.0, 0.0
    for word in words:
        if word in ("a", "an"):
            group = 1
        elif word == "dozen":
            group = 12 * (group or 1)
        elif word == "hundred":
            group *= 100
        elif word in SCALES:
            total, group = total + group * SCALES[word], 0
        else:
            group += UNITS.get(word, 0) + TENS.get(word, 0)
    return total + group
