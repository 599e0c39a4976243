"""The names of a text: capitalised runs, and whether two of them mean the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from index.dates import MONTH, WEEKDAY
from index.search_text import normalised
from qa.words import STOPWORDS

NAME_WORD = r"[A-ZÀ-ÖØ-Þ][\w'&]*(?:-[\w']+)*"
RUN = re.compile(
    rf"{NAME_WORD}\.?(?:\s+(?:(?:de|del|der|di|du|la|le|al|bin|van|von|y)\s+){{0,2}}{NAME_WORD})*"
)
WORD = re.compile(r"[\w&]+(?:'[a-z]+)?", re.I)
PARTICLES = frozenset("of the de del der di du la le al bin van von y".split())  # noqa: SIM905
CALENDAR = re.compile(rf"(?:{MONTH}|{WEEKDAY}s?)\.?$")
TITLES = frozenset(
    """president prime minister sen senator rep representative gov governor mayor judge justice
    chief gen general col colonel capt captain sgt officer detective sheriff secretary ambassador
    chancellor king queen prince princess pope archbishop bishop rev reverend dr doctor prof
    professor mr mrs ms sir lord lady dame chairman chairwoman director coach deputy vice
    attorney speaker councillor transport foreign interior finance defense defence harbour master
    """.split()  # noqa: SIM905 - one word a line would take 60 lines
)
OPENERS = STOPWORDS | frozenset(
    """today yesterday tomorrow tonight earlier later last next however meanwhile moreover still
    yet perhaps instead then despite although while unlike thus hence there asked officials police
    people experts critics reports data new two three four five six seven eight nine ten many most
    some several both only even now here finally overall additionally similarly""".split()  # noqa: SIM905
)
ALIASES = {
    form: sense
    for sense, forms in {
        "usa": "us usa america american americans u.s",
        "uk": "uk britain british briton britons",
        "eu": "eu",
        "un": "un",
        "france": "french frenchman",
        "germany": "german germans",
        "spain": "spanish",
        "china": "chinese",
        "netherlands": "dutch",
        "switzerland": "swiss",
        "greece": "greek greeks",
        "denmark": "danish",
        "poland": "polish",
        "turkey": "turkish",
        "sweden": "swedish",
        "ireland": "irish",
        "philippines": "filipino",
        "wales": "welsh",
        "scotland": "scottish scots",
    }.items()
    for form in forms.split()
}
SPELLED_OUT = (("united states", "usa"), ("united kingdom", "uk"), ("european union", "eu"),
               ("united nations", "un"))  # fmt: skip
DEMONYM = re.compile(r"(?:ians?|ans?|is?|ese|ish|s)$")


@dataclass(frozen=True, slots=True)
class Name:
    """A capitalised run. `words` are its own words in small letters, without particles."""

    text: str
    words: tuple[str, ...]
    span: tuple[int, int]
    """Where it stands in the normalised text."""
    opens: bool
    """Whether it opens the text, where a capital letter alone makes no name."""


def names_of(text: str) -> list[Name]:
    """Return the names of one sentence in order, days and months left out."""
    text = normalised(text)
    names = []
    for found in RUN.finditer(text):
        opens = not text[: found.start()].strip("\"'( ")
        start, words = found.start(), [(w[0], w.start()) for w in WORD.finditer(found[0])]
        while words and _is_no_name(words[0][0], opens=opens and words[0][1] == 0):
            words = words[1:]
        while words and _is_no_name(words[-1][0], opens=False):
            words = words[:-1]
        kept = tuple(w.lower() for w, _ in words if w not in PARTICLES)
        if not kept:
            continue
        span = (start + words[0][1], start + words[-1][1] + len(words[-1][0]))
        opening = opens and words[0][1] == 0 and len(kept) == 1
        names.append(Name(text[span[0] : span[1]], kept, span, opening))
    return names


def _is_no_name(word: str, *, opens: bool) -> bool:
    lower = word.lower()
    if CALENDAR.match(word) or lower in ("i", "a", "the"):
        return True
    return opens and (lower in OPENERS or lower.endswith("ing"))


def senses(text: str, names: Iterable[Name] = ()) -> set[str]:
    """Return every word of a text in the form that names are compared in, acronyms too."""
    text = normalised(text)
    found = {sense_of(one[0].lower()) for one in WORD.finditer(text)}
    found |= {part.lower() for one in WORD.finditer(text) for part in one[0].split("'")[:1]}
    lower = text.lower()
    found |= {sense for spelled, sense in SPELLED_OUT if spelled in lower}
    for run in RUN.finditer(text):
        initials = "".join(w[0][0] for w in WORD.finditer(run[0]) if w[0].lower() not in PARTICLES)
        if len(initials) > 1:
            found.add(initials.lower())
    return found


def sense_of(word: str) -> str:
    """Return a small-letter word of a name in the form to compare: "Ukrainians" as "Ukraine"."""
    if word in ALIASES:
        return ALIASES[word]
    short = DEMONYM.sub("", word)
    return short.rstrip("aeiou") if len(short) > 3 else word


def missing_words(name: Name, held: set[str]) -> list[str]:
    """Return the words of a name that are not held; a title counts as held."""
    if " ".join(name.words) in ("united states", "united kingdom", "united nations",
                                "european union"):  # fmt: skip
        alias = dict(SPELLED_OUT)[" ".join(name.words)]
        return [] if alias in held or name.words[0] in held else list(name.words)
    return [
        word
        for word in name.words
        if len(word) > 1 and word not in TITLES and word not in held and sense_of(word) not in held
    ]


def torn(name: Name, names: Iterable[Name]) -> bool:
    """Return whether the words of a name stand apart, in names of others: "Samuel Brandt"."""
    own = {sense_of(word) for word in name.words if word not in TITLES}
    if len(own) < 2:
        return False
    runs = [{sense_of(word) for word in one.words} for one in names]
    touched = [run for run in runs if run & own]
    return bool(touched) and not any(own <= run for run in runs)
