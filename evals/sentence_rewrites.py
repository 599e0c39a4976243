"""Sentences that say what an article says, in other words, by rules; and altered ones, that do not.

The rewrites keep close to the article. How the check does on freer wording is measured on
evals/paraphrases.jsonl, which people wrote.
"""

import re
from collections.abc import Callable
from random import Random

from qa.checking.names import CALENDAR, Name, names_of
from qa.checking.quantities import TENS, UNITS, quantities_of
from qa.checking.speakers import SPEECH
from qa.phrases import NO_NAMES

Rewrite = Callable[[str, str, Random], str | None]
"""Takes a sentence, the one before it and chance; returns None where it does not apply."""

SYNONYMS = {
    "about": "roughly", "nearly": "almost", "began": "started", "begin": "start",
    "children": "kids", "bought": "purchased", "buy": "purchase", "helped": "assisted",
    "shows": "demonstrates", "showed": "demonstrated", "company": "firm", "big": "large",
    "received": "got", "many": "numerous", "because": "since", "tried": "attempted",
    "needs": "requires", "need": "require", "ended": "concluded", "allowed": "permitted",
    "chief": "head", "movie": "film", "film": "movie", "vehicle": "car", "however": "though",
    "including": "among them", "during": "in the course of", "announced": "made known",
    "important": "significant", "quickly": "rapidly", "often": "frequently", "wants": "hopes",
    "people": "persons", "attack": "assault", "killed": "left dead", "injured": "hurt",
    "largest": "biggest", "biggest": "largest", "took place": "happened", "later": "afterwards",
}  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
AUXILIARY = re.compile(
    r"\b(is|was|are|were|will|would|can|could|has|have|had|did|does|should)\b(?! n[o']t| not|n't)"
)
DENIABLE = r"is|was|are|were|will|would|could|has|have|had|did|does|should"
DENIED = re.compile(rf"\b({DENIABLE}) not\b|\b({DENIABLE})n[’']t\b")
CLAUSE = re.compile(
    r", (?:which|who|where|when|while|although|though)\b[^,”\"]*"
    r"(?:,(?= (?:is|was|has|said|will))|(?=\.$))"
)
IN_FRONT = re.compile(
    r"^(?:On|In|At|After|During|Since|Last|Earlier)\b[^,”\"]{3,40}, (\w)(?=\w* \w+ )"
)
BESIDE = re.compile(r", (?:according to|a|an|the)\b[^,”\"]{4,60},(?= )")
SAID_BEHIND = re.compile(
    r"^(?P<what>[^“”\"]{20,}), (?P<who>(?:[A-Z][\w.’'-]+ ?){1,4}) "
    r"(?:said|told [A-Z]\w+)(?: (?P<when>on \w+day))?\.$"
)
SAID_IN_FRONT = re.compile(
    r"^(?P<who>(?:[A-Z][\w.’'-]+ ?){2,4}) said (?:that )?(?P<what>[^“”\"]{20,})\.$"
)
OPPOSED = {
    "rose": "fell", "fell": "rose", "increased": "decreased", "decreased": "increased",
    "won": "lost", "lost": "won", "more than": "less than", "less than": "more than",
    "before": "after", "after": "before", "first": "last", "higher": "lower", "lower": "higher",
    "largest": "smallest", "supported": "opposed", "opposed": "supported", "best": "worst",
    "approved": "rejected", "rejected": "approved", "opened": "closed", "closed": "opened",
    "arrested": "released", "joined": "left", "younger": "older", "older": "younger",
}  # fmt: skip


def shortened(sentence: str, before: str, chance: Random) -> str | None:
    """Leave out a clause between commas, at the end, or in front."""
    options = [CLAUSE.sub("", sentence, count=1), re.sub(r" \([^)]*\)", "", sentence, count=1)]
    options.append(IN_FRONT.sub(lambda found: found[1].upper(), sentence, count=1))
    options.append(BESIDE.sub("", sentence, count=1))
    changed = [one for one in options if one != sentence and len(one.split()) >= 6]
    return chance.choice(changed) if changed else None


