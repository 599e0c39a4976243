"""Who says what a sentence reports."""

import re
from dataclasses import dataclass

from index.search_text import normalised
from qa.checking.names import Name, names_of, sense_of

SPEECH = re.compile(
    r"\b(?:said|says|told|tells|added|adds|announced|warned|asked|replied|wrote|writes|argued|"
    r"insisted|claimed|explained|noted|stated|tweeted|testified|declared|acknowledged|admitted|"
    r"predicted|suggested|recalled|reported|remarked|called (?:it|the|this|that|for))\b",
    re.I,
)
ACCORDING = re.compile(r"\baccording to\s+", re.I)
PASSIVE_BEFORE = re.compile(r"\b(?:been|be|was|were|is|are)\s+(?:\w+ly\s+)?$", re.I)
PRONOUN_BEFORE = re.compile(r"\b(?:he|she|they|it|who)\s+(?:\w+ly\s+|also\s+|later\s+)?$", re.I)
QUOTATION = re.compile(r"\"[^\"]*\"?")
CLAUSE_END = re.compile(r"[;.]|\b(?:and|but|while|as)\b")
REACH_CHARS = 90
BEHIND_CHARS = 80
NO_APPOSITION = re.compile(
    r"[.;]|\b(?:on|in|at|to|that|from|with|during|after|before|as|he|she|it|they|was|were|is|had|"
    r"who|which)\b"
)


@dataclass(frozen=True, slots=True)
class Speakers:
    """Those who speak in a text: by name, and whether by a pronoun or without a name."""

    named: tuple[frozenset[str], ...]
    by_pronoun: bool
    unnamed: bool


def speakers_of(sentence: str) -> Speakers:
    """Return who speaks in one sentence; quotations are not looked into."""
    text = normalised(sentence)
    if text.count('"') % 2 and re.match(r"[^\"]*\S\"", text):
        text = f'"{text}'  # the end of a quotation that an earlier sentence opened
    text = QUOTATION.sub(lambda found: '"' + "_" * (len(found[0]) - 1), text)
    names = [one for one in names_of(text) if not one.opens or _subject(text, one)]
    named: list[frozenset[str]] = []
    pronoun = unnamed = False
    for verb in SPEECH.finditer(text):
        if PASSIVE_BEFORE.search(text[: verb.start()]):
            continue
        if PRONOUN_BEFORE.search(text[: verb.start()]):
            pronoun = True
        elif name := _behind(text, verb.end(), names) or _before(text, verb.start(), names):
            named.append(name)
        else:
            unnamed = True
    for found in ACCORDING.finditer(text):
        behind = [one for one in names if 0 <= one.span[0] - found.end() <= BEHIND_CHARS]
        if behind:
            named.append(_senses(behind[0]))
    return Speakers(tuple(named), pronoun, unnamed)


def _senses(name: Name) -> frozenset[str]:
    return frozenset(sense_of(word) for word in name.words)


def _subject(text: str, name: Name) -> bool:
    """Return whether a word that opens a sentence, which may be no name, speaks at once."""
    return bool(SPEECH.match(text, name.span[1] + 1))


def _before(text: str, verb: int, names: list[Name]) -> frozenset[str] | None:
    """Return the subject: the first name of the clause that the verb ends."""
    start = max(0, verb - REACH_CHARS)
    cuts = [cut.end() for cut in CLAUSE_END.finditer(text, start, verb)]
    clause = [one for one in names if start <= one.span[0] and one.span[1] <= verb]
    within = [one for one in clause if not cuts or one.span[0] >= cuts[-1]]
    chosen = within or clause[-1:]
    return _senses(chosen[-1]) if chosen else None


def _behind(text: str, verb: int, names: list[Name]) -> frozenset[str] | None:
    """Return the subject of an inverted clause: "…", said engineer Rafael Quintero."""
    before = re.sub(r"\w+\s*$", "", text[:verb]).rstrip()
    if before[-1:] not in ('"', ",", "_") or text[:verb].lower().endswith(("told", "tells")):
        return None
    stop = NO_APPOSITION.search(text, verb)
    end = min(verb + BEHIND_CHARS, stop.start() if stop else len(text))
    found = [_senses(one) for one in names if verb <= one.span[0] < end]
    return frozenset().union(*found) if found else None


def misattributed(said: str, evidence: list[str], before: list[str]) -> float:
    """Return 1 where `said` gives words to someone who does not speak in the evidence, else 0.

    `evidence` are the sentences that support, `before` those that "he" in them may point back to.
    0.5 stands for a speaker whom the evidence does not tell.
    """
    claimed = speakers_of(said).named
    if not claimed:
        return 0.0
    heard = [speakers_of(sentence) for sentence in evidence]
    named = [one for some in heard for one in some.named]
    around = {sense_of(w) for text in before for name in names_of(text) for w in name.words}
    inside = {sense_of(w) for text in evidence for name in names_of(text) for w in name.words}
    worst = 0.0
    for one in claimed:
        if any(one & other for other in named):
            continue
        if any(some.by_pronoun or some.unnamed for some in heard) and one & (around | inside):
            continue
        worst = max(worst, 1.0 if named else 0.5)
    return worst
