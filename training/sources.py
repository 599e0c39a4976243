"""Which questions the reader is trained on: sources, their caps, and what must stay out."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from evals.datasets import SHARED, newsquiz_questions, records

Marked = tuple[int, str]
"""Where an answer starts in the context, and its text."""

NO_TITLE = re.compile(r"Wiki1k:|Amazon_Reviews|Filtered_Reddit|[0-9a-f]{24}$|\d{4}/\d\d|Technical_")
MARKUP = re.compile(r"</?[A-Z][a-z0-9]*>\s*")
KEPT_CHARS = 1_600
"""Of a long document, what is kept on either side of the answer."""
COMPARED_CHARS = 300
"""Contexts are compared by their beginnings."""
MAX_ANSWER_CHARS = 160
MIN_MATCH_CHARS = 12


@dataclass(frozen=True, slots=True)
class Source:
    """How one source of the mix is used."""

    cap: int
    """Questions taken at most."""
    priority: float = 1.0
    """How early its questions come in the order of training; 2 is twice as likely to be next."""
    self_contained: bool = True
    """Whether its questions mean the same beside another passage; if not, no passage found
    elsewhere is called unanswering."""
    per_context: int = 100
    """Questions taken of one context at most."""


SOURCES: dict[str, Source] = {
    "squad1_train_du_test": Source(12_000, 2.0),
    "squad_emptycity": Source(4_000, 2.0),
    "routerlens_squad_dev": Source(5_000, 2.0),
    "squad_jucho_dev": Source(3_000, 2.0),
    "squadshifts_wiki": Source(8_000, 1.5),
    "squadshifts_reddit": Source(3_000, 0.7, self_contained=False),
    "squadshifts_amazon": Source(2_000, 0.7, self_contained=False),
    "qed_nq": Source(2_800, 1.3),
    "nq_oracle": Source(2_700, 1.3),
    "routerlens_nqswap": Source(800, 0.7),
    "quoref_contrast_original": Source(450, 1.5),
    "multispanqa_valid": Source(700, 1.3),
    "fairytaleqa_train": Source(1_200, 0.7),
    "subjqa": Source(300, 0.5, self_contained=False),
    "squad_phong": Source(350, 1.5),
    "covidqa": Source(400, 0.7),
    "timeqa_human_easy": Source(900, 1.0),
    "timeqa_human_hard": Source(900, 1.0),
    "policyqa_devtest": Source(500, 0.5, self_contained=False),
    "qamr_dev": Source(4_500, 2.0, self_contained=False, per_context=10),
    "qamr_test": Source(4_500, 2.0, self_contained=False, per_context=10),
    "qasrl_gs": Source(800, 0.5, self_contained=False, per_context=1),
    "qadiscourse_wikinews": Source(1_200, 1.0, self_contained=False, per_context=1),
    "tweetqa_train": Source(1_500, 1.0, self_contained=False, per_context=1),
    "bioasq_factoid_snippets": Source(600, 0.7),
}
"""realtimeqa_evidence is left out: 345 of its questions are those of newsquiz, and the rest come
from the same weekly quizzes."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one context; without answers, the context does not answer it."""

    id: str
    source: str
    title: str
    document: str
    """Contexts of one document share this."""
    context: str
    question: str
    answers: tuple[Marked, ...]


def load_examples(seed: int) -> tuple[list[Example], Counter[str]]:
    """Return the mix, shuffled by priority, and counts of what was left out and why."""
    shuffling = random.Random(seed)  # noqa: S311 - nothing secret is drawn
    left_out: Counter[str] = Counter()
    held_out = HeldOut.load()
    seen: set[tuple[str, str]] = set()
    by_source: dict[str, list[Example]] = defaultdict(list)
    for one in _all_examples():
        reason = held_out.reason(one) or _unfit(one)
        key = (matchable(one.question), beginning(one.context))
        if not reason and key in seen:
            reason = "duplicate"
        if reason:
            left_out[f"{one.source}: {reason}"] += 1
            continue
        seen.add(key)
        by_source[one.source].append(one)
    chosen = [one for name, some in by_source.items() for one in _capped(some, name, shuffling)]
    return _by_priority(chosen, shuffling), left_out