def reordered(sentence: str, before: str, chance: Random) -> str | None:
    """Put who said it in front: "…, Ana Duarte said." becomes "Ana Duarte said that …"."""
    found = SAID_BEHIND.match(sentence)
    if found:
        who, what = found["who"].strip(), _lowered(found["what"])
        form = chance.choice(("{who} said that {what}{when}.", "According to {who}, {what}."))
        return form.format(who=who, what=what, when=f", {found['when']}" if found["when"] else "")
    found = SAID_IN_FRONT.match(sentence)
    return f"{_raised(found['what'])}, {found['who'].strip()} said." if found else None


def named(sentence: str, before: str, chance: Random) -> str | None:
    """Write the name for "he" or "she" at the start, where the sentence before holds only one."""
    if not re.match(r"(?:He|She) ", sentence):
        return None
    persons = [one for one in names_of(before) if len(one.words) == 2 and one.opens is False]
    if (
        len(persons) != 1
        or len(names_of(before)) > 1
        or not persons[0].text.replace(" ", "").isalpha()
    ):
        return None
    return f"{persons[0].text.split()[-1]} {sentence.split(' ', 1)[1]}"


def renumbered(sentence: str, before: str, chance: Random) -> str | None:
    """Write a number in another way: 12 as twelve, 1.2 million as 1,200,000, % as percent."""
    spelled = {value: word for word, value in {**UNITS, **TENS}.items()}
    options = []
    if re.search(r"[“”\"‘]", sentence):  # a quotation keeps its words
        return None
    for found in re.finditer(
        r"(?<!\bNo\. )(?<![\d.,$£€-])\b(\d{1,2})\b(?![\d.,:%’'-]|st|nd|rd|th)", sentence
    ):
        before_it, after = sentence[: found.start()], sentence[found.end() :]
        dated = CALENDAR.match(before_it.rsplit(maxsplit=1)[-1]) if before_it else None
        if (
            int(found[1]) in spelled
            and int(found[1]) > 1
            and not dated
            and "million" not in after[:12]
        ):
            options.append(before_it + spelled[int(found[1])] + after)
    for word, value in UNITS.items():
        if value > 1 and (found := re.search(rf"(?<![\w-]){word}(?![\w-])", sentence)):
            options.append(sentence[: found.start()] + str(value) + sentence[found.end() :])
    if found := re.search(r"(\d+(?:\.\d+)?) million", sentence):
        whole = f"{round(float(found[1]) * 1_000_000):,}"
        options.append(sentence[: found.start()] + whole + sentence[found.end() :])
    if "%" in sentence:
        options.append(sentence.replace("%", " percent"))
    elif re.search(r"\d (?:percent|per cent)\b", sentence):
        options.append(re.sub(r"(?<=\d) (?:percent|per cent)\b", "%", sentence))
    return chance.choice(options) if options else None


def synonyms(sentence: str, before: str, chance: Random) -> str | None:
    """Write other words for up to three, outside quotations."""
    if re.search(r"[“”\"]", sentence):
        return None
    changed = sentence
    found = [word for word in SYNONYMS if re.search(rf"\b{word}\b", sentence)]
    for word in chance.sample(found, min(3, len(found))):
        changed = re.sub(rf"\b{word}\b", SYNONYMS[word], changed, count=1)
    return changed if changed != sentence else None


REWRITES: dict[str, Rewrite] = {
    "shortened": shortened,
    "reordered": reordered,
    "named": named,
    "renumbered": renumbered,
    "synonyms": synonyms,
}


def merged(first: str, second: str, chance: Random) -> str:
    """Return two facts as one sentence."""
    joint = chance.choice((", and ", "; ", ", while "))
    return f"{first.rstrip('.')}{joint}{_lowered(second)}"


def other_name(sentence: str, others: list[Name], chance: Random) -> str | None:
    """Put another name of the article in the place of one."""
    own = {word for one in names_of(sentence) for word in one.words}
    options = [
        (mine, other)
        for mine in names_of(sentence)
        for other in others
        if not own & set(other.words)
        and (len(mine.words) > 1) == (len(other.words) > 1)
        and not other.opens
        and not (mine.opens and len(mine.words) < 2)
    ]
    if not options:
        return None
    mine, other = chance.choice(options)
    return _replaced(sentence, mine.text, other.text)


def mixed_name(sentence: str, others: list[Name], chance: Random) -> str | None:
    """Give somebody the first name of somebody else."""
    mine = [one for one in names_of(sentence) if _is_person(one)]
    options = [
        (one, other)
        for one in mine
        for other in others
        if _is_person(other) and not set(one.words) & set(other.words)
    ]
    if not options:
        return None
    one, other = chance.choice(options)
    return _replaced(sentence, one.text, f"{other.text.split()[0]} {one.text.split()[-1]}")


