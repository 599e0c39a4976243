"""The Python interface: open, ask, read the cuttings, go on."""

import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import InputError
from qa import Cuttings
from qa.domain import Answer, Turn
from qa.errors import EmptyLibraryError, QuestionError
from qa.events import Cited, Done

TEXT = "Bridge opens\n\nThe harbour bridge opened on Friday. Mayor Ana Duarte cut the ribbon."
QUESTION = "Who cut the ribbon?"


@pytest.fixture(scope="module")
def cuttings(tmp_path_factory: pytest.TempPathFactory) -> Cuttings:
    """Open one article with the real models."""
    folder = tmp_path_factory.mktemp("interface")
    (folder / "bridge.txt").write_text(TEXT)
    library = Cuttings(folder / "library", many_questions=False)
    assert library.add(folder / "bridge.txt").added == 1
    return library


def test_an_answer_prints_with_its_cuttings(cuttings: Cuttings) -> None:
    answer = cuttings.ask(QUESTION)
    assert "Ana Duarte" in answer.text
    (citation,) = answer.citations
    assert str(answer) == f"{answer.text} [1]\n\n{citation}"
    assert (
        str(citation) == "[1] Bridge opens · date unknown\n    “Mayor Ana Duarte cut the ribbon.”"
    )


def test_silence_prints_with_the_nearest_passages(cuttings: Cuttings) -> None:
    answer = cuttings.ask("What did the penguin say about tax law?")
    assert not answer.answered
    assert str(answer).startswith("These articles do not answer that.\n\nNearest passages, not an")


def test_a_stream_is_the_answers_text_and_then_the_answer(cuttings: Cuttings) -> None:
    stream = cuttings.stream(QUESTION)
    said = "".join(stream)
    assert said == stream.answer.text == cuttings.ask(QUESTION).text
    assert list(stream) == []


def test_the_answer_of_a_stream_waits_for_what_was_not_read(cuttings: Cuttings) -> None:
    assert cuttings.stream(QUESTION).answer.citations


def test_events_tell_citations_before_the_end(cuttings: Cuttings) -> None:
    *earlier, last = cuttings.events(QUESTION)
    assert isinstance(last, Done)
    assert [one.citation for one in earlier if isinstance(one, Cited)] == list(
        last.answer.citations
    )


def test_filters_hold_for_questions_searches_and_lists(cuttings: Cuttings) -> None:
    assert cuttings.ask(QUESTION, source="Nobody").notes == ("No article passes the filter.",)
    assert cuttings.search("ribbon", author="Nobody") == []
    assert cuttings.articles(source="Nobody") == []
    with pytest.raises(InputError, match="expected one like 2024-06-14"):
        cuttings.ask(QUESTION, published_after="soon")


def test_a_search_and_a_list_lead_to_the_article(cuttings: Cuttings) -> None:
    (passage,) = cuttings.search("ribbon", limit=3)
    ((article_id, listed),) = cuttings.articles()
    article = cuttings.article(article_id)
    assert article
    assert passage.text in article.text
    assert (listed.title, listed.text) == ("Bridge opens", "")
    assert cuttings.article("unknown") is None


def test_a_conversation_hands_its_turns_on(
    cuttings: Cuttings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[Turn, ...]] = []
    events = Cuttings.events

    def noted(
        self: Cuttings, question: str, *, turns: tuple[Turn, ...] = (), **rest: str
    ) -> object:
        given.append(turns)
        return events(self, question, turns=turns, **rest)

    monkeypatch.setattr(Cuttings, "events", noted)
    conversation = cuttings.conversation()
    first: Answer = conversation.ask(QUESTION)
    conversation.ask("What does a penguin pay in taxes?")
    list(conversation.stream(QUESTION))
    assert [len(turns) for turns in given] == [0, 1, 2]
    assert [turn.question for turn in conversation.turns][::2] == [QUESTION] * 2
    assert conversation.turns[0].answer == first.text
    assert conversation.turns[0].cited_texts == (first.citations[0].cited_text,)
    assert conversation.turns[1].answer == ""


def test_a_question_that_fails_is_no_turn(cuttings: Cuttings) -> None:
    conversation = cuttings.conversation()
    with pytest.raises(QuestionError):
        conversation.ask("  ")
    assert conversation.turns == []


def test_without_a_folder_the_environment_names_the_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUTTINGS_LIBRARY", str(tmp_path / "mine"))
    library = Cuttings()
    assert library.folder == tmp_path / "mine"
    assert library.articles() == []
    with pytest.raises(EmptyLibraryError, match="cuttings add"):
        library.ask(QUESTION)


def test_the_package_imports_nothing_heavy_by_itself() -> None:
    script = (
        "import sys, qa; print([m for m in ('numpy', 'langchain_core', 'qa.interface') "
        "if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
