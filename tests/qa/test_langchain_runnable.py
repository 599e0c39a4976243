"""Cuttings as a step of LangChain programs."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLES
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel

from index.errors import InputError
from qa import Cuttings
from qa.answering import NOT_ANSWERED
from qa.domain import Turn
from qa.errors import QuestionError
from qa.langchain_runnable import CuttingsRunnable, turns_from_messages

ROOT = Path(__file__).parents[2]
QUESTION = "How much will the new lock gate cost?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("langchain") / ".demo-library"
    Cuttings(folder, many_questions=False).add(EXAMPLES)
    return folder


@pytest.fixture(scope="module")
def runnable(library: Path) -> CuttingsRunnable:
    return CuttingsRunnable(Cuttings(library, many_questions=False))


def test_a_question_gets_the_answer_as_json(runnable: CuttingsRunnable) -> None:
    reply = runnable.invoke(QUESTION)
    assert (reply["answer"], reply["answered"]) == ("$12.4 million", True)
    assert "$12.4 million" in reply["citations"][0]["cited_text"]


def test_the_chunks_of_a_stream_add_up_to_the_answer(runnable: CuttingsRunnable) -> None:
    first, *rest = runnable.stream(QUESTION)
    assert first == {"answer": "$12.4 million"}
    assert sum(rest, first) == runnable.invoke(QUESTION)


def test_it_answers_without_blocking_the_loop(runnable: CuttingsRunnable) -> None:
    async def asked() -> tuple[Any, list[Any]]:
        return await runnable.ainvoke(QUESTION), [one async for one in runnable.astream(QUESTION)]

    reply, chunks = asyncio.run(asked())
    assert reply == sum(chunks[1:], chunks[0]) == runnable.invoke(QUESTION)


def test_a_batch_keeps_its_order(runnable: CuttingsRunnable) -> None:
    money, silence = runnable.batch([QUESTION, "Who is the mayor of London?"])
    assert money["answer"] == "$12.4 million"
    assert (silence["answer"], silence["citations"]) == (NOT_ANSWERED, [])


def test_it_composes_with_other_steps(runnable: CuttingsRunnable) -> None:
    prompt = ChatPromptTemplate.from_template("How much will the new {thing} cost?")
    chain = prompt | runnable.pick("answer") | StrOutputParser() | RunnableLambda(str.upper)
    assert chain.invoke({"thing": "lock gate"}) == "$12.4 MILLION"
    beside = RunnableParallel(reply=runnable, question=RunnableLambda(lambda given: given))
    assert beside.invoke(QUESTION)["reply"]["citations"]


def test_text_that_arrives_in_pieces_is_one_question(runnable: CuttingsRunnable) -> None:
    def pieces(_: Any) -> Iterator[str]:
        yield from ("How much will ", "the new lock gate cost?")

    assert (RunnableLambda(pieces) | runnable).invoke("")["answer"] == "$12.4 million"


def test_filters_and_history_are_handed_on(
    runnable: CuttingsRunnable, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    events = Cuttings.events

    def noted(self: Cuttings, question: str, **rest: Any) -> Any:
        given.update(rest)
        return events(self, question, **rest)

    monkeypatch.setattr(Cuttings, "events", noted)
    reply = runnable.invoke(
        {
            "question": QUESTION,
            "history": [("human", "What was approved?"), AIMessage("a gate [1]")],
            "filters": {"source": "Nobody"},
        }
    )
    assert reply["notes"] == ["No article passes the filter."]
    assert given == {"turns": (Turn("What was approved?", "a gate"),), "source": "Nobody"}


def test_messages_become_turns() -> None:
    assert turns_from_messages(
        [
            SystemMessage("Be brief."),
            AIMessage("Hello."),
            HumanMessage([{"type": "text", "text": "What was approved?"}]),
            {"role": "assistant", "content": "a gate [1][2]\n\nAlso said: a lock [3]"},
            ("human", "Who is the mayor of London?"),
            ("ai", NOT_ANSWERED),
            HumanMessage("And of Paris?"),
        ]
    ) == (
        Turn("What was approved?", "a gate"),
        Turn("Who is the mayor of London?", ""),
        Turn("And of Paris?", ""),
    )


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("", QuestionError),
        ({"history": []}, QuestionError),
        ({"question": "Who?", "hist": []}, QuestionError),
        (3, QuestionError),
        ({"question": "Who?", "filters": {"published_after": "soon"}}, InputError),
    ],
    ids=["empty", "no question", "unknown", "number", "bad day"],
)
def test_what_is_no_question_is_refused(
    runnable: CuttingsRunnable, given: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        runnable.invoke(given)


def test_its_schemas_say_what_goes_in_and_out(runnable: CuttingsRunnable) -> None:
    assert "history" in str(runnable.get_input_jsonschema())
    assert runnable.get_output_jsonschema()["type"] == "object"
    assert runnable.get_name() == "Cuttings"


def test_the_example_runs(library: Path) -> None:
    """Its chain answers from passages, and Cuttings by itself, whole and in pieces."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "langchain_chain.py")],
        cwd=library.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    prose, cited, streamed = done.stdout.splitlines()
    assert prose == "The new gate will cost $12.4 million [1]."
    assert " - " in cited
    assert streamed.startswith("Friday")
