"""What no likelihood outweighs: a number, a quotation or a name that no cited passage holds."""

import re
from collections.abc import Sequence

from index.search_text import normalised
from qa.checking.calendar import Dates, dates_of
from qa.checking.names import missing_words, names_of, senses
from qa.checking.quantities import quantities_of
from qa.domain import RetrievedPassage

QUOTED = re.compile(r"\"([^\"]+)\"|(?<![\w'])'([^'\n]*(?:'\w[^'\n]*)*)'(?!\w)")
SHORT_QUOTE_WORDS = 1
EDGES = " \t.,;:!?…"
OPEN_QUOTE = re.compile(r"\"")


def hard_fault(said: str, passages: Sequence[RetrievedPassage]) -> str:
    """Return what of a sentence stands in no cited passage, as a reason; "" where all does."""
    return (
        _number_fault(said, passages) or _quote_fault(said, passages) or _name_fault(said, passages)
    )


def _number_fault(said: str, passages: Sequence[RetrievedPassage]) -> str:
    held = {one.value for passage in passages for one in quantities_of(passage.text)}
    dated = [_dates(one) for one in passages]
    said_dates = dates_of(said)
    by_date = {float(one) for one in said_dates.days | said_dates.years}
    for quantity in quantities_of(said):
        if quantity.value in held:
            continue
        known = any(quantity.value in one.days | one.years for one in dated)
        if quantity.value in by_date and known:
            continue
        shown = normalised(said)[slice(*quantity.span)].strip()
        return f"the number {shown} stands in no cited passage"
    for one in dated:
        if not one.lacking(said_dates):
            return ""
    missing = min((one.lacking(said_dates) for one in dated), key=len, default=[])
    together = _together(dated).lacking(said_dates)
    return f"the date ({', '.join(missing)}) stands in no cited passage" if together else ""


def _dates(retrieved: RetrievedPassage) -> Dates:
    return dates_of(retrieved.text, retrieved.stored.article.published_at)


def _together(dated: Sequence[Dates]) -> Dates:
    whole = Dates()
    for one in dated:
        whole.weekdays |= one.weekdays
        whole.months |= one.months
        whole.days |= one.days
        whole.years |= one.years
    return whole


def _quote_fault(said: str, passages: Sequence[RetrievedPassage]) -> str:
    text = plain(said)
    if len(OPEN_QUOTE.findall(text)) % 2:
        return "a quotation mark is not closed"
    held = [plain(one.text) for one in passages]
    for found in QUOTED.finditer(text):
        words = (found[1] or found[2]).strip(EDGES)
        parts = [part.strip(EDGES) for part in re.split(r"\.\.\.|…|\[[^\]]*\]", words)]
        if not all(any(part in one for one in held) for part in parts if part):
            return f"the quotation “{words}” stands in no cited passage"
    return ""


def plain(text: str) -> str:
    """Return text as quotations are compared: small letters, one kind of quotes and spaces."""
    return " ".join(normalised(text).lower().split())


def _name_fault(said: str, passages: Sequence[RetrievedPassage]) -> str:
    held: set[str] = set()
    for one in passages:
        article = one.stored.article
        header = " ".join(filter(None, (article.title, article.source, article.author)))
        held |= senses(one.text) | senses(header)
    for name in names_of(said):
        if name.opens:
            continue
        if missing := missing_words(name, held):
            return f"the name {' '.join(missing).title()} stands in no cited passage"
    return ""
