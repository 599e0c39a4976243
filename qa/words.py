"""The words of a question that are worth searching for."""

import re
from collections.abc import Iterable
from functools import lru_cache

from index.search_text import normalised

WORD = re.compile(r"\w+(?:[-']\w+)*", re.UNICODE)
STOPWORDS = frozenset(
    """
    a about according across after against all also am an and any anybody anyone are as at be been
    before being between both but by can could did do does doing done during each either else ever
    for from get gets getting give given gives go goes had has have having he her here hers him
    his how i if in into is it its itself just kind many may me might mine more most much must my
    near no nor not now of off on once one only onto or other our ours out over please quite s
    said say saying says shall she should since so some somebody someone something such t tell
    than that the their theirs them then there these they this those through to too under until up
    upon us very was we were what whatever when where whether which while who whom whose why will
    with within without would you your yours
    """.split()  # noqa: SIM905 - one word a line would take 190 lines
)
SUFFIX = re.compile(r"(?:ing|ed|es|s|ly|ment|ion)$")
MAX_QUERY_WORDS = 40
"""Of a question like an essay, the first words; 10,000 characters are still a question."""


def words_of(text: str) -> list[str]:
    """Return the words of `text`, lower case, in order, normalised as the index is."""
    return [found.lower() for found in WORD.findall(normalised(text))]


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, each once; all words where none does."""
    words = list(dict.fromkeys(words_of(text)))
    return [word for word in words if word not in STOPWORDS] or words


def fts_query(question: str) -> str:
    """Return an FTS5 query that matches any content word; "" where the question has no words.

    Each word is a quoted string, so that no operator of FTS5 can be typed into a question.
    """
    words = content_words(question)[:MAX_QUERY_WORDS]
    return " OR ".join(f'"{word}"' for word in words)


def stems(words: Iterable[str]) -> list[str]:
    """Return each word without its ending, so that "led" and "leads" come near each other."""
    return [stem_of(word) for word in words]


@lru_cache(maxsize=100_000)
def stem_of(word: str) -> str:
    """Return a lower-case word without its ending."""
    short = SUFFIX.sub("", word.removesuffix("'s"))
    return short if len(short) > 2 else word
