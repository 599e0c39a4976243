"""Earlier turns and a question to a question that stands by itself.

Pronouns get the names that they most probably stand for, parts of questions the frame of the one
before, and what is left unsaid the subject in brackets. The words of earlier turns count too in
retrieval, less than the question's own. A question that stands alone stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from qa.answer_types import asked_names
from qa.domain import Turn
from qa.retrieval import Context
from qa.settings import FollowUpSettings
from qa.understanding.antecedents import antecedent
from qa.understanding.ellipsis import besides, completed
from qa.understanding.mentions import MOST_TURNS, Mention, mentions_of
from qa.understanding.references import (
    Family,
    asks_for_more,
    definite_nouns,
    has_open_subject,
    points_back,
    references_in,
    says_little,
)
from qa.words import words_of

MOST_TURN_CHARS = 2_000
"""Of a question, an answer or a cutting of an earlier turn that are looked at."""
MOST_REFERENCES = 8
MOST_ADDED_CHARS = 500
"""What would make a question longer by more was misunderstood, and stays as it was typed."""


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question as it stands by itself."""

    question: str
    context: Context | None = None
    """What was spoken of before, where the question goes on about it; None where it does not."""


class Understanding(Protocol):
    """Takes a question for what it means after earlier turns."""

    def standalone(self, question: str, turns: Sequence[Turn]) -> Standalone:
        """Return the question as it stands by itself; `turns` are the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Understands a question in the light of the turns before it."""

    settings: FollowUpSettings = FollowUpSettings()

    def standalone(self, question: str, turns: Sequence[Turn]) -> Standalone:
        """Return the question with what it leaves unsaid; as it is where nothing is missing."""
        if not turns:
            return Standalone(question)
        most = max(MOST_TURNS, self.settings.turns)
        turns = [_shortened(turn) for turn in turns[-most:]]
        understood = self._understood(question, turns)
        if len(understood.question) > len(question) + MOST_ADDED_CHARS:
            return replace(understood, question=question)
        return understood

    def _understood(self, question: str, turns: Sequence[Turn]) -> Standalone:
        mentions = mentions_of(turns)
        whole = completed(question, turns[-1]) or question
        named, meant = with_names_for_pronouns(whole, mentions)
        named, known = with_full_names(named, mentions)
        if not (whole != question or _goes_on(whole, turns)):
            weight = self.settings.same_subject_weight
            return Standalone(named, self._context(turns, weight) if known else None)
        if asks_for_more(question) and ", besides" not in named:
            named = f"{named.rstrip('?!. ')}{besides(turns[-1].answer)}?"
        if not meant and not known and whole == question and _is_vague(question):
            named = with_subject(named, mentions)
        return Standalone(named, self._context(turns, self.settings.weight))

    def _context(self, turns: Sequence[Turn], weight: float) -> Context:
        said = [f"{turn.understood} {turn.answer}" for turn in turns[-self.settings.turns :]]
        return Context(
            " ".join(reversed(said)),
            weight,
            turns[-1].cited_article_ids,
            self.settings.preference,
        )


def _shortened(turn: Turn) -> Turn:
    """Return a turn of which nothing is longer than what people say, whatever was typed."""
    return replace(
        turn,
        question=turn.question[:MOST_TURN_CHARS],
        answer=turn.answer[:MOST_TURN_CHARS],
        standalone_question=turn.standalone_question[:MOST_TURN_CHARS],
        cited_texts=tuple(text[:MOST_TURN_CHARS] for text in turn.cited_texts),
    )


def with_names_for_pronouns(
    question: str, mentions: Sequence[Mention]
) -> tuple[str, tuple[Mention, ...]]:
    """Return the question with names for its pronouns, and what they stand for."""
    meant: dict[Family, Mention] = {}
    own_words = frozenset(words_of(" ".join(asked_names(question))))
    text, told = "", 0
    for one in references_in(question)[:MOST_REFERENCES]:
        again = one.family in meant
        mention = meant.get(one.family) or antecedent(one.family, mentions, own_words)
        if mention is None or (again and not one.possessive):
            continue
        meant[one.family] = mention
        text += question[told : one.start] + _in_its_case(mention.text, possessive=one.possessive)
        told = one.end
    return text + question[told:], tuple(meant.values())


def with_full_names(question: str, mentions: Sequence[Mention]) -> tuple[str, tuple[Mention, ...]]:
    """Return the question with "Ben Stein" for "Ben" where he was spoken of, and who was."""
    known: list[Mention] = []
    for name in asked_names(question):
        for one in mentions:
            if one.role == "cited" or not one.is_name:
                continue
            if name == one.text:
                known.append(one)
                break
            if one.kind == "person" and name in one.text.split():
                question = question.replace(name, one.text, 1)
                known.append(one)
                break
    return question, tuple(known)


def with_subject(question: str, mentions: Sequence[Mention]) -> str:
    """Return the question with what was last asked about in brackets behind it."""
    asked = [one for one in mentions if one.role == "asked" and one.is_name]
    answered = [one for one in mentions if one.role == "answered" and one.is_name]
    held = set(words_of(question))
    latest = [one for one in asked or answered if one.age == (asked or answered)[0].age]
    new = [one.text for one in latest if not set(words_of(one.text)) <= held]
    return f"{question.rstrip('?!. ')} ({', '.join(new[:2])})?" if new else question


def _goes_on(question: str, turns: Sequence[Turn]) -> bool:
    """Return whether a question cannot be understood without the turns before it."""
    return bool(
        references_in(question)
        or points_back(question)
        or says_little(question)
        or has_open_subject(question)
        or _takes_up(question, turns)
    )


def _is_vague(question: str) -> bool:
    """Return whether a question lacks a subject, not only the name of one."""
    return says_little(question) or points_back(question)


def _takes_up(question: str, turns: Sequence[Turn]) -> bool:
    """Return whether "the scheme" of a question is one that earlier turns spoke of."""
    nouns = definite_nouns(question)
    if not nouns:
        return False
    said = (text for turn in turns for text in (turn.question, turn.answer, *turn.cited_texts))
    return bool(nouns & set(words_of(" ".join(said))))


def _in_its_case(name: str, *, possessive: bool) -> str:
    if not possessive:
        return name
    return f"{name}'" if name.endswith("s") else f"{name}'s"
