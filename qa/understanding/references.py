"""What in a question points at something that was said before it."""

import re
from dataclasses import dataclass
from typing import Literal

from qa.answer_types import asked_names
from qa.understanding.grammar import AUXILIARY, OPENING, PREPOSITION
from qa.words import STOPWORDS, content_words

Family = Literal["he", "she", "they", "it"]

FAMILY: dict[str, Family] = {
    **dict.fromkeys(("he", "him", "his"), "he"),
    **dict.fromkeys(("she", "her", "hers"), "she"),
    **dict.fromkeys(("they", "them", "their", "theirs"), "they"),
    **dict.fromkeys(("it", "its"), "it"),
}
PRONOUN = re.compile(rf"\b(?:{'|'.join(FAMILY)})\b", re.I)
POSSESSIVE = frozenset({"his", "its", "their"})
HER_OBJECT = re.compile(rf"\s+(?!(?:{PREPOSITION}|and|or|when|as)\b)\w", re.I)
SUBJECT = frozenset({"he", "she", "they", "it"})
EMPTY_IT = re.compile(
    r"it(?:['’]s been\b|\s+(?:true|likely|possible|that|known|clear|rain|snow)\b|"
    r"\s+(?:take|took|takes|cost|costs)\b.*\bto\b)",
    re.I,
)
"""The "it" that means nothing."""
AFTER_AUXILIARY = re.compile(rf"\b{AUXILIARY}\s+$", re.I)
CLAUSE_ENDED = re.compile(r"[.!?:;]\s")
ASKS_WHICH = re.compile(
    rf"\b(?:which|what|whose)\s+(?!{AUXILIARY}\b)(?:[\w’'-]+\s+)+|\bwho\s+(?!{AUXILIARY}\b)\w+",
    re.I,
)
"""A subject that is asked for, which its own question's "its" may mean."""
INVERTED = re.compile(
    rf"\b{AUXILIARY}\s+(?:the|an?|this|that|he|she|they|it|you|we|people|(?-i:[A-Z]))", re.I
)
PHRASE = re.compile(r"\b(?:the|an?|some|every|each|thousands|people)\b\s*\w+", re.I)
RELATIVE = re.compile(r"\b(?:that|who|which)\b.*\s")
DEMONSTRATIVE = (
    r"(?:\b(?:this|these|those)\b|"
    rf"(?:^|\b(?:{AUXILIARY}|{PREPOSITION}|know|mean|why|how|and|but)\s+)that\b)"
)
THIS_OR_THAT = re.compile(
    rf"{DEMONSTRATIVE}(?=\s*(?:$|[?.,!]|(?:happen\w*|mean\w*|work\w*|affect\w*|take|come|compare|go|"
    rf"{PREPOSITION}|{AUXILIARY})\b)|\s+\w+(?:\s+\w+)?[?.!]*$)",
    re.I,
)
"""Not the "that" of a relative clause, which follows a noun."""
NO_THIS = re.compile(r"\bthis (?:week|month|year|season|summer|winter|spring|fall|time)\b", re.I)
MORE = re.compile(
    r"\b(?:who|what|where|when|how|any(?:thing|one|body)|some(?:thing|one)|nothing|nobody) else\b|"
    r"\b(?:(?:any|some|the) others?|any other|another one|besides (?:that|this))\b|"
    r"^\s*(?:and then|then what|what (?:happened )?next|anything more|tell me more|go on)\b|"
    r"^\s*more[?.! ]*$",
    re.I,
)
AT_THE_END = re.compile(
    r"\b(?:then|there|too|afterwards?|after that|before that|again|instead)[?.! ]*$", re.I
)
AT_THE_START = re.compile(rf"\s*{OPENING}", re.I)
DEFINITE_SUBJECT = re.compile(
    r"\s*(?:(?:why|when|where|how|what|who|which|how (?:much|many|long)|what \w+)\s+)?"
    rf"{AUXILIARY}\s+the\s+(?!next\b|world)[\w’'-]+(?!\s+(?:of|who|that|which)\b)",
    re.I,
)
""""Did the band", of a band that is not named."""
DEFINITE_END = re.compile(
    r"\b(?:the|that|this|those|these)\s+(?:[\w’'-]+\s+)?([\w’'-]+)(?=[?.! ]*$)", re.I
)
"""A noun with an article at the end of a question, where nothing says which one."""
GENERAL = (
    frozenset({"people", "person", "thing", "things", "time", "year", "day", "other", "week"})
    | {"happen", "happened", "happens", "interesting", "important", "know", "tell", "explain"}
    | {"article", "information", "details", "story", "anything", "something", "anyone", "someone"}
)
"""Words of any question, which say nothing about its subject."""
FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """A pronoun that nothing in its own question explains."""

    start: int
    end: int
    family: Family
    possessive: bool


def references_in(question: str) -> list[Reference]:
    """Return the pronouns that point outside the question, in their order."""
    found = []
    for one in PRONOUN.finditer(question):
        word = one[0].lower()
        before, after = question[: one.start()], question[one.end() :]
        possessive = word in POSSESSIVE or (word == "her" and bool(HER_OBJECT.match(after)))
        if not EMPTY_IT.match(question, one.start()) and not _explained(before, word, possessive):
            found.append(Reference(one.start(), one.end(), FAMILY[word], possessive))
    return found


def _explained(before: str, word: str, possessive: bool) -> bool:
    """Return whether what stands before a pronoun in its question may be what it means."""
    if CLAUSE_ENDED.search(before) or asked_names(f"{before.strip()} x"):
        return True
    if AFTER_AUXILIARY.search(before):  # "what did she": only an earlier clause can explain it
        return "," in before and bool(PHRASE.search(before))
    if not possessive and word not in SUBJECT:  # "who freed him": no object is its own subject
        return "," in before or bool(RELATIVE.search(before, 4))
    asked = ASKS_WHICH.search(before) and not INVERTED.search(before)
    return bool(asked or PHRASE.search(before))


def points_back(question: str) -> bool:
    """Return whether a question shows by its form that it goes on: "that", "else", "and"."""
    if asks_for_more(question) or AT_THE_START.match(question):
        return True
    bare = NO_THIS.sub("", question)
    goes_on = THIS_OR_THAT.search(bare) or AT_THE_END.search(question)
    return bool(goes_on) and not asked_names(question)


def asks_for_more(question: str) -> bool:
    """Return whether a question wants something beside what was answered: "what else"."""
    return bool(MORE.search(question))


def says_little(question: str) -> bool:
    """Return whether a question names nothing and has few words to search for."""
    words = frozenset(content_words(question)) - GENERAL - STOPWORDS
    return len(words) <= FEW_WORDS and not asked_names(question)


def has_open_subject(question: str) -> bool:
    """Return whether a question is about "the band" and names nothing."""
    return bool(DEFINITE_SUBJECT.match(question)) and not asked_names(question)


def definite_nouns(question: str) -> frozenset[str]:
    """Return "scheme" of "in the scheme", lower case; none where the question names something."""
    if asked_names(question):
        return frozenset()
    nouns = {found[1].lower() for found in DEFINITE_END.finditer(NO_THIS.sub("", question))}
    return frozenset(nouns - GENERAL - STOPWORDS)
