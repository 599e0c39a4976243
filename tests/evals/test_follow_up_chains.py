"""The labelled conversations of evals/follow_up_chains.jsonl hold what their readers rely on."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from evals.datasets import ROOT, SHARED, records

KINDS = {"first", "pronoun", "definite", "ellipsis", "more", "standalone", "switch", "back"}
UNCHANGED = {"first", "standalone", "switch"}
NEWSQUIZ = "newsquiz/articles.jsonl.gz"
REFERENCE = re.compile(
    r"\b(he|his|him|she|her|hers|it|its|they|them|their|there|those|else)\b", re.IGNORECASE
)

Chain = dict[str, Any]


@pytest.fixture(scope="module")
def chains() -> list[Chain]:
    """Return the conversations in the order of the file."""
    return [
        orjson.loads(line)
        for line in (ROOT / "evals" / "follow_up_chains.jsonl").read_bytes().splitlines()
    ]


def assert_answers_are_quoted(chains: list[Chain], texts: dict[str, str]) -> None:
    """Check every answer against its article; a turn's `other` names the chain it is asked of."""
    place = {one["id"]: one.get("file") or one["url"] for one in chains}
    for chain in chains:
        for turn in chain["turns"]:
            article = texts.get(place[turn.get("other", chain["id"])])
            if article is not None and turn["answer"] is not None:
                assert turn["answer"] in article, (chain["id"], turn["question"])


def test_there_are_enough_chains_of_three_to_five_turns(chains: list[Chain]) -> None:
    """At least 120 conversations, told apart by id and article, over both sources."""
    assert len(chains) >= 120
    assert len({one["id"] for one in chains}) == len(chains)
    urls = [one["url"] for one in chains if "url" in one]
    assert len(set(urls)) == len(urls)
    assert {one["source"] for one in chains} == {"newsquiz", "examples"}
    assert {len(one["turns"]) for one in chains} == {3, 4, 5}


def test_every_turn_is_labelled(chains: list[Chain]) -> None:
    """A first turn opens each chain, and only a turn marked unanswerable lacks an answer."""
    for chain in chains:
        kinds = [turn["kind"] for turn in chain["turns"]]
        assert set(kinds) <= KINDS
        assert [kind == "first" for kind in kinds] == [True] + [False] * (len(kinds) - 1)
        for turn in chain["turns"]:
            assert (turn["answer"] is None) == (turn.get("answerable") is False), turn
            assert turn["answer"] != ""
    turns = [turn for chain in chains for turn in chain["turns"]]
    assert sum(turn["answer"] is None for turn in turns) < len(turns) / 10


def test_first_turns_refer_to_nothing_earlier(chains: list[Chain]) -> None:
    """They open with no pronoun, so that each can be asked of the whole collection."""
    for chain in chains:
        assert not REFERENCE.search(chain["turns"][0]["question"]), chain["id"]


def test_only_turns_that_lean_on_earlier_ones_are_rewritten(chains: list[Chain]) -> None:
    """First, standalone and switch turns stay as typed; all others need more than their words."""
    for turn in (turn for chain in chains for turn in chain["turns"]):
        assert (turn["standalone"] == turn["question"]) == (turn["kind"] in UNCHANGED), turn


def test_a_switch_asks_the_first_question_of_another_chain(chains: list[Chain]) -> None:
    """The chain it names gives question and answer."""
    first = {one["id"]: one["turns"][0] for one in chains}
    for chain in chains:
        for turn in (one for one in chain["turns"] if one["kind"] == "switch"):
            assert turn["other"] != chain["id"]
            assert turn["question"] == first[turn["other"]]["question"]
            assert turn["answer"] == first[turn["other"]]["answer"]


def test_answers_are_quoted_from_the_example_articles(chains: list[Chain]) -> None:
    """Each is a passage of the file that the chain names."""
    files = {
        one["file"]: (ROOT / "examples" / "articles" / one["file"]).read_text()
        for one in chains
        if one["source"] == "examples"
    }
    assert_answers_are_quoted(chains, files)


@pytest.mark.skipif(
    not Path(SHARED / "data" / NEWSQUIZ).is_file(), reason="the articles of newsquiz are not here"
)
def test_answers_are_quoted_from_newsquiz(chains: list[Chain]) -> None:
    """Each is a passage of the article that the chain's address names."""
    wanted = {one["url"] for one in chains if "url" in one}
    texts = {one["url"]: one["text"] for one in records(NEWSQUIZ) if one["url"] in wanted}
    assert texts.keys() == wanted
    assert_answers_are_quoted(chains, texts)
