"""The form of text that full-text search compares: what looks alike is written alike."""

import re
import unicodedata
from urllib.parse import unquote

FOLDED = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "`": "'",
        "´": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
        "\u00a0": " ",
        "\u00ad": "",
        "\u200b": "",
        "\u200d": "",
        "\ufeff": "",
    }
)
LEFT_OVER_ESCAPE = re.compile(r"%(?:2[0-9A-C]|27|3[A-F])", re.I)
POSSESSIVE = re.compile(r"(?<=\w)'s\b")
ABBREVIATION = re.compile(r"\b(?:[A-Za-z]\.){2,}")


def normalised(text: str) -> str:
    """Return `text` composed (NFKC), with straight quotes, plain dashes and no %27 left over.

    Possessives lose their 's and initials their dots ("U.S." is "US"), on both sides of a search.
    """
    text = LEFT_OVER_ESCAPE.sub(lambda found: unquote(found[0]), text)
    text = unicodedata.normalize("NFKC", text).translate(FOLDED).replace("''", '"')
    text = ABBREVIATION.sub(lambda found: found[0].replace(".", ""), text)
    return POSSESSIVE.sub("", text)
