"""Questions that are only a part of one: "Why?", "With whom?", "And Moscow?", "Who else?"."""

import re

from qa.answer_types import asked_names
from qa.domain import Turn
from qa.understanding.grammar import AUXILIARY, OPENING, PREPOSITION, QUESTION_WORD

NOUNS = rf"(?:\s+(?!{AUXILIARY}\b)[\w'’-]+)"
PART = re.compile(
    rf"\s*{OPENING}*(?P<part>(?:{PREPOSITION}\s+)?"
    r"(?:whom?|what|when|where|why|how|how (?:many|much|long|often|far))|how come|what for|why not)"
    r"(?:\s+(?:was|is)\s+(?:that|it|this))?[\s?!.]*",
    re.I,
)
"""A question word by itself, with its preposition."""
ANOTHER = re.compile(
    rf"\s*{OPENING}*(?:(?:what|how)\s+about|and)\s+(?P<thing>[^,:?!.]{{1,60}}?)"
    r"(?:\s+(?:then|too|though))?[\s?!.]*",
    re.I,
)
"""The same question of something else."""
IN_FRONT = re.compile(
    rf"\s*{OPENING}+(?P<thing>[^,:?!.]{{2,40}}?)(?: again)?[,:] "
    rf"(?P<rest>(?:{QUESTION_WORD}|{AUXILIARY})\b.+)",
    re.I,
)
"""What is asked about, put in front: "And the Senate, how did it vote?"."""
ELSE = re.compile(rf"\s*{OPENING}*(?P<word>who|what|where|which)\s+else[\s?!.]*", re.I)
OPEN_QUESTION = re.compile(
    rf"\s*{OPENING}*(?:{PREPOSITION}\s+)?(?P<word>{QUESTION_WORD}){NOUNS}*?\s+(?P<rest>{AUXILIARY}\b.+)",
    re.I,
)
PASSIVE = re.compile(
    rf"\s*{OPENING}*(?P<word>{QUESTION_WORD}|who)(?P<noun>{NOUNS}*?)\s+(?P<be>is|are|was|were)\s+"
    r"(?P<rest>(?:\w{2,}(?:ed|en|wn|ught|ld|nt|pt)|hit|shot|cut|put|set|made|found|led|lost|met|paid|"
    r"won|hurt|born|done)\b.*)",
    re.I,
)
"""To what was something done: "How many puffins were counted?"."""
DECISION = re.compile(rf"\s*{OPENING}*(?P<rest>{AUXILIARY}\b.+)", re.I)
SUBJECT_QUESTION = re.compile(
    rf"\s*{OPENING}*(?:who|(?:which|what|how many){NOUNS}{{1,4}}?)\s+"
    r"(?P<rest>(?!else\b)[\w’']+(?:\s.*|$))",
    re.I,
)
NO_THING = re.compile(
    rf"(?:{AUXILIARY}|{QUESTION_WORD}|he|she|it|they|that|this|his|her|their|you|i|we|then)\b", re.I
)
PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|them)\b", re.I)
SAME = {"how come": "why", "what for": "why"}
WITHOUT_ANSWER = frozenset({"when", "where", "why", "how"})
MOST_ANSWER_WORDS = 8


def completed(question: str, last: Turn) -> str | None:
    """Return the whole question that a part stands for after the turn `last`; None for a whole one.

    After "Did they part?", "why?" is "Why did they part?". None too where no frame fits.
    """
    earlier = last.understood.strip().rstrip("?!. ")
    if found := ELSE.fullmatch(question):
        return _who_else(found["word"], earlier, last.answer)
    if found := PART.fullmatch(question):
        return _reframed(SAME.get(found["part"].lower(), found["part"]), earlier, last.answer)
    found = IN_FRONT.fullmatch(question)
    if found and PRONOUN.search(found["rest"]) and not NO_THING.match(found["thing"]):
        return PRONOUN.sub(found["thing"], found["rest"], count=1)
    if (found := ANOTHER.fullmatch(question)) and not NO_THING.match(found["thing"]):
        return _of_another(found["thing"], earlier)
    return None


def besides(answer: str) -> str:
    """Return ", besides" and the answer, which then is not given again; "" for a long one."""
    return f", besides {answer}" if _is_short(answer) else ""


def _who_else(word: str, earlier: str, answer: str) -> str | None:
    found = re.match(rf"(\s*{OPENING}*{word})\b(.*)", earlier, re.I)
    return f"{found[1]} else{found[2]}{besides(answer)}?" if found else None


def _reframed(part: str, earlier: str, answer: str) -> str | None:
    """Put another question word before what was asked."""
    part = part[0].upper() + part[1:]
    said = answer if _is_short(answer) else ""
    if found := DECISION.match(earlier):
        return f"{part} {found['rest'][0].lower()}{found['rest'][1:]}?"
    if passive := PASSIVE.match(earlier):
        subject = said if said and "how" not in passive["word"].lower() else passive["noun"].strip()
        return f"{part} {passive['be']} {subject} {passive['rest']}?" if subject else None
    if found := OPEN_QUESTION.match(earlier):
        fills = said and found["word"].lower() not in WITHOUT_ANSWER and ", " not in said
        return f"{part} {found['rest']}{f' {said}' if fills else ''}?"
    if (found := SUBJECT_QUESTION.match(earlier)) and said:
        return f"{part} was it that {said} {found['rest']}?"
    return None


def _of_another(thing: str, earlier: str) -> str | None:
    """Put a name into the place of the last name of the earlier question."""
    names = asked_names(earlier)
    return earlier.replace(names[-1], thing) + "?" if names and asked_names(f"x {thing}") else None


def _is_short(answer: str) -> bool:
    return 0 < len(answer.split()) <= MOST_ANSWER_WORDS