def matchable(text: str) -> str:
    """Return the words of `text` in lower case, for comparing beyond typography."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def beginning(text: str) -> str:
    """Return what contexts are compared by."""
    return matchable(text.strip()[:COMPARED_CHARS])


class HeldOut:
    """Questions and contexts of the sets that figures are reported on."""

    def __init__(self, questions: Iterable[str], contexts: Iterable[str]) -> None:
        self._questions = {matchable(one) for one in questions}
        self._contexts = {beginning(one) for one in contexts}

    @classmethod
    def load(cls) -> "HeldOut":
        """Read SQuAD 2.0 dev, NewsQA dev, newsquiz, ClapNQ, RGB and MTRAG."""
        marked = [
            one
            for name in ("reader/squad2_dev", "newsqa/dev", "refusal/clapnq_dev")
            for one in records(f"{name}.jsonl.gz")
        ]
        turns = list(records("followup/mtrag_reference.jsonl.gz"))
        questions = [one["question"] for one in marked]
        questions += [one.text for one in newsquiz_questions()]
        questions += [turn["text"] for one in turns for turn in one["input"]]
        contexts = [one["context"] for one in marked]
        contexts += [one["text"] for one in records("newsquiz/articles.jsonl.gz")]
        contexts += [held["text"] for one in turns for held in one["contexts"]]
        snippets = _rgb()
        questions += [one["query"] for one in snippets]
        contexts += [text for one in snippets for text in (*one["positive"], *one["negative"])]
        return cls(questions, contexts)

    def reason(self, one: Example) -> str:
        """Return why an example must not be trained on; "" where it may.

        Short questions ("What happened?") are alike by accident, so their words alone do not count.
        """
        if beginning(one.context) in self._contexts:
            return "context of an evaluation set"
        asked = matchable(one.question)
        if asked in self._questions and len(asked.split()) > 5:
            return "question of an evaluation set"
        return ""


def _rgb() -> list[dict[str, Any]]:
    import orjson

    path = SHARED / "data" / "refusal" / "rgb_en_fact.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


def _all_examples() -> Iterator[Example]:
    yield from map(_example, records("reader/train_passage.jsonl.gz"))
    yield from _in_documents([_example(one) for one in records("reader/train_sentence.jsonl.gz")])


def _example(record: dict[str, Any]) -> Example:
    context = MARKUP.sub("", record["context"])
    answers = [(one["answer_start"], one["text"]) for one in record["answers"]]
    if context != record["context"]:
        answers = [(context.find(text), text) for _, text in answers]
    title = record["title"] or ""
    shown = "" if NO_TITLE.match(title) else title.replace("_", " ")
    return Example(
        record["id"],
        record["source"],
        shown,
        title or matchable(context)[:80],
        context,
        record["question"].strip(),
        tuple(dict.fromkeys((start, text) for start, text in answers if text.strip())),
    )


def _in_documents(examples: list[Example]) -> list[Example]:
    """Put sentences of one Wikinews or Wikipedia article, known by their ids, into one context."""
    sentences: dict[str, dict[tuple[int, ...], str]] = defaultdict(dict)
    for one in examples:
        if one.document.startswith("Wiki1k:"):
            document, place = _place(one.document)
            sentences[document].setdefault(place, one.context)
    contexts = {name: _joined(held) for name, held in sentences.items()}
    return [_moved(one, contexts) for one in examples]


def _place(key: str) -> tuple[str, tuple[int, ...]]:
    kind, wiki, article, *place = key.split(":")
    return f"{kind}:{wiki}:{article}", tuple(int(part) for part in place)


def _joined(held: dict[tuple[int, ...], str]) -> tuple[str, dict[tuple[int, ...], int]]:
    text, starts = "", {}
    for place in sorted(held):
        starts[place] = len(text)
        text += held[place].strip() + "\n"
    return text.rstrip(), starts


def _moved(one: Example, contexts: dict[str, tuple[str, dict[tuple[int, ...], int]]]) -> Example:
    if not one.document.startswith("Wiki1k:"):
        return one
    document, place = _place(one.document)
    context, starts = contexts[document]
    start = starts[place]
    if not context.startswith(one.context.strip(), start):  # the same sentence, tokenised otherwise
        return one
    shift = start - (len(one.context) - len(one.context.lstrip()))
    answers = tuple((at + shift, text) for at, text in one.answers)
    return Example(one.id, one.source, "", document, context, one.question, answers)


def shortened(one: Example) -> Example:
    """Return the example with what lies far from the first answer cut off, at white space."""
    if len(one.context) <= 2 * KEPT_CHARS or not one.answers:
        return replace(one, context=one.context[: 2 * KEPT_CHARS])
    at = one.answers[0][0]
    first = max(0, at - KEPT_CHARS)
    first = first and one.context.find(" ", first, at) + 1
    last = at + len(one.answers[0][1]) + KEPT_CHARS
    last = one.context.rfind(" ", at + len(one.answers[0][1]), last)
    last = last if last > at else len(one.context)
    inside = tuple(
        (start - first, text)
        for start, text in one.answers
        if first <= start and start + len(text) <= last
    )
    return replace(one, context=one.context[first:last], answers=inside)


def _unfit(one: Example) -> str:
    if one.source not in SOURCES:
        return "source left out"
    if len(one.question) < MIN_MATCH_CHARS or len(one.question) > 400:
        return "question too short or long"
    if one.source == "qasrl_gs" and "something" in one.question:
        return "templated"
    if any(one.context[at : at + len(text)] != text for at, text in one.answers):
        return "answer not where it is marked"
    if any(len(text) > MAX_ANSWER_CHARS for _, text in one.answers):
        return "answer too long"
    return ""


def _capped(examples: list[Example], name: str, shuffling: random.Random) -> list[Example]:
    source, taken, chosen = SOURCES[name], Counter[str](), list[Example]()
    for one in shuffling.sample(examples, len(examples)):
        key = one.context[max(0, one.answers[0][0] - 40) :][:80] if one.answers else one.context
        key = key if name.startswith("qa") else one.context
        if len(chosen) < source.cap and taken[key] < source.per_context:
            taken[key] += 1
            chosen.append(shortened(one))
    return chosen


def _by_priority(examples: list[Example], shuffling: random.Random) -> list[Example]:
    """Weighted random order (Efraimidis and Spirakis, 2006), so that any prefix is a good mix."""
    keys = {
        one.id + one.source: shuffling.random() ** (1 / SOURCES[one.source].priority)
        for one in examples
    }
    return sorted(examples, key=lambda one: -keys[one.id + one.source])