def _is_person(name: Name) -> bool:
    """Return whether a name looks like a person's: two plain words."""
    words = name.text.split()
    return len(words) == 2 and all(word.isalpha() and not word.isupper() for word in words)


def other_number(sentence: str, held: list[str], chance: Random) -> str | None:
    """Change a number: to another of the passage where chance says so, else by a digit or two."""
    found = list(re.finditer(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?", sentence))
    if not found:
        return None
    chosen = chance.choice(found)
    own = {one.value for one in quantities_of(sentence)}
    inside = [one for one in held if not {q.value for q in quantities_of(one)} & own]
    if inside and chance.random() < 0.5:
        new = chance.choice(inside)
    else:
        value = float(chosen[0].replace(",", ""))
        new = f"{round(value * chance.choice((0.5, 0.8, 1.3, 2, 3))) + chance.choice((1, 2)):,}"
        new = new.replace(",", "") if "," not in chosen[0] else new
    return sentence[: chosen.start()] + new + sentence[chosen.end() :]


def other_date(sentence: str, chance: Random) -> str | None:
    """Change a weekday, a month or a year."""
    options = []
    for words in (DAYS, MONTHS):
        for found in re.finditer(rf"\b(?:{'|'.join(words)})\b", sentence):
            new = chance.choice([one for one in words if one != found[0]])
            options.append(sentence[: found.start()] + new + sentence[found.end() :])
    for found in re.finditer(r"\b(?:19|20)\d\d\b", sentence):
        new = str(int(found[0]) + chance.choice((-3, -2, -1, 1, 2, 5)))
        options.append(sentence[: found.start()] + new + sentence[found.end() :])
    return chance.choice(options) if options else None


def negated(sentence: str, chance: Random) -> str | None:
    """Deny what is said, or say what is denied, outside quotations."""
    if re.search(r"[“”\"]", sentence):
        return None
    if DENIED.search(sentence):
        return DENIED.sub(lambda found: found[1] or found[2], sentence, count=1)
    found = list(AUXILIARY.finditer(sentence))
    if not found:
        return None
    chosen = chance.choice(found)
    return f"{sentence[: chosen.end()]} not{sentence[chosen.end() :]}"


def other_speaker(sentence: str, others: list[Name], chance: Random) -> str | None:
    """Give the words to somebody else of the article."""
    speech = SPEECH.search(sentence)
    if not speech:
        return None
    near = [
        one
        for one in names_of(sentence)
        if len(one.words) >= 2 and abs(one.span[1] - speech.start()) < 12
    ]
    own = {word for one in names_of(sentence) for word in one.words}
    persons = [one for one in others if len(one.words) == 2 and not own & set(one.words)]
    if not near or not persons:
        return None
    return _replaced(sentence, near[0].text, chance.choice(persons).text)


def opposed(sentence: str, chance: Random) -> str | None:
    """Say the opposite, by one word."""
    found = [word for word in OPPOSED if re.search(rf"\b{word}\b", sentence)]
    if not found or re.search(r"[“”\"]", sentence):
        return None
    word = chance.choice(found)
    return re.sub(rf"\b{word}\b", OPPOSED[word], sentence, count=1)


def swapped(sentence: str, chance: Random) -> str | None:
    """Let two names change places."""
    names = [one for one in names_of(sentence) if not one.opens or len(one.words) > 1]
    if len(names) < 2 or set(names[0].words) & set(names[1].words):
        return None
    first, second = names[0].text, names[1].text
    if sentence.count(first) != 1 or sentence.count(second) != 1:
        return None
    between = sentence[sentence.index(first) + len(first) : sentence.index(second)]
    if not any(word.islower() and word not in NO_NAMES for word in between.split()):
        return None  # a list, where the order means nothing
    return sentence.replace(first, "\0").replace(second, first).replace("\0", second)


def _replaced(sentence: str, old: str, new: str) -> str | None:
    return sentence.replace(old, new, 1) if old in sentence else None


def _lowered(sentence: str) -> str:
    first = sentence.split(" ", 1)[0].strip(",").lower()
    return sentence[0].lower() + sentence[1:] if first in NO_NAMES else sentence


def _raised(text: str) -> str:
    return text[0].upper() + text[1:]
