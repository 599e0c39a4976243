"""The parts of the check: numbers, names, dates, speakers, denials, roles."""

import pytest

from qa.checking.calendar import dates_of
from qa.checking.names import names_of, torn
from qa.checking.polarity import denials_differ, opposites_said
from qa.checking.quantities import quantities_of
from qa.checking.roles import roles_swapped
from qa.checking.speakers import misattributed, speakers_of
from qa.prose import Prose, Said


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("twelve ships and twenty-five men", [12, 25]),
        ("1.2 million loaves", [1_200_000]),
        ("$12.4m, or 12,400,000 dollars", [12_400_000, 12_400_000]),
        ("one hundred and twenty people", [120]),
        ("a hundred thousand, a dozen", [100_000, 12]),
        ("30% or thirty percent", [30, 30]),
        ("one of the two", [2]),
        ("between two and twelve", [2, 12]),
        ("Eight members", [8]),
        ("no number, and thousands of them", []),
        ("", []),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, values: list[float]) -> None:
    assert [one.value for one in quantities_of(text)] == values


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("On Tuesday Ana Duarte met Bo Ek in Oslo.", ["Ana Duarte", "Bo Ek", "Oslo"]),
        ("However, Dr. Maeve O'Donnell left.", ["Dr. Maeve O'Donnell"]),
        ("It was Kim Hong-kyun, of the U.S. embassy.", ["Kim Hong-kyun", "US"]),
        ("nobody was there", []),
    ],
)
def test_names_are_capitalised_runs_without_days(text: str, names: list[str]) -> None:
    assert [one.text for one in names_of(text)] == names


def test_a_name_made_of_two_is_torn() -> None:
    held = names_of("Then Samuel Okonkwo and Helena Brandt spoke.")
    (mixed,) = names_of("then Samuel Brandt spoke")
    (whole,) = names_of("then Minister Helena Brandt spoke")
    assert torn(mixed, held)
    assert not torn(whole, held)


@pytest.mark.parametrize(
    ("said", "held", "published", "lacking"),
    [
        ("on Friday, March 7, 2025", "on Friday", "2025-03-07", []),
        ("on Saturday", "on Friday", "2025-03-07", ["sat"]),
        ("on March 6", "yesterday", "2025-03-07", []),
        ("on Thursday", "on 6 March", "2025-03-07", []),
        ("in April", "in March", "2025-03-07", ["apr"]),
        ("in 2024", "in May", "2025-03-07", ["2024"]),
        ("on Friday", "on Friday", None, []),
        ("in March 2025", "in March", "--03-07", ["2025"]),
    ],
)
def test_a_date_may_be_worked_out_from_the_articles_own(
    said: str, held: str, published: str | None, lacking: list[str]
) -> None:
    assert dates_of(held, published).lacking(dates_of(said)) == lacking


@pytest.mark.parametrize(
    ("said", "evidence", "differs"),
    [
        ("He did not accept it.", "He accepted it.", True),
        ("He accepted it.", "He did not accept it.", True),
        ("Nobody was hurt.", "Nobody was hurt in the fire.", False),
        ("No one read the e-mail.", "The e-mail lay unread for weeks.", False),
        ("He said it was late.", "He said it was late and would not wait.", False),
    ],
)
def test_denying_what_the_evidence_says_is_noticed(said: str, evidence: str, differs: bool) -> None:
    assert bool(denials_differ(said, [evidence])) is differs


def test_the_opposite_is_noticed() -> None:
    assert opposites_said("Prices fell by 3%.", "Prices rose by 3%.")
    assert not opposites_said("Prices rose, then fell.", "Prices rose before they fell.")


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("“It has to come out,” said chief engineer Rafael Quintero.", "rafael"),
        ("It has to come out,” said chief engineer Rafael Quintero.", "rafael"),
        ("Mark Tully, who voted against, said the gate was old.", "mark"),
        ("Prices rose, according to Bo Ek.", "bo"),
    ],
)
def test_who_speaks_is_found(sentence: str, speaker: str) -> None:
    assert any(speaker in one for one in speakers_of(sentence).named)


def test_words_given_to_another_are_noticed() -> None:
    evidence = "“It has to come out,” said Rafael Quintero. "
    assert misattributed("Ingrid Solheim said it has to come out.", [evidence], []) == 1
    assert misattributed("Quintero said it has to come out.", [evidence], []) == 0
    assert misattributed("Solheim said so.", ["“No,” she said."], ["Ingrid Solheim came."]) == 0


@pytest.mark.parametrize(
    ("said", "evidence", "swapped"),
    [
        ("Bo Ek accused Ana Lima of theft.", "Ana Lima accused Bo Ek of theft.", True),
        ("Bo Ek met Ana Lima.", "Ana Lima met Bo Ek.", False),
        ("Bo Ek was accused by Ana Lima.", "Ana Lima accused Bo Ek.", False),
        ("Bo Ek was accused by Ana Lima.", "Bo Ek accused Ana Lima.", True),
        ("Bo Ek and Ana Lima came.", "Ana Lima and Bo Ek came.", False),
    ],
)
def test_who_did_it_to_whom_is_compared(said: str, evidence: str, swapped: bool) -> None:
    assert roles_swapped(said, [evidence]) is swapped


REPLY = (
    "The U.S. gate costs $1.2 million [1]. “A pond,” she said.[2][3] **He** left [1, 2].\n- So. [4]"
)
SENTENCES = [
    Said("The U.S. gate costs $1.2 million.", (1,)),
    Said("“A pond,” she said.", (2, 3)),
    Said("He left.", (1, 2)),
    Said("So.", (4,)),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_reply_is_cut_into_the_same_sentences_however_it_arrives(size: int) -> None:
    prose = Prose()
    said = [one for at in range(0, len(REPLY), size) for one in prose.feed(REPLY[at : at + size])]
    assert said + prose.finish(broken=False) == SENTENCES


@pytest.mark.parametrize(
    ("reply", "sentences"),
    [
        ("<think>Is it [1]?</think>It is. [2]", [Said("It is.", (2,))]),
        ("It is. [1] It may b", [Said("It is.", (1,))]),
        ("It is. 【2†source】", [Said("It is.", (2,))]),
        ("", []),
    ],
)
def test_of_a_broken_reply_whole_sentences_are_kept(reply: str, sentences: list[Said]) -> None:
    prose = Prose()
    assert prose.feed(reply) + prose.finish(broken=True) == sentences
