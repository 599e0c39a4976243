"""What form an answer takes: a phrase, sentences, or the sentences that decide a yes or no."""

import re
from typing import Literal

from index.search_text import normalised

Form = Literal["phrase", "person", "sentences", "decision"]
OF_WORDS: tuple[Form, ...] = ("phrase", "person")
"""What is answered by a few words, not by sentences."""

DECISION = re.compile(
    r"\s*(?:and |but |so )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|"
    r"shall|may|might|must|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|won't)\b",
    re.I,
)
SENTENCES = re.compile(
    r"\bwhy\b|"
    r"\bhow (?!many\b|much\b|long\b|old\b|far\b|tall\b|big\b|large\b|often\b|high\b|fast\b|deep\b|"
    r"wide\b|heavy\b|late\b|soon\b|young\b)|"
    r"\bwhat (?:did|does|do|has|have|had)\b.{1,80}\b(?:say|said|tell|told|warn|argue|claim|think|"
    r"comment|respond|reply|announce|promise|pledge|explain|mean|write)\b|"
    r"\bwhat (?:happened|happens|was said|is known|went wrong|caused)\b|"
    r"^\s*(?:tell me|explain|describe)\b",
    re.I,
)


WHO = re.compile(r"\s*(?:and |but |so )?who\b(?!')", re.I)


POLITE = re.compile(
    r"\s*(?:please |and |but |so )*(?:(?:can|could|would|will) you (?:please )?(?:tell|say|find)"
    r"(?: me| out)?|do you know|does anyone know|tell me|i wonder|i want to know)\s+"
    r"(?=who|what|which|when|where|why|how)",
    re.I,
)
SUBJECT = re.compile(r"\s*(?:who\b(?!')|which \w+ (?!did|does|do|has|have|had))", re.I)


def form_of(question: str) -> Form:
    """Return the form that an answer to the question takes."""
    asked = POLITE.sub("", normalised(question), count=1)
    if DECISION.match(asked):
        return "decision"
    if SENTENCES.search(asked) and not SUBJECT.match(asked):
        return "sentences"
    return "person" if WHO.match(asked) else "phrase"
