"""What a name names: a person, a place, a group or a thing, by its words and those around it."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from index.dates import MONTH, WEEKDAY
from qa.answer_types import FINDERS
from qa.appositions import ROLE
from qa.understanding.grammar import AUXILIARY, CONJUNCTION, PREPOSITION
from qa.words import STOPWORDS

Kind = Literal["person", "place", "group", "thing"]
Gender = Literal["he", "she", ""]

GROUP = re.compile(
    r"\b(?:party|ministry|university|council|union|agency|committee|company|corp|inc|ltd|group|bank|"
    r"army|police|court|senate|congress|parliament|government|commission|association|alliance|club|"
    r"team|band|brothers|sisters|school|times|post|news|department|office|league|authority|service|"
    r"board|crew|family|nations|airlines?|industries)\b",
    re.I,
)
THING = re.compile(
    r"\b(?:prize|awards?|cup|championships?|games|olympics|act|treaty|bill|festival|show|street|road|"
    r"square|islands?|river|lake|mountain|mount|port|airport|city|county|town|new|north|south|east|"
    r"west|northern|southern|eastern|western|station|bridge|tower|hall|park|stadium|museum|hospital|"
    r"center|centre|beach|war|day|week|storm|hurricane|open)\b",
    re.I,
)
PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|into|across|over|outside)\s+(?:the\s+)?$", re.I)
THE_BEFORE = re.compile(r"\b(?:the|an?)\s+$", re.I)
TITLE_BEFORE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sir|Rep|Sen|Gov|Sgt|Gen|Prof|Judge|Pope|King|Queen)\.? $"
)
SPEAKS = re.compile(
    r"\s(?:said|says|told|tells|added|wrote|argued|claimed|admitted|who)\b|, (?:\d\d?\b|who\b)"
)
NOUN_AFTER = re.compile(
    rf" (?!(?:{PREPOSITION}|{CONJUNCTION}|{AUXILIARY}|be|says?|said|get|got|makes?|made|goe?s?|"
    r"went|takes?|took|wins?|won|means?|meant|calls?|leads?|led|[a-z]+ed)\b)[a-z]"
)
PRONOUN_AFTER = re.compile(r"\b(?:(he|his|him)|she|hers?)\b", re.I)
CHARS_AFTER = 200
MOST_NAME_CHARS = 100
DATE = re.compile(rf"(?:{MONTH}|{WEEKDAY}s?|\d[\d.,/-]*|\s)+", re.I)
OPENING_MARKS = re.compile(r"[“\"‘']+")
POSSESSIVE = re.compile(r"['’]s$|['’]$")


def kind_of_name(name: str, texts: Sequence[str]) -> tuple[Kind, bool]:
    """Return what a name names in the texts, and whether it is surely a person."""
    if GROUP.search(name):
        return "group", False
    if name.isupper():
        return ("group" if len(name) > 2 else "place"), False
    places = persons = things = 0
    for text in texts:
        for found in re.finditer(rf"\b{re.escape(name)}\b", text):
            before, after = text[: found.start()], text[found.end() :]
            places += bool(PLACE_BEFORE.search(before[-12:]))
            things += bool(THE_BEFORE.search(before[-5:]))
            role = ROLE.search(before[-16:]) or TITLE_BEFORE.search(before[-8:])
            persons += bool(SPEAKS.match(after)) + bool(role)
    if persons > max(places, things):
        return "person", True
    if things or name.lower().startswith("the ") or THING.search(name):
        return ("place" if places else "thing"), False
    if places:
        return "place", False
    return ("person" if 2 <= len(name.split()) <= 4 else "thing"), False


def stands_before_a_noun(name: str, text: str) -> bool:
    """Return whether a name stands before a noun like an adjective: "South African goalkeeper"."""
    at = text.find(name)
    return at >= 0 and bool(NOUN_AFTER.match(text, at + len(name)))


def gender_of(name: str, texts: Sequence[str]) -> Gender:
    """Return which of "he" and "she" follows a name before another name; "" for neither or both."""
    last = re.escape(name.rsplit(maxsplit=1)[-1])
    found: set[Gender] = set()
    for text in texts:
        for at in re.finditer(rf"\b{last}\b", text):
            pronoun = PRONOUN_AFTER.search(text, at.end(), at.end() + CHARS_AFTER)
            if pronoun and not FINDERS["name"](f"x {text[at.end() : pronoun.start()]}"):
                found.add("he" if pronoun[1] else "she")
    return found.pop() if len(found) == 1 else ""


def bare_name(name: str) -> str:
    """Return a name without a possessive, and without the words that only begin its sentence."""
    name = POSSESSIVE.sub("", name.strip(" .,;:"))
    words = OPENING_MARKS.sub("", name).split()
    while words and words[0].lower() in STOPWORDS - {"the"}:
        words = words[1:]
    return " ".join(words)


def without_dates(names: Iterable[str]) -> list[str]:
    """Return the names, each once, that are more than a date, a letter or a common word."""
    kept = (name for name in dict.fromkeys(names) if 1 < len(name) <= MOST_NAME_CHARS)
    return [name for name in kept if not DATE.fullmatch(name) and name.lower() not in STOPWORDS]
