"""Where the sentences of a news text lie, to the character."""

import re
from itertools import pairwise

import nupunkt

LINE_BREAK = re.compile(r"[ \t\u00a0]*\r?\n\s*|\u2028\s*|\u2029\s*")
TITLE_AT_END = re.compile(
    r"\b(?:Lt|Col|Maj|Brig|Cmdr|Adm|Cpl|Sgt|Pvt|Capt|Gen|Gov|Sen|Sens|Rep|Reps|Rev|Hon|Supt|"
    r"Mr|Mrs|Ms|Dr|Prof|St|vs)\.\s*$"
)
CLOSING_ONLY = re.compile(r"\s*(?:[\"'”’»)\]]|'')+\s*$")
LONGEST_SENTENCE_CHARS = 2_000
"""Longer runs without an end are tables or lost punctuation; they are cut at white space."""

Span = tuple[int, int]


def sentence_spans(text: str, start: int = 0) -> list[Span]:
    """Return the (start, end) of each sentence from offset `start`, in order, end exclusive.

    Spans hold no white space at their ends and do not overlap; only white space lies between
    them. Sentences come from nupunkt (Bommarito et al., 2025), which knows legal and news
    abbreviations and reads 10 million characters a second.
    """
    spans: list[Span] = []
    for line_start, line_end in _lines(text, start):
        spans += _sentences_in(text, line_start, line_end)
    return spans


def _lines(text: str, start: int) -> list[Span]:
    """Split at line breaks, but not where a line was only wrapped: a small letter follows."""
    cuts = [start]
    for found in LINE_BREAK.finditer(text, start):
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        wrapped = (
            after.islower() and (before.isalnum() or before == ",") and found[0].count("\n") < 2
        )
        if not wrapped:
            cuts.append(found.end())
    cuts.append(len(text))
    return [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]


def _sentences_in(text: str, start: int, end: int) -> list[Span]:
    line = text[start:end]
    merged: list[Span] = []
    for a, b in nupunkt.sent_spans(line):
        tail = line[merged[-1][0] : merged[-1][1]] if merged else ""
        if merged and (TITLE_AT_END.search(tail) or CLOSING_ONLY.match(line[a:b])):
            merged[-1] = (merged[-1][0], b)
        else:
            merged.append((a, b))
    pieces = (piece for a, b in merged for piece in _bounded(line, a, b))
    return [(start + a, start + b) for a, b in pieces]


def _bounded(line: str, start: int, end: int) -> list[Span]:
    """Trim white space, and cut what is too long to be a sentence at white space."""
    pieces = []
    while start < end:
        cut = end
        if end - start > LONGEST_SENTENCE_CHARS:
            space = line.rfind(" ", start + 1, start + LONGEST_SENTENCE_CHARS)
            cut = space + 1 if space > start else start + LONGEST_SENTENCE_CHARS
        piece = line[start:cut]
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            pieces.append((start + lead, start + lead + len(piece.strip())))
        start = cut
    return pieces
