"""An answer's edges: whole words, whole names, quotation marks and brackets that close."""

import re

from index.sentences import Span
from qa.answer_types import DAY_OR_MONTH
from qa.words import STOPWORDS

WORD_CHAR = re.compile(r"[\w’'-]")
NAME_BEFORE = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][\w.’'-]* (?:(?:of|the|de|al|bin|van|von) )?)+$")
NAME_AFTER = re.compile(r"(?: (?:(?:of|the|de|al|bin|van|von) )?[A-ZÀ-ÖØ-Þ][\w’'-]*)+")
CAPITALISED = re.compile(r"[A-ZÀ-ÖØ-Þ]")
PAIRS = {"“": "”", "(": ")", "[": "]", "«": "»"}
NO_NAMES = (
    STOPWORDS
    | {"today", "yesterday", "tomorrow", "tonight", "earlier", "later", "last", "next", "here"}
    | {"however", "meanwhile", "moreover", "still", "yet", "perhaps", "instead", "also", "then"}
    | {"despite", "although", "while", "like", "unlike", "thus", "hence", "there"}
)
EDGE = " \t\r\n,;:"


def widened(text: str, span: Span, sentence: Span) -> Span:
    """Return the span with the words, the name and the marks that it cuts; within the sentence."""
    start, end = _whole_words(text, span, sentence)
    start, end = _whole_name(text, (start, end), sentence)
    start, end = _closed(text, (start, end), sentence)
    while start < end and text[start] in EDGE:
        start += 1
    while end > start and text[end - 1] in EDGE:
        end -= 1
    return start, end


def _whole_words(text: str, span: Span, sentence: Span) -> Span:
    start, end = span
    while start > sentence[0] and WORD_CHAR.match(text[start]) and _joined(text, start):
        start -= 1
    while end < sentence[1] and _joined(text, end):
        end += 1
    if text[end - 2 : end].lower() in {"'s", "’s"} and end - 2 >= span[1]:
        end -= 2
    return start, end


def _joined(text: str, at: int) -> bool:
    """Return whether one word goes on over the offset."""
    return bool(WORD_CHAR.match(text[at - 1]) and WORD_CHAR.match(text[at]))


def _whole_name(text: str, span: Span, sentence: Span) -> Span:
    """Add the capitalised words that touch a span which begins or ends in one itself."""
    start, end = span
    words = text[start:end].split()
    if not words or any(word.isdigit() for word in words):
        return span
    if CAPITALISED.match(words[0]):
        before = NAME_BEFORE.search(text[sentence[0] : start])
        if before:
            start = sentence[0] + before.start() + _no_name(before[0], first=not before.start())
    if CAPITALISED.match(words[-1]) and (after := NAME_AFTER.match(text, end, sentence[1])):
        end = after.end()
    return start, end


def _no_name(words: str, *, first: bool) -> int:
    """Return the length of the days, and at a sentence's start of the words, that lead no name."""
    length = 0
    for word in words.split():
        if not (DAY_OR_MONTH.fullmatch(word) or (first and word.lower() in NO_NAMES)):
            break
        length += len(word) + 1
    return length


def _closed(text: str, span: Span, sentence: Span) -> Span:
    """Take in the mark that closes what is opened inside, or the one that opens it."""
    start, end = span
    for opening, closing in PAIRS.items():
        inside = text[start:end]
        if inside.count(opening) > inside.count(closing):
            at = text.find(closing, end, sentence[1])
            end = at + 1 if at >= 0 else end
        elif inside.count(closing) > inside.count(opening):
            at = text.rfind(opening, sentence[0], start)
            start = at if at >= 0 else start
    return start, end
