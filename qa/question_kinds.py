"""What form an answer takes: a phrase, sentences, or the sentences that decide a yes or no."""

import re
from typing import Literal

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


def form_of(question: str) -> Form:
    """Return the form that an answer to the question takes."""
    if DECISION.match(question):
        return "decision"
    if SENTENCES.search(question):
        return "sentences"
    return "person" if WHO.match(question) else "phrase"
