"""What speaks for and against a sentence beside its evidence, as numbers and as reasons."""

import re
from collections.abc import Sequence

from index.search_text import normalised
from qa.checking.calendar import dates_of
from qa.checking.evidence import Evidence, Sentence
from qa.checking.names import TITLES, Name, missing_words, names_of, sense_of, senses, torn
from qa.checking.polarity import denials_differ, opposites_said
from qa.checking.quantities import quantities_of
from qa.checking.roles import beside, roles_swapped
from qa.checking.roots import roots_of
from qa.checking.speakers import misattributed

OF_WORDS = (
    *("clause_coverage", "numbers_apart", "names_apart", "names_torn", "denials", "opposites"),
    *("speaker", "roles", "dates_apart", "replaced", "number_replaced"),
)
OF_READING = ("cloze",)
FEATURES = (*OF_WORDS, *OF_READING)
COMPLAINTS = {
    "opposites": "the articles say the opposite",
    "denials": "it denies what the articles say, or the other way round",
    "speaker": "the words are another's",
    "roles": "who did it to whom is the other way round",
    "numbers_apart": "its number is said of something else",
    "number_replaced": "its number is said of something else",
    "dates_apart": "its date is said of something else",
    "names_torn": "it makes one name of two",
    "replaced": "the articles say it of another name",
    "names_apart": "its name is said of something else",
}
"""What a feature means as a reason; the first that speaks is given."""
POINTING = re.compile(
    r"\b(?:he|she|they|it|his|her|him|their|them|its|who|the (?:company|minister|president|"
    r"group|team|agency|singer|actor|actress|couple|pair|two|suspect|judge|senator|star|country))\b",
    re.I,
)
CLAUSES = re.compile(r";|, (?:and|while|but|though|although|whereas|so)\b")


def signs_of(said: str, evidence: Evidence) -> tuple[float, ...]:
    """Return the features that words tell, in the order of OF_WORDS."""
    known = {word for one in evidence.sentences for name in one.names for word in name.words}
    names = [one for one in names_of(said) if not one.opens or one.words[0] in known]
    apart = _names_apart(names, said, evidence)
    chosen = [one.text for one in evidence.chosen]
    before = [one.text for one in evidence.before(evidence.first)]
    around = [name for one in (*evidence.chosen, *_before(evidence)) for name in one.names]
    around += names_of(evidence.first.retrieved.stored.article.title)
    return (
        min(_plain_coverage(clause, evidence) for clause in CLAUSES.split(said)),
        float(_numbers_apart(said, evidence)),
        float(len(apart)),
        float(any(torn(one, around) for one in names)),
        float(min(2, denials_differ(said, chosen))),
        float(min(2, opposites_said(said, evidence.text))),
        misattributed(said, chosen, before),
        float(roles_swapped(said, chosen)),
        float(_dates_apart(said, evidence)),
        float(
            _name_replaced(names, said, evidence)
            or (bool(apart) and _has_other_name(names, evidence))
        ),
        float(_number_replaced(said, evidence)),
    )


def complaint(features: Sequence[float]) -> str:
    """Return in words what speaks against a sentence."""
    named = dict(zip(FEATURES, features, strict=True))
    found = (words for name, words in COMPLAINTS.items() if named[name] >= 1)
    return next(found, "the cited passages do not say it")


def _before(evidence: Evidence) -> list[Sentence]:
    return evidence.before(evidence.first)


def _names_apart(names: Sequence[Name], said: str, evidence: Evidence) -> list[Name]:
    """Return the names that are not in the best sentence, nor what "he" in it points back to.

    A name in another sentence of the evidence is fine where that one says something else too.
    """
    held = set(evidence.first.senses)
    held |= senses(evidence.first.retrieved.stored.article.title)
    if POINTING.search(evidence.first.text):
        for one in _before(evidence):
            held |= one.senses
    words = {root for root, _ in roots_of(said)} - evidence.first.roots
    own = {root for name in names for root, _ in roots_of(name.text)}
    for one in evidence.chosen[1:]:
        if any(root in one.roots for root in words if root not in own):
            held |= one.senses
    return [one for one in names if missing_words(one, held)]


def _plain_coverage(said: str, evidence: Evidence) -> float:
    """Return the share of the words that are no name or number which the evidence holds.

    What is made up about a name has none of them, though the name is there. 1 without such words.
    """
    text = normalised(said)
    taken = [one.span for one in quantities_of(text)]
    taken += [one.span for one in names_of(text) if not one.opens]
    plain = {root for root, at in roots_of(text) if not any(a <= at < b for a, b in taken)}
    held = set().union(*(one.roots for one in evidence.chosen))
    return len(plain & held) / len(plain) if plain else 1.0


def _numbers_apart(said: str, evidence: Evidence) -> int:
    held = {value for one in evidence.chosen for value in one.values}
    dated = dates_of(evidence.text, evidence.first.retrieved.stored.article.published_at)
    held |= {float(one) for one in dated.days | dated.years}
    return sum(1 for one in quantities_of(said) if one.value not in held)


def _name_replaced(names: Sequence[Name], said: str, evidence: Evidence) -> bool:
    """Return whether, between the same two words, the evidence has another name."""
    around = {one.span: beside(said, one.span) for one in names}
    return any(
        around[mine.span] == beside(sentence.text, other.span)
        and not {sense_of(w) for w in mine.words} & {sense_of(w) for w in other.words}
        for mine in names
        for sentence in evidence.chosen
        for other in sentence.names
    )


def _number_replaced(said: str, evidence: Evidence) -> bool:
    """Return whether the evidence has another number where what is said has its own."""
    for mine in quantities_of(said):
        for sentence in evidence.chosen:
            for other in quantities_of(sentence.text):
                same_place = beside(said, mine.span) == beside(sentence.text, other.span)
                if same_place and mine.value != other.value:
                    return True
    own = {one.value for one in quantities_of(said)}
    dated = dates_of(evidence.first.text, evidence.first.retrieved.stored.article.published_at)
    known = evidence.first.values | {float(one) for one in dated.days | dated.years}
    return bool(own - known and evidence.first.values - own)


def _dates_apart(said: str, evidence: Evidence) -> bool:
    published = evidence.first.retrieved.stored.article.published_at
    return bool(dates_of(evidence.text, published).lacking(dates_of(said)))


def _has_other_name(names: Sequence[Name], evidence: Evidence) -> bool:
    """Return whether the best sentence has a name that is not said."""
    own = {sense_of(word) for name in names for word in name.words}
    return any(
        not one.opens and not own & {sense_of(w) for w in one.words if w not in TITLES}
        for one in evidence.first.names
    )
