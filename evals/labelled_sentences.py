"""A labelled set for the check of sentences, made from the evaluation articles, with a seed."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from evals.datasets import records
from evals.sentence_rewrites import (
    REWRITES,
    merged,
    mixed_name,
    negated,
    opposed,
    other_date,
    other_name,
    other_number,
    other_speaker,
    swapped,
)
from index.domain import Article
from index.embedding import CuttingsEmbeddings
from index.library import StoredPassage
from index.search_text import normalised
from index.splitting import Splitter
from qa.checking.names import Name, names_of
from qa.checking.quantities import quantities_of
from qa.checking.roots import roots_of
from qa.context import dateline_length
from qa.domain import RetrievedPassage
from qa.spans import sentences_of

ARTICLES = 700
PER_KIND = 90
"""Altered sentences of each kind, over both parts."""
TRUE = 100
"""True ones of each kind; pronouns are seldom plain enough to give so many."""
MOST = 1_550
PER_ARTICLE = 6
ADDED = 0.1
MERGED = 0.15
"""Share of the sentences that are joined with another one."""
RETRIEVED = 10
MIN_WORDS, MAX_WORDS = 8, 38
NOT_PROSE = ("caption", "getty", "click", "photo", "©", "http", "subscribe", "newsletter")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with the passages that it cites, and whether they say it."""

    said: str
    cited: tuple[int, ...]
    """Numbers of `retrieved`, from 1."""
    retrieved: tuple[RetrievedPassage, ...]
    is_true: bool
    kind: str
    """How it was rewritten, or altered."""
    is_development: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence of an article, with the one before it and the passage that it stands in."""

    text: str
    before: str
    passage: RetrievedPassage
    passages: tuple[RetrievedPassage, ...]


def labelled_sentences(seed: int) -> list[Labelled]:
    """Return the set: the same for the same seed, development and test part by article."""
    chance = Random(seed)
    by_article = _passages(chance)
    sources = [one for passages in by_article for one in _sources(passages)]
    chance.shuffle(sources)
    known = _Similar(by_article)
    true: Counter[str] = Counter()
    altered: Counter[str] = Counter()
    made: list[Labelled] = []
    used: Counter[str] = Counter()
    for source in sources:
        article = source.passage.stored.passage.article_id
        if used[article] >= PER_ARTICLE:
            continue
        if len(made) >= MOST:
            break
        retrieved = known.retrieved(source)
        for one in _made(source, retrieved, chance):
            counts, most = (true, TRUE) if one.is_true else (altered, PER_KIND)
            if counts[one.kind] < most:
                counts[one.kind] += 1
                used[article] += 1
                made.append(one)
    return made


def _passages(chance: Random) -> list[tuple[RetrievedPassage, ...]]:
    """Return the first passages of each of some articles."""
    embeddings = CuttingsEmbeddings()
    splitter = Splitter(embeddings.count_tokens)
    chosen = sorted(records("newsquiz/articles.jsonl.gz"), key=lambda one: str(one["url"]))
    chance.shuffle(chosen)
    every, row = [], 0
    for one in chosen[:ARTICLES]:
        article = Article(
            text=one["text"][:6000], title=one["title"], published_at=one["published_at"]
        )
        some = []
        for passage in splitter.split(article)[:5]:
            some.append(RetrievedPassage(StoredPassage(row, passage, article), 0.5, 0.5, 0.5))
            row += 1
        every.append(tuple(some))
    return every


def _sources(passages: tuple[RetrievedPassage, ...]) -> Iterator[Source]:
    for one in passages:
        text, passage = one.stored.article.text, one.stored.passage
        before = ""
        for start, end in sentences_of(text, (passage.start_char, passage.end_char)):
            sentence = " ".join(text[start:end].split())
            sentence = sentence[dateline_length(sentence) :]
            if _is_prose(sentence):
                yield Source(sentence, before, one, passages)
            before = sentence


def _is_prose(sentence: str) -> bool:
    lower = sentence.lower()
    return (
        MIN_WORDS <= len(sentence.split()) <= MAX_WORDS
        and sentence.endswith(".")
        and sentence[0].isupper()
        and not any(word in lower for word in NOT_PROSE)
        and sentence.count("“") == sentence.count("”")
        and not sentence.count('"') % 2
    )


class _Similar:
    """Passages of other articles that share the most words."""

    def __init__(self, by_article: list[tuple[RetrievedPassage, ...]]) -> None:
        self._roots = {
            one.stored.row: frozenset(root for root, _ in roots_of(one.text))
            for passages in by_article
            for one in passages
        }
        self._every = [one for passages in by_article for one in passages]

    def retrieved(self, source: Source) -> tuple[RetrievedPassage, ...]:
        """Return the article's own passages, then the most similar others, ten in all."""
        own = self._roots[source.passage.stored.row]
        article = source.passage.stored.passage.article_id
        others = sorted(
            (one for one in self._every if one.stored.passage.article_id != article),
            key=lambda one: (
                -len(own & self._roots[one.stored.row]) / (20 + len(self._roots[one.stored.row]))
            ),
        )
        return (*source.passages, *others)[:RETRIEVED]


