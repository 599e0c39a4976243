"""From marked spans to answers, with a network that marks what it is told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fakes import FakeEmbeddings, MarkingNetwork, marking, tokenizer_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library import Library
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import open_answerer
from qa.context import lead_of
from qa.errors import ReaderError
from qa.extractive import ExtractiveAnswerer
from qa.neighbours import ExactNeighbours
from qa.reader import TrainedReader
from qa.reader_files import SHA256, WEIGHTS, locate_reader
from qa.reader_model import ReaderModel
from qa.retrieval import Retriever
from qa.sentence_rule import SentenceRule
from qa.serialising import answer_json
from qa.settings import AnsweringSettings, ReaderSettings, SentenceRuleSettings

STORIES = {
    "bridge": "Harbour bridge opens\n\nThe harbour bridge opened on Friday. "
    "Mayor Ana Duarte, who leads the council, cut the ribbon. It cost $3 million.",
    "ribbon": "A ribbon is cut\n\nThe ribbon of the harbour bridge was cut by Ana Duarte in June.",
    "rival": "Bridge row\n\nDeputy mayor Bo Ek cut the ribbon of the harbour bridge, critics say.",
    "guests": "Guests at the harbour\n\nNorway, Denmark and Iceland sent guests. "
    "Sweden sent guests as well, the mayor said.",
}
PLAIN = ReaderSettings(
    span_weights=(0.5, *9 * (0.0,)),
    order_weights=(0.5, *9 * (0.0,)),
    candidate_weights=(1.0, *7 * (0.0,)),
    bias=0.0,
    highest_reading=1e9,
)


@pytest.fixture
def ask(
    library: Library, add: Callable[..., object], news: Path
) -> Callable[..., QuestionAnswerer]:
    for name, text in STORIES.items():
        (news / f"{name}.txt").write_text(text)
    add(news)

    def over(phrases: Mapping[str, float], reader: ReaderSettings = PLAIN) -> QuestionAnswerer:
        embedder = FakeEmbeddings()
        return QuestionAnswerer(
            library,
            Retriever(library, embedder, ExactNeighbours(library)),
            ExtractiveAnswerer(TrainedReader(marking(phrases), reader)),
            AnsweringSettings(threshold=0.5),
        )

    return over


Ask = Callable[..., QuestionAnswerer]
WHO = "Who cut the ribbon of the harbour bridge?"


def test_a_phrase_answers_and_its_sentence_is_cited_from_every_article(ask: Ask) -> None:
    answer = ask({"Ana Duarte": 4.0}).answer(WHO)
    assert "Ana Duarte" in answer.text
    assert len(answer.citations) == 2
    assert all("Ana Duarte" in one.cited_text for one in answer.citations)
    assert {one.answer_end for one in answer.citations} == {len(answer.text)}


def test_a_different_answer_is_told_apart(ask: Ask) -> None:
    answer = ask({"Ana Duarte": 4.0, "Bo Ek": 3.9}).answer(WHO)
    (other,) = answer.also_said
    assert "Bo Ek" in other.text
    assert other.text in other.citation.cited_text
    assert other.citation.id == len(answer.citations) + 1
    assert answer_json(answer)["also_said"][0]["answer"] == other.text


def test_a_weak_other_answer_is_left_out(ask: Ask) -> None:
    assert ask({"Ana Duarte": 4.0, "Bo Ek": -4.0}).answer(WHO).also_said == ()


def test_a_list_holds_all_that_was_asked_for_each_part_cited(ask: Ask) -> None:
    answer = ask({"Denmark": 4.0, "Sweden": 3.8}).answer("Which countries sent guests?")
    assert answer.text == "Norway, Denmark and Iceland; Sweden"
    parts = [answer.text[one.answer_start : one.answer_end] for one in answer.citations]
    assert parts == ["Norway, Denmark and Iceland", "Sweden"]
    assert all(part in one.cited_text for part, one in zip(parts, answer.citations, strict=True))


def test_a_yes_or_no_gets_what_decides_it_and_no_guess(ask: Ask) -> None:
    answer = ask({"Ana Duarte": 4.0}).answer("Did Ana Duarte cut the ribbon?")
    assert answer.text.endswith(".")
    assert "for you to judge" in answer.notes[0]


def test_a_why_gets_the_sentence(ask: Ask) -> None:
    answer = ask({"$3 million": 4.0}).answer("Why was the harbour bridge dear?")
    assert answer.text.endswith("It cost $3 million.")


def test_nothing_marked_is_silence_with_the_nearest_passages(ask: Ask) -> None:
    answer = ask({}).answer(WHO)
    assert (answer.answered, answer.citations, answer.also_said) == (False, (), ())
    assert answer.passages


def test_the_reader_puts_what_answers_first(ask: Ask) -> None:
    answerer = ask({"Sweden": 4.0})
    assert "Sweden" in answerer.passages(WHO)[0].text
    assert "Sweden" in answerer.answer(WHO).passages[0].text


def test_reading_ends_when_the_rest_cannot_win(ask: Ask) -> None:
    network = MarkingNetwork({"Ana Duarte": 4.0})
    model = ReaderModel(tokenizer_file(), lambda: network)
    sure = PLAIN.model_copy(update={"highest_reading": 3.0})
    retrieved = ask({}).retriever.retrieve(WHO)
    TrainedReader(model, sure).read(WHO, retrieved * 40)
    assert network.windows < 40


def test_closing_a_reading_stops_the_work(ask: Ask) -> None:
    network = MarkingNetwork({})
    model = ReaderModel(tokenizer_file(), lambda: network)
    retrieved = ask({}).retriever.retrieve(WHO)
    reading = TrainedReader(model, PLAIN).reading(WHO, retrieved * 100)
    assert next(reading) is None
    reading.close()
    assert network.windows < 100


def test_reading_ends_when_its_time_is_up(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    network = MarkingNetwork({})
    model = ReaderModel(tokenizer_file(), lambda: network)
    hasty = PLAIN.model_copy(update={"seconds_per_question": 1e-9})
    reading = TrainedReader(model, hasty).read(WHO, ask({}).retriever.retrieve(WHO) * 100)
    assert 0 < network.windows < 100
    assert len(reading.passages) == 400


def test_nothing_is_told_below_the_threshold(ask: Ask) -> None:
    answerer = ask({"Norway": 4.0, "Sweden": 0.2})
    strict = replace(answerer.answerer, threshold=0.9)
    answer = replace(answerer, answerer=strict).answer("Which countries sent guests?")
    assert "Norway" in answer.text
    assert "Sweden" not in answer.text


def test_a_mark_alone_is_no_answer(ask: Ask) -> None:
    assert not ask({",": 4.0}).answer(WHO).answered


@pytest.mark.parametrize("question", ["대한민국 " * 60, "who " * 2_000, "\u202e?", "𝔘" * 300])
def test_no_question_is_too_odd_to_read(ask: Ask, question: str) -> None:
    assert ask({"Ana Duarte": 4.0}).answer(question).passages


def test_no_passages_no_answer() -> None:
    reading = TrainedReader(marking({}), PLAIN).read(WHO, [])
    assert (reading.candidates, reading.passages) == ((), ())


def test_a_passage_that_points_back_is_read_with_the_sentence_before(
    library: Library, add: Callable[..., object], news: Path
) -> None:
    first = "Mayor Ana Duarte opened the bridge. " * 40
    (news / "long.txt").write_text(f"Bridge\n\n{first}\nHe said the work had been hard.")
    add(news)
    retriever = Retriever(library, FakeEmbeddings(), ExactNeighbours(library))
    found = retriever.retrieve("work had been hard", limit=50)
    leads = {one.text.split()[0]: lead_of(one) for one in found}
    assert any(lead.endswith("opened the bridge. ") for lead in leads.values()) or len(found) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["harbour", "cut", "Ana", "million", "Ek", "Sweden", "June", "the council"]
        ),
        st.floats(-3, 6),
    ),
    st.sampled_from(
        [WHO, "Which countries sent guests?", "Did it cost $3 million?", "Why?", "When?"]
    ),
)
def test_every_part_of_every_answer_is_the_articles_own(
    ask: Ask, phrases: dict[str, float], question: str
) -> None:
    answer = ask(phrases).answer(question)
    told = [*answer.citations, *(one.citation for one in answer.also_said)]
    for one in told:
        article, passage = one.retrieved.stored.article, one.retrieved.stored.passage
        assert article.text[one.start_char : one.end_char] == one.cited_text
        assert passage.start_char <= one.start_char < one.end_char <= passage.end_char
    for one in answer.citations:
        said = answer.text[one.answer_start : one.answer_end]
        assert said
        assert said in one.cited_text
    assert all(one.text in one.citation.cited_text for one in answer.also_said)


def test_without_weights_the_sentence_rule_answers_and_it_is_said(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: Path) -> None:
        raise ReaderError("the reader's weights are missing")

    monkeypatch.setattr("qa.assembly.locate_reader", missing)
    told: list[str] = []
    index = IndexSettings(library=library.folder)
    opened = open_answerer(index, many_questions=False, notify=told.append)
    assert isinstance(opened.answerer.answerer.reader, SentenceRule)
    assert opened.answerer.settings.threshold == SentenceRuleSettings().threshold
    assert "weights are missing" in told[0]


def test_weights_that_are_missing_or_altered_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="missing"):
        locate_reader(tmp_path / "cache", tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"other")
    (tmp_path / SHA256).write_text(f"{'0' * 64}  {WEIGHTS}\n")
    with pytest.raises(ReaderError, match="not what was published"):
        locate_reader(tmp_path / "cache", tmp_path)
