"""Answers that are several things: whether a question asks for them, and where they stand."""

import re

from index.sentences import Span

SEVERAL = re.compile(
    r"\b(?:which|what) (?:(?:other|two|three|four|five|six|several|different|\w+ed|\w+ing|\w+an|"
    r"\w+ish|\w+al|\w+ern) ){0,2}"
    r"(?:\w{2,}(?<!s)(?<!u)(?<!i)s|people|men|women|children|countries|parties|companies|cities)"
    r"(?= (?!of\b))|"
    r"\bwho (?:are|were|attended|joined|took part|participated|signed|else)\b|"
    r"^\s*(?:name|list) (?:the|all|some)\b",
    re.I,
)
SINGULAR_IN_S = re.compile(
    r"\b(?:which|what) (?:(?:is|was|does|has|always|us|this|his)\b|(?:\w+ )?(?:news|series|means|"
    r"business|gas|class|bus|process|crisis|illness|address|princess|boss|loss|access|virus|"
    r"species)\b)",
    re.I,
)
CONNECTOR = r"(?:of|the|de|del|al|bin|van|von|for|and) "
WORD = r"[A-ZÀ-ÖØ-Þ0-9][\w.’'&/-]*"
NAME = rf"(?:the )?[\"“‘]?{WORD}(?: (?:{CONNECTOR})?{WORD})*[\"”’]?"
JOINED = r"(?:, and |, or |, | and | or | & |, as well as | as well as )"
AFTER = re.compile(rf"(?:{JOINED}{NAME})+")
BEFORE = re.compile(rf"(?:{NAME}{JOINED})+$")
BEGINS_AS_NAME = re.compile(rf"(?:{NAME})$")


def asks_for_several(question: str) -> bool:
    """Return whether an answer may be more than one thing: "which countries", "who attended"."""
    return bool(SEVERAL.search(question)) and not SINGULAR_IN_S.search(question)


def enumerated(text: str, span: Span, sentence: Span) -> Span:
    """Return the span with the names that are listed beside it: "North Korea and Vietnam".

    Only a span that is a name itself grows, over commas and conjunctions, within its sentence.
    """
    start, end = span
    if not BEGINS_AS_NAME.match(text[start:end]):
        return span
    after = AFTER.match(text, end, sentence[1])
    before = BEFORE.search(text[sentence[0] : start])
    return (
        sentence[0] + before.start() if before else start,
        _without_full_stop(text, after.end()) if after else end,
    )


def _without_full_stop(text: str, end: int) -> int:
    """Leave out the full stop of the sentence, but not that of "U.S."."""
    last = text[:end].rsplit(None, 1)[-1]
    return end - 1 if last.endswith(".") and last.count(".") == 1 else end
