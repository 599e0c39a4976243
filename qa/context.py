"""What a passage leaves unsaid: its title, and who "he" is where it begins with one."""

import re

from index.sentences import sentence_spans
from qa.answer_types import FINDERS
from qa.domain import RetrievedPassage

ATTRIBUTED_BY_PRONOUN = re.compile(
    r"\b(?:he|she|they|it)\s+(?:said|says|told|added|wrote|tweeted)\b", re.I
)
STARTS_WITH_PRONOUN = re.compile(
    r"[\"'“‘]?(?:He|She|They|It|This|That|These|Those|His|Her|Their)\b"
)
DATELINE = re.compile(
    r"[^\n]{2,70}?\([^()\n]{2,40}\)\s*[-–—]+\s*(?=[A-Z“\"‘\d])|[A-Z][A-Z .,'’-]{2,40}\s[-–—]+\s+"
)
MAX_TITLE_CHARS = 200
MAX_BEFORE_CHARS = 300
LOOKED_BACK_CHARS = 1_000


def points_back(sentence: str) -> bool:
    """Return whether a sentence speaks of someone or something without saying what."""
    pronoun = STARTS_WITH_PRONOUN.match(sentence) or ATTRIBUTED_BY_PRONOUN.search(sentence)
    return bool(pronoun) and not FINDERS["name"](sentence)


def dateline_length(sentence: str) -> int:
    """Return the length of "SEOUL, June 14 (Reuters) - ", which is not part of what is said."""
    found = DATELINE.match(sentence)
    return found.end() if found else 0


def lead_of(retrieved: RetrievedPassage) -> str:
    """Return what is read before the passage: the title and, at need, the sentence before it."""
    title = retrieved.stored.article.title[:MAX_TITLE_CHARS]
    before = _before(retrieved)
    return (f"{title}\n" if title else "") + (f"{before} " if before else "")


def _before(retrieved: RetrievedPassage) -> str:
    """Return the sentence before a passage whose first sentence points back, or nothing."""
    text, start = retrieved.stored.article.text, retrieved.stored.passage.start_char
    if not start or not STARTS_WITH_PRONOUN.match(retrieved.text):
        return ""
    earlier = text[max(0, start - LOOKED_BACK_CHARS) : start]
    spans = sentence_spans(earlier)
    if not spans:
        return ""
    sentence = earlier[spans[-1][0] : spans[-1][1]]
    return sentence if len(sentence) <= MAX_BEFORE_CHARS else ""
