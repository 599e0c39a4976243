"""Conversations with follow-up questions: CANARD, MTRAG's tasks, and our own over news articles."""

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from evals.datasets import SHARED, WORK, records
from index.domain import Article, Loaded
from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings, SplittingSettings
from qa.domain import Turn

NO_ANSWER = "I don't know"
CHAINS = Path(__file__).parent / "follow_up_chains.jsonl"
PASSAGE_TOKENS = 96
"""Of the pools: their texts are short, and so each has several passages to tell apart."""


def is_development(name: str) -> bool:
    """Return whether a conversation belongs to the half that may be tuned on; by hash."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a conversation."""

    question: str
    standalone: str
    """As a person rewrote it, where the set has that; else the question."""
    answer: str
    """"" where it is not known."""
    gold: frozenset[str] = frozenset()
    """What it should retrieve, where that is known: ids of the set."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation; `before` is what is known before its first question."""

    id: str
    before: tuple[Turn, ...]
    asked: tuple[Asked, ...]

    @property
    def is_development(self) -> bool:
        """Whether it may be tuned on."""
        return is_development(self.id)


def canard() -> list[Dialogue]:
    """Return CANARD's development dialogues (Elgohary et al., EMNLP 2019).

    A question's answer is what the next question's history holds; the subject and the section,
    which the people who asked were shown, are a turn before the first.
    """
    path = SHARED / "data" / "followup" / "canard_dev.json.gz"
    if not path.is_file():
        raise SystemExit(
            f"no data at {path}; set CUTTINGS_EVAL_DATA to the folder that holds data/"
        )
    of_dialogue = defaultdict(list)
    for one in orjson.loads(gzip.decompress(path.read_bytes())):
        of_dialogue[one["QuAC_dialog_id"]].append(one)
    return [_canard_dialogue(name, rows) for name, rows in of_dialogue.items()]


def _canard_dialogue(name: str, rows: list[dict[str, Any]]) -> Dialogue:
    rows.sort(key=lambda one: one["Question_no"])
    subject, section, *history = rows[-1]["History"]
    asked = []
    for one in rows:
        at = len(one["History"]) - 2 + 1
        answer = history[at] if at < len(history) else ""
        known = answer if answer and NO_ANSWER not in answer else ""
        gold = frozenset({known}) if known else frozenset()
        asked.append(Asked(one["Question"], one["Rewrite"], known, gold))
    return Dialogue(name, (Turn(subject, section),), tuple(asked))


def canard_library(dialogues: Sequence[Dialogue]) -> Library:
    """Return a library with an article for each dialogue, made of the answers quoted from it."""
    return _library(
        "canard",
        (
            Loaded(
                one.id,
                Article(
                    title=f"{one.before[0].question}: {one.before[0].answer}",
                    text="\n\n".join(
                        _as_sentence(asked.answer) for asked in one.asked if asked.answer
                    ),
                ),
            )
            for one in dialogues
            if any(asked.answer for asked in one.asked)
        ),
    )


def _as_sentence(text: str) -> str:
    return text if text.rstrip().endswith((".", "!", "?", '"')) else f"{text}."


def mtrag() -> list[Dialogue]:
    """Return MTRAG's tasks with reference passages, each the last question of its conversation."""
    found = []
    for one in records("followup/mtrag_reference.jsonl.gz"):
        *earlier, last = [turn["text"].strip() for turn in one["input"]]
        turns = tuple(Turn(q, a) for q, a in zip(earlier[::2], earlier[1::2], strict=False))
        gold = frozenset(context["document_id"] for context in one["contexts"])
        found.append(Dialogue(one["task_id"], turns, (Asked(last, last, "", gold),)))
    return found


def mtrag_library() -> Library:
    """Return a library of all reference passages of MTRAG's tasks, each an article of its own."""
    contexts = {
        context["document_id"]: context
        for one in records("followup/mtrag_reference.jsonl.gz")
        for context in one["contexts"]
    }
    return _library(
        "mtrag",
        (
            Loaded(name, Article(title=one.get("title") or "", text=one["text"]))
            for name, one in contexts.items()
        ),
    )


def chains() -> Iterator[dict[str, Any]]:
    """Yield our own chains over news articles, as they are written in follow_up_chains.jsonl."""
    yield from map(orjson.loads, CHAINS.read_bytes().splitlines())


def _library(name: str, articles: Iterator[Loaded]) -> Library:
    folder = WORK / "libraries" / name
    library = Library(folder)
    if not library.exists():
        splitting = SplittingSettings(max_passage_tokens=PASSAGE_TOKENS)
        settings = IndexSettings(library=folder, splitting=splitting)
        with writing(folder, doing="an evaluation"):
            Ingest(library, CuttingsEmbeddings(), settings).add_loaded(articles)
    return library
