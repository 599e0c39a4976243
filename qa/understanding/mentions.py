"""What a conversation has spoken of so far: the names and phrases that "he" or "it" may mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.answer_types import FINDERS, asked_names
from qa.appositions import ROLE
from qa.context import dateline_length
from qa.domain import Turn
from qa.question_kinds import form_of
from qa.understanding.grammar import AUXILIARY, CONJUNCTION, PREPOSITION, SUBJECT_PRONOUN
from qa.understanding.naming import (
    GROUP,
    Gender,
    Kind,
    bare_name,
    gender_of,
    kind_of_name,
    stands_before_a_noun,
    without_dates,
)
from qa.words import words_of

Role = Literal["asked", "answered", "cited"]

MOST_TURNS = 4
"""Looked back at. Of the references in CANARD's dialogues, few reach further."""
MOST_CITED = 12
SHORT_ANSWER_WORDS = 8
SUBJECT_ALONE_WORDS = 5
PLURAL_WORD = re.compile(r"(?:[^suai\W]s|people|men|women|children|police|those|these)$", re.I)
SEVERAL = re.compile(r"\band\b|&")
WHERE = re.compile(r"\bwhere\b|\b(?:which|what) (?:city|country|state|town|county|place)\b", re.I)
NOT_IN_PHRASE = rf"(?:{AUXILIARY}|{PREPOSITION}|{CONJUNCTION}|{SUBJECT_PRONOUN}|be|been|there)"
PHRASE = re.compile(rf"\b(?:the|an?)\s+(?:(?!{NOT_IN_PHRASE}\b)[\w’'-]+\s*){{1,4}}", re.I)
NO_REFERENT = re.compile(
    r"\b(?:article|others?|else|same|most|first|last|time|way|things?|kind|type|one|name|years?|days?|"
    r"weeks?|months?|reason|result|number|rest|end|beginning|anything|something|case)$",
    re.I,
)
YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or phrase of an earlier turn."""

    text: str
    kind: Kind
    role: Role
    age: int
    """0 in the turn right before the question, 1 in the one before that, and so on."""
    place: int
    """Its number among the mentions of its turn and role, from 0."""
    is_name: bool
    plural: bool = False
    wanted: bool = False
    """Whether it is what the turn asked for: the person of "who", or all of a short answer."""
    modifies: bool = False
    """Whether it stands before a noun: "South African goalkeeper"."""
    certain: bool = False
    """Whether its surroundings show that it is a person: a title, a verb of saying, a "who"."""
    gender: Gender = ""
    """The pronoun that the cuttings use right after it, if always the same."""


def mentions_of(turns: Sequence[Turn]) -> list[Mention]:
    """Return what the latest turns mention, the last turn first; one name may occur repeatedly."""
    return [
        mention
        for age, turn in enumerate(reversed(turns[-MOST_TURNS:]))
        for mention in _Mentioned(turn, age).all()
    ]


@dataclass(frozen=True, slots=True)
class _Mentioned:
    """One turn, searched for what it mentions."""

    turn: Turn
    age: int

    def _cuttings(self) -> list[str]:
        """Return the cuttings without datelines, whose PLACES are no names as people write them."""
        return [text[dateline_length(text) :] for text in self.turn.cited_texts]

    def all(self) -> list[Mention]:
        return [*self._asked(), *self._answered(), *self._cited()]

    def _asked(self) -> list[Mention]:
        names = self._names_asked()
        found = [self._name(name, self.turn.understood, "asked", n) for n, name in enumerate(names)]
        known = [name.lower() for name in names]
        for one in PHRASE.finditer(self.turn.understood):
            phrase = self._borne_out(one[0].strip())
            said = phrase.lower()
            if not (
                NO_REFERENT.search(said) or any(name in said or said in name for name in known)
            ):
                found.append(self._phrase(phrase, "asked", len(found)))
        return found

    def _names_asked(self) -> list[str]:
        """Return the names of the question, in lower case too where the cuttings hold them."""
        names = [self._with_number(bare_name(name)) for name in asked_names(self.turn.understood)]
        alone = len(self.turn.understood.split()) <= SUBJECT_ALONE_WORDS
        if not names and alone and not self.turn.understood.rstrip().endswith("?"):
            names = [self.turn.understood.strip()]  # a subject that was typed alone: "Frank Zappa"
        typed = f" {' '.join(words_of(self.turn.understood))} "
        known = {word for name in names for word in words_of(name)}
        for cited in self._cuttings():
            for a, b in FINDERS["name"](cited):
                words = words_of(cited[a:b])
                if f" {' '.join(words)} " in typed and not known & set(words):
                    names.append(bare_name(cited[a:b]))
                    known |= set(words)
        return without_dates(names)

    def _with_number(self, name: str) -> str:
        """Return "Otter 841" for "Otter", if the question has that; years are no part of names."""
        found = re.search(rf"{re.escape(name)} \d+\b", self.turn.understood)
        return found[0] if found and not YEAR.search(found[0]) else name

    def _answered(self) -> list[Mention]:
        answer = self.turn.answer.strip(" .")
        short = 0 < len(answer.split()) <= SHORT_ANSWER_WORDS
        # In front of a short answer stands a word, as a name that begins a sentence may be none.
        led = f"x {answer}" if short else answer
        names = without_dates(bare_name(led[a:b]) for a, b in FINDERS["name"](led))
        wanted = self._wanted(names, answer)
        found = [
            self._name(name, answer, "answered", n, wanted=name == wanted)
            for n, name in enumerate(names)
        ]
        if short and not found and not re.search(r"\d", answer):
            found.append(self._phrase(answer, "answered", 0))
        return found

    def _wanted(self, names: Sequence[str], answer: str) -> str:
        """Return the name asked for; of "Chad's minister, Ann Lee" that is not "Chad"."""
        if form_of(self.turn.understood) == "person":
            persons = (
                name
                for name in names
                if kind_of_name(name, (answer,))[0] == "person"
                and not re.search(rf"{re.escape(name)}['’]", answer)
            )
            return next(persons, names[0] if names else "")
        return names[0] if names else ""

    def _cited(self) -> list[Mention]:
        found: list[Mention] = []
        for text in self._cuttings():
            for name in without_dates(bare_name(text[a:b]) for a, b in FINDERS["name"](text)):
                found.append(self._name(name, text, "cited", len(found)))
        return found[:MOST_CITED]

    def _name(
        self, name: str, within: str, role: Role, place: int, *, wanted: bool = False
    ) -> Mention:
        kind, certain = kind_of_name(name, (within, *self.turn.cited_texts))
        if wanted and form_of(self.turn.understood) == "person" and kind != "group":
            kind, certain = "person", True
        elif wanted and WHERE.search(self.turn.understood):
            kind, certain = "place", False
        return Mention(
            name,
            kind,
            role,
            self.age,
            place,
            is_name=True,
            plural=bool(SEVERAL.search(name) or (PLURAL_WORD.search(name) and kind != "person")),
            wanted=wanted,
            modifies=stands_before_a_noun(name, within),
            certain=certain,
            gender=gender_of(name, self.turn.cited_texts) if kind == "person" else "",
        )

    def _phrase(self, phrase: str, role: Role, place: int) -> Mention:
        last = phrase.rsplit(maxsplit=1)[-1]
        kind: Kind = "group" if GROUP.search(phrase) else "thing"
        return Mention(
            phrase,
            "person" if ROLE.fullmatch(last) else kind,
            role,
            self.age,
            place,
            is_name=False,
            plural=bool(PLURAL_WORD.search(last)),
            wanted=role == "answered",
        )

    def _borne_out(self, phrase: str) -> str:
        """Return the longest beginning of a phrase that the cuttings hold; else its first noun.

        "The new lock gate cost" is "the new lock gate", as the article writes it.
        """
        words = phrase.split()
        held = " ".join(self.turn.cited_texts).lower()
        for count in range(len(words), 1, -1):
            if " ".join(words[1:count]).lower() in held:
                return " ".join(words[:count])
        return " ".join(words[:2])
