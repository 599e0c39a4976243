"""Answers that are several things: whether a question asks for them, and where they stand."""

import re

from index.dates import MONTH, WEEKDAY
from index.sentences import Span
from qa.words import STOPWORDS

PLURAL = r"(?:[a-z]{2,}[^suai\W]s|people|men|women|children|countries|parties|companies|cities)"
AFTER_PLURAL = (
    r"(?= (?:is|are|was|were|do|does|did|have|has|had|will|would|can|could|may|must|[a-z]+ed|sent|"
    r"won|lost|bid|left|came|met|took|made|gave|got|said|told|bought|sold|built|held|went|began|fell|"
    r"among|in|at|on|from|with)\b|[?]?$)"
)
SEVERAL = re.compile(
    rf"\b(?:[Ww]hich|[Ww]hat) (?:(?!of\b)[\w-]+ ){{0,2}}?{PLURAL}{AFTER_PLURAL}|"
    r"\b[Ww]ho (?:are|were|attended|joined|took part|participated|signed|else)\b|"
    r"^\s*(?:[Nn]ame|[Ll]ist) (?:the|all|some)\b",
)
SINGULAR_IN_S = re.compile(
    r"\b(?:which|what) (?:(?:is|was|does|has|always|us|this|his|makes|causes|means|happens)\b|"
    r"(?:[\w-]+ ){0,2}(?:news|series|means|business|gas|class|bus|process|crisis|illness|address|"
    r"princess|boss|loss|access|virus|species|sports|politics)\b)",
    re.I,
)
WORD = r"[A-ZÀ-ÖØ-Þ][\w.’'&/-]*"
NAME = rf"(?:the )?[\"“‘]?{WORD}(?: (?:(?:of|the|de|del|al|bin|van|von|for) )?{WORD})*[\"”’]?"
JOINED = r"(?:, and |, or |, | and | or | & |, as well as | as well as )"
ITEM_AFTER = re.compile(rf"({JOINED})({NAME})")
ITEM_BEFORE = re.compile(rf"({NAME})({JOINED})$")
WHOLE_NAME = re.compile(NAME)
NO_ITEM = re.compile(rf"(?:{MONTH}|{WEEKDAY})s?(?: \d+)?", re.I)
MOST_CHARS = 300
MOST_ITEMS = 12


def asks_for_several(question: str) -> bool:
    """Return whether an answer may be more than one thing: "which countries", "who attended"."""
    return bool(SEVERAL.search(question)) and not SINGULAR_IN_S.search(question)


def enumerated(text: str, span: Span, sentence: Span) -> Span:
    """Return the span with the names that are listed beside it: "North Korea and Vietnam".

    Only a span that is a name itself grows, over commas and conjunctions, within its sentence, and
    only by a run that holds a conjunction; a mere comma divides clauses.
    """
    if not WHOLE_NAME.fullmatch(text[span[0] : span[1]]):
        return span
    end, joined_after = _grown_right(text, span[1], min(sentence[1], span[1] + MOST_CHARS))
    start, joined_before = _grown_left(text, span[0], max(sentence[0], span[0] - MOST_CHARS))
    if not any("and" in one or "or" in one or "&" in one for one in joined_after + joined_before):
        return span
    return start, end


def _grown_right(text: str, end: int, limit: int) -> tuple[int, list[str]]:
    joined: list[str] = []
    while len(joined) < MOST_ITEMS and (found := ITEM_AFTER.match(text, end, limit)):
        if NO_ITEM.fullmatch(found[2].rstrip(".")):
            break
        joined.append(found[1])
        end = _without_full_stop(text, found.end())
    while joined and joined[-1] == ", ":  # what follows the last mere comma is another clause
        end = text.rindex(joined.pop(), 0, end)
    return end, joined


def _grown_left(text: str, start: int, limit: int) -> tuple[int, list[str]]:
    joined: list[str] = []
    while len(joined) < MOST_ITEMS and (found := ITEM_BEFORE.search(text[limit:start])):
        first = found[1].split(" ", 1)[0]
        if NO_ITEM.fullmatch(found[1]) or (
            first.lower() in STOPWORDS and limit + found.start() == limit and first != "the"
        ):
            break
        joined.append(found[2])
        start = limit + found.start()
    return start, joined


def _without_full_stop(text: str, end: int) -> int:
    """Leave out the full stop of the sentence, but not that of "U.S."."""
    last = text[:end].rsplit(None, 1)[-1]
    return end - 1 if last.endswith(".") and last.count(".") == 1 else end