def _made(
    source: Source, retrieved: tuple[RetrievedPassage, ...], chance: Random
) -> Iterator[Labelled]:
    """Yield a true sentence of a source, an altered one and a wrongly cited one."""
    digest = hashlib.sha256(source.passage.stored.article.text.encode()).hexdigest()
    develop = bool(int(digest, 16) % 2)
    said, how = _rewritten(source, chance)
    if not how:
        return
    cited: tuple[int, ...] = (retrieved.index(source.passage) + 1,)
    later = [one for one in _sources(source.passages) if one.text != source.text]
    if later and chance.random() < MERGED:
        second = chance.choice(later)
        cited = tuple(dict.fromkeys((*cited, retrieved.index(second.passage) + 1)))
        said, how = merged(said, second.text, chance), "merged"
    yield Labelled(said, cited, retrieved, True, how, develop)
    options = {
        kind: altered
        for kind, altered in _altered(said, source, chance).items()
        if altered and altered != said
    }
    if options:
        kind = min(options, key=RARE.index)
        kind = kind if chance.random() < 0.6 else chance.choice(sorted(options))
        yield Labelled(str(options[kind]), cited, retrieved, False, kind, develop)
    if chance.random() < ADDED:
        added = merged(said, chance.choice(UNTOLD), chance)
        yield Labelled(added, cited, retrieved, False, "added", develop)
    people = names_of(said)
    if people and chance.random() < ADDED:
        invented = f"{chance.choice(people).text} {chance.choice(INVENTED)}."
        yield Labelled(invented, cited, retrieved, False, "invented", develop)
    own = [n for n in range(1, len(source.passages) + 1) if n not in cited]
    others = list(range(len(source.passages) + 1, len(retrieved) + 1))
    elsewhere = own if own and chance.random() < 0.5 else others
    elsewhere = [n for n in elsewhere if source.text not in _flat(retrieved[n - 1].text)]
    if elsewhere and how != "merged" and chance.random() < 0.4:
        wrong = (chance.choice(elsewhere),)
        yield Labelled(said, wrong, retrieved, False, "wrong passage", develop)


def _flat(text: str) -> str:
    return " ".join(text.split())


UNTOLD = (
    "Nobody from the company wanted to comment.",
    "The decision was met with applause.",
    "Critics called it a waste of money.",
    "It was the first time that this had happened.",
    "The family has asked for privacy.",
    "More details are expected soon.",
    "Lawyers are looking into the matter.",
    "The cause is still being investigated.",
    "Neighbours described it as a shock.",
    "Experts warn that it could happen again.",
    "A spokesman declined to give reasons.",
    "The plan has been postponed indefinitely.",
)
"""What models like to add."""
INVENTED = (
    *("has resigned", "was arrested", "apologised", "is a fraud", "plans to appeal", "has died"),
    *("won the election", "declined to comment", "went bankrupt", "was sold", "is in hospital"),
    *("denies all of it", "has moved abroad", "paid a fine", "will retire soon", "is to blame"),
    *("praised the decision", "lied to investigators", "cancelled the event", "was injured"),
)
"""What is said of a name, of which the passage says something else."""
RARE = ("speaker", "opposite", "mixed name", "date", "roles", "number", "negation", "name")
"""The kinds that few sentences allow come first, so that each gets its number."""


def _rewritten(source: Source, chance: Random) -> tuple[str, str]:
    """Return the sentence after one rewrite or two, and the first one's name; "" for none."""
    said, how = source.text, ""
    names = list(REWRITES)
    chance.shuffle(names)
    for name in names:
        changed = REWRITES[name](said, source.before, chance)
        if changed:
            said, how = changed, how or name
            if chance.random() < 0.5:
                break
    return said, how


def _altered(said: str, source: Source, chance: Random) -> dict[str, str | None]:
    inside = _names(source.passage.text)
    around = [one for passage in source.passages for one in _names(passage.text)]
    others = inside if chance.random() < 0.5 else around
    text = normalised(source.passage.text)
    numbers = [text[slice(*one.span)].strip() for one in quantities_of(text)]
    numbers = [one for one in numbers if one[:1].isdigit()]
    return {
        "name": other_name(said, others, chance),
        "mixed name": mixed_name(said, around, chance),
        "number": other_number(said, numbers, chance),
        "date": other_date(said, chance),
        "negation": negated(said, chance),
        "speaker": other_speaker(said, around, chance),
        "opposite": opposed(said, chance),
        "roles": swapped(said, chance),
    }


def _names(text: str) -> list[Name]:
    return [
        name
        for start, end in sentences_of(text, (0, len(text)))
        for name in names_of(text[start:end])
    ]
