"""Words by their roots, so that "rose" and "rises" are one."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from index.search_text import normalised
from qa.words import STOPWORDS, WORD

IRREGULAR = {
    form: root
    for root, forms in {
        "become": "became", "begin": "began begun", "break": "broke broken", "bring": "brought",
        "build": "built", "buy": "bought", "catch": "caught", "choose": "chose chosen",
        "come": "came", "draw": "drew drawn", "drive": "drove driven", "fall": "fell fallen",
        "feel": "felt", "fight": "fought", "find": "found", "fly": "flew flown", "get": "got",
        "give": "gave given", "go": "went gone", "grow": "grew grown", "hear": "heard",
        "hold": "held", "keep": "kept", "know": "knew known", "lead": "led", "leave": "left",
        "lend": "lent", "lose": "lost", "make": "made", "man": "men", "mean": "meant",
        "meet": "met", "pay": "paid", "person": "people", "rise": "rose risen", "run": "ran",
        "say": "said says saying", "see": "saw seen", "sell": "sold", "send": "sent",
        "shoot": "shot", "speak": "spoke spoken", "spend": "spent", "stand": "stood",
        "steal": "stole stolen", "strike": "struck", "swear": "swore sworn", "take": "took taken",
        "teach": "taught", "tell": "told", "think": "thought", "throw": "threw thrown",
        "win": "won", "woman": "women", "write": "wrote written", "child": "children",
    }.items()
    for form in forms.split()
}  # fmt: skip
FUNCTION_WORDS = STOPWORDS | {"said", "says", "say", "told", "according", "mr", "mrs", "ms", "dr"}
PLAIN_WORD = re.compile(r"[a-z'-]+")


@lru_cache(maxsize=100_000)
def root_of(word: str) -> str:
    """Return the root of a lower-case word: Porter's second stemmer after irregular forms."""
    word = word.removesuffix("'s").removesuffix("'")
    return str(_stemmer().stemWord(IRREGULAR.get(word, word)))


def roots_of(text: str) -> Iterator[tuple[str, int]]:
    """Yield (root, offset in the normalised text) of each word that is no mere function word."""
    for found in WORD.finditer(normalised(text)):
        word = found[0].lower()
        if word not in FUNCTION_WORDS:
            yield root_of(word), found.start()


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")
