"""Earlier turns and a question to a question that stands by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbeddings
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from qa.domain import Turn
from qa.follow_up import FollowUps, Standalone
from qa.neighbours import ExactNeighbours
from qa.retrieval import Context, Retriever
from qa.understanding.references import (
    asks_for_more,
    definite_nouns,
    has_open_subject,
    points_back,
    references_in,
    says_little,
)

CAMPBELL = Turn(
    "Who spoke with Campbell?",
    "South Korea's vice foreign minister, Kim Hong-kyun",
    "Who spoke with Campbell?",
    ("South Korea's vice foreign minister, Kim Hong-kyun, in the phone call with Campbell, said.",),
    ("a1",),
)
GATE = Turn(
    "How much will the new lock gate at Port Ellery cost?",
    "$12.4 million",
    "How much will the new lock gate at Port Ellery cost?",
    ("The regional council voted to spend $12.4 million on a new lock gate for Port Ellery.",),
)
BREWER = Turn(
    "When did Martin Le Pen meet Angela Brewer?",
    "Tuesday",
    "",
    ("Martin Le Pen said he was glad on Tuesday. Angela Brewer said she was open to talks.",),
)
BAND = Turn("Did The Waterboys part?", "", "", ())


def understood(question: str, *turns: Turn) -> str:
    return FollowUps().standalone(question, turns).question


@pytest.mark.parametrize(
    ("turn", "question", "expected"),
    [
        (CAMPBELL, "What is his job?", "What is Kim Hong-kyun's job?"),
        (CAMPBELL, "When did he speak?", "When did Kim Hong-kyun speak?"),
        (BREWER, "what did she say?", "what did Angela Brewer say?"),
        (BREWER, "How old is he?", "How old is Martin Le Pen?"),
        (BAND, "Why did they part?", "Why did The Waterboys part?"),
        (BAND, "why?", "Why did The Waterboys part?"),
        (CAMPBELL, "and Putin?", "Who spoke with Putin?"),
        (CAMPBELL, "What about Joe Biden?", "Who spoke with Joe Biden?"),
        (CAMPBELL, "And Campbell, what did he say?", "what did Campbell say?"),
        (
            Turn("Who hit Tom Hall?", "Ann Lee"),
            "who else?",
            "Who else hit Tom Hall, besides Ann Lee?",
        ),
        (Turn("Who hit Tom Hall?", "Ann Lee"), "when?", "When was it that Ann Lee hit Tom Hall?"),
        (GATE, "why", "Why will the new lock gate at Port Ellery cost $12.4 million?"),
        (GATE, "Who decided?", "Who decided (Port Ellery)?"),
        (
            Turn("How many puffins were counted on Skerry?", "61"),
            "when?",
            "When were puffins counted on Skerry?",
        ),
        (Turn("Who was shot in Riga?", "Ann Lee"), "by whom?", "By whom was Ann Lee shot in Riga?"),
        (
            Turn("What did Ann Lee say?", "Nothing", ""),
            "What else did she say?",
            "What else did Ann Lee say, besides Nothing?",
        ),
        (
            Turn("Was Ben Stein a writer?", "yes"),
            "When did Ben retire?",
            "When did Ben Stein retire?",
        ),
        (Turn("Frank Zappa", ""), "When was he born?", "When was Frank Zappa born?"),
    ],
)
def test_what_is_left_unsaid_is_put_in(turn: Turn, question: str, expected: str) -> None:
    assert understood(question, turn) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Which automaker is facing an investigation into its self-driving features?",
        "Which state deployed more than 200 officers this week to capture a prisoner?",
        "What did Angela Merkel say about her successor?",
        "How many homes lost power in Storm Petra?",
        "Who won the Nobel Peace Prize in 2025?",
        "It's been a year since the vote in Riga. Which party won it?",
    ],
)
def test_a_question_that_stands_alone_stays_as_it_is(question: str) -> None:
    """A change of subject is noticed: earlier turns count nothing."""
    assert FollowUps().standalone(question, (CAMPBELL, GATE)) == Standalone(question)


def test_without_earlier_turns_nothing_is_changed() -> None:
    assert FollowUps().standalone("What is his job?", ()) == Standalone("What is his job?")


def test_the_latest_person_is_meant_and_an_older_one_where_only_that_fits() -> None:
    who = Turn("Who wrote to Ann Lee?", "Tom Hall")
    assert understood("Where does he live?", CAMPBELL, who) == "Where does Tom Hall live?"
    assert understood("Where does he live?", CAMPBELL, GATE) == "Where does Kim Hong-kyun live?"


def test_names_typed_in_lower_case_are_known_from_the_cuttings() -> None:
    turn = Turn(
        "what did ann lee say?",
        "It is over.",
        "",
        ("“It is over,” said Ann Lee on Friday.",),
    )
    assert understood("When did she say that?", turn) == "When did Ann Lee say that?"


def test_words_and_articles_of_earlier_turns_count_where_it_goes_on() -> None:
    context = FollowUps().standalone("What is his job?", (CAMPBELL,)).context
    assert context
    assert "Campbell" in context.text
    assert context.article_ids == ("a1",)
    assert 0 < context.weight < 1


def test_turns_that_were_not_answered_are_understood_too() -> None:
    unanswered = Turn("When did Ann Lee retire?", "")
    assert understood("Where was she born?", unanswered) == "Where was Ann Lee born?"


@given(st.text(max_size=60), st.lists(st.builds(Turn, st.text(max_size=60), st.text(max_size=60))))
def test_any_text_is_understood_somehow(question: str, turns: list[Turn]) -> None:
    found = FollowUps().standalone(question, turns)
    assert found.question == question or turns


@pytest.mark.parametrize(
    ("question", "families"),
    [
        ("What is his job?", ["he"]),
        ("Who freed her?", ["she"]),
        ("Did it work and who paid for it?", ["it", "it"]),
        ("Which company said its chief was ousted?", []),
        ("Is it true that Ann left?", []),
        ("What did Ann say about her brother?", []),
        ("When the minister resigned, what did she say?", []),
    ],
)
def test_a_pronoun_points_outside_unless_its_own_question_explains_it(
    question: str, families: list[str]
) -> None:
    assert [one.family for one in references_in(question)] == families


def test_the_form_of_a_question_shows_that_it_goes_on() -> None:
    assert points_back("And the second one?")
    assert points_back("When was that?")
    assert not points_back("Which holiday is celebrated this month by millions?")
    assert asks_for_more("Who else was there?")
    assert not asks_for_more("Who was there?")
    assert says_little("How many were hurt?")
    assert not says_little("Which holiday is celebrated by millions of people this month?")
    assert has_open_subject("Did the band release any more albums after the reunion?")
    assert definite_nouns("Which player took part in the scheme?") == {"scheme"}
    assert definite_nouns("Which player won this week?") == frozenset()


def test_context_lifts_what_it_names_and_forces_nothing(
    library: Library, embeddings: FakeEmbeddings, add: Callable[..., Any], news: Path
) -> None:
    """Passages of the article before are preferred; a far better match elsewhere still wins."""
    (news / "gate.txt").write_text("Port Ellery\n\nThe gate at Port Ellery cost twelve million.")
    (news / "shed.txt").write_text("Kilmory\n\nThe shed at Kilmory cost eighteen thousand euros.")
    add(news)
    retriever = Retriever(library, embeddings, ExactNeighbours(library))

    def first(question: str, context: Context | None) -> str:
        return retriever.retrieve(question, context=context)[0].stored.article.title

    shed = retriever.retrieve("Kilmory")[0].stored.passage.article_id
    kilmory = Context("shed Kilmory", 0.5, (shed,), 0.2)
    assert first("What did it cost?", kilmory) == "Kilmory"
    assert first("What did the gate at Port Ellery cost?", kilmory) == "Port Ellery"
    assert first("What did it cost?", Context("gate Port Ellery", 0.5)) == "Port Ellery"


def test_a_name_like_an_essay_is_not_put_in_for_every_pronoun() -> None:
    """What was typed before cannot make a question long, nor the next one longer."""
    turn = Turn(f"Who is John {'Abcdefgh' * 600}?", "")
    question = f"What is {'his ' * 2000}job?"
    assert len(understood(question, turn)) <= len(question) + 500
