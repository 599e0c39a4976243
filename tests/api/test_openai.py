"""OpenAI's own client against the door, unchanged."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient

from index.errors import IndexingError
from index.library import Library
from qa.answering import NOT_ANSWERED, QuestionAnswerer
from qa.domain import Turn
from qa.events import Asked, Event

TEXT = "Bridge opens\n\nThe harbour bridge opened on Friday. Mayor Ana Duarte cut the ribbon."
QUESTION = "Who cut the ribbon?"
ASKED: Any = [{"role": "user", "content": QUESTION}]
ANSWER = "Mayor Ana Duarte cut the ribbon. [1]"
NOWHERE = {"filters": {"source": "Nobody"}}


@pytest.fixture
def official(client: TestClient) -> openai.OpenAI:
    return openai.OpenAI(
        base_url="http://testserver/v1", api_key="anything", http_client=client, max_retries=0
    )


def test_the_articles_are_the_one_model(official: openai.OpenAI) -> None:
    assert [model.id for model in official.models.list()] == ["cuttings"]
    assert official.models.retrieve("cuttings").id == "cuttings"
    with pytest.raises(openai.NotFoundError, match="'cuttings'") as refused:
        official.models.retrieve("gpt-9")
    assert refused.value.code == "model_not_found"


def test_a_completion_cites_to_the_character(official: openai.OpenAI, client: TestClient) -> None:
    completion = official.chat.completions.create(model="cuttings", messages=ASKED)
    (choice,) = completion.choices
    assert (choice.message.content, choice.finish_reason) == (ANSWER, "stop")
    (annotation,) = choice.message.annotations or ()
    cited = annotation.url_citation
    assert ANSWER[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "Bridge opens"
    article = client.get(cited.url).json()
    (result,) = completion.model_extra["search_results"]
    assert article["text"][result["start_char"] : result["end_char"]] == result["text"]
    assert (result["url"], result["date"]) == (cited.url, None)
    assert completion.model_extra["answered"] is True


def test_tokens_are_counted(official: openai.OpenAI) -> None:
    usage = official.chat.completions.create(model="cuttings", messages=ASKED).usage
    assert usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (4, 7, 11)


def test_a_stream_gives_the_same(official: openai.OpenAI) -> None:
    whole = official.chat.completions.create(model="cuttings", messages=ASKED)
    chunks = list(official.chat.completions.create(model="cuttings", messages=ASKED, stream=True))
    first, *_, annotated, last = chunks
    assert first.choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ANSWER
    expected = [one.to_dict() for one in whole.choices[0].message.annotations or ()]
    assert annotated.choices[0].delta.model_extra == {"annotations": expected}
    assert [chunk.choices[0].finish_reason for chunk in chunks[-2:]] == [None, "stop"]
    assert last.model_extra["search_results"] == whole.model_extra["search_results"]
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_ends_with_its_usage_where_that_is_asked_for(official: openai.OpenAI) -> None:
    *chunks, last = official.chat.completions.create(
        model="cuttings", messages=ASKED, stream=True, stream_options={"include_usage": True}
    )
    assert last.choices == []
    assert last.usage
    assert last.usage.total_tokens == 11
    assert len(last.model_extra["search_results"]) == 1
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_is_events_that_end_with_done(client: TestClient) -> None:
    body = {"model": "cuttings", "messages": ASKED, "stream": True}
    reply = client.post("/v1/chat/completions", json=body)
    assert reply.headers["content-type"].startswith("text/event-stream")
    *chunks, last, rest = reply.text.split("\n\n")
    assert (last, rest) == ("data: [DONE]", "")
    assert all(json.loads(chunk.removeprefix("data: "))["object"] for chunk in chunks)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_silence_is_a_plain_sentence(official: openai.OpenAI, stream: bool) -> None:
    found: Any = official.chat.completions.create(
        model="cuttings", messages=ASKED, extra_body=NOWHERE, stream=stream
    )
    chunks = list(found) if stream else [found]
    said = [one.choices[0].delta if stream else one.choices[0].message for one in chunks]
    assert "".join(one.content or "" for one in said) == NOT_ANSWERED
    assert not any(getattr(one, "annotations", None) for one in said)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].model_extra["search_results"] == []
    assert chunks[-1].model_extra["answered"] is False


def test_an_articles_own_address_is_cited_where_it_is_one_of_the_web(
    official: openai.OpenAI, client: TestClient
) -> None:
    for name, url in (("owls", "https://x.example/owls"), ("eels", "javascript:alert(1)")):
        article = {"title": name, "text": f"The {name} elected Waddles {name}.", "url": url}
        client.post("/articles", json={"articles": [article]})
    cited = {}
    for name in ("owls", "eels"):
        completion = official.chat.completions.create(
            model="cuttings", messages=[{"role": "user", "content": f"Whom did the {name} elect?"}]
        )
        (annotation, *_) = completion.choices[0].message.annotations or ()
        cited[annotation.url_citation.title] = annotation.url_citation.url
    assert cited["owls"] == "https://x.example/owls"
    assert cited["eels"].startswith("http://testserver/articles/")


def test_earlier_messages_are_turns(
    official: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    events = QuestionAnswerer.events

    def noted(self: QuestionAnswerer, question: str, **rest: Any) -> Iterator[Event]:
        given.update(rest, question=question)
        return events(self, question, **rest)

    monkeypatch.setattr(QuestionAnswerer, "events", noted)
    messages: Any = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What opened?"},
        {"role": "assistant", "content": "The harbour bridge [1][2]\n\nAlso said: a school [3]"},
        {"role": "tool", "content": "x", "tool_call_id": "1"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": None},
    ]
    official.chat.completions.create(model="cuttings", messages=messages)
    assert given["question"] == QUESTION
    assert given["turns"] == (Turn("What opened?", "The harbour bridge"),)
    long = [{"role": role, "content": "x" * 200} for role in ("user", "assistant")] * 30
    official.chat.completions.create(model="cuttings", messages=[*long, *ASKED])
    assert len(given["turns"]) == 20


def test_what_makes_no_difference_is_ignored(official: openai.OpenAI) -> None:
    completion = official.chat.completions.create(
        model="cuttings",
        messages=ASKED,
        n=1,
        temperature=0.3,
        top_p=0.9,
        max_tokens=3,
        max_completion_tokens=3,
        seed=1,
        stop=["Duarte"],
        user="me",
        metadata={"a": "b"},
        tools=[{"type": "function", "function": {"name": "look", "parameters": {}}}],
        tool_choice="auto",
        response_format={"type": "text"},
        extra_body={"nonsense": {"a": [1]}},
    )
    assert completion.choices[0].message.content == ANSWER


IMAGE = {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "several answers": ({"n": 2}, "n"),
    "log probabilities": ({"logprobs": True}, "logprobs"),
    "audio": ({"modalities": ["text", "audio"]}, "modalities"),
    "a forced tool": ({"tool_choice": "required"}, "tool_choice"),
    "a named tool": ({"tool_choice": {"type": "function"}}, "tool_choice"),
    "a named function": ({"function_call": {"name": "look"}}, "function_call"),
    "a format": ({"response_format": SCHEMA}, "response_format"),
    "an image": ({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages[0].content[0]"),
    "no question": ({"messages": [{"role": "system", "content": "Hi"}]}, "messages"),
    "an empty question": ({"messages": [{"role": "user", "content": ""}]}, "messages"),
    "an unknown role": ({"messages": [{"role": "judge", "content": "x"}]}, "messages[0].role"),
    "no role": ({"messages": [{"content": "x"}]}, "messages[0].role"),
    "no messages": ({"messages": []}, "messages"),
    "other messages": ({"messages": "Who?"}, "messages"),
    "a bad filter": ({"filters": {"outlet": "x"}}, "filters.outlet"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_had_is_refused_by_name(official: openai.OpenAI, case: str) -> None:
    changed, param = REFUSED[case]
    body: Any = {"model": "cuttings", "messages": ASKED, "stream": True, **changed}
    with pytest.raises(openai.BadRequestError) as refused:
        official.post("/chat/completions", body=body, cast_to=object)
    assert refused.value.type == "invalid_request_error"
    assert (refused.value.param or "").startswith(param)
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_a_question_that_is_none_is_refused_before_a_stream_begins(
    official: openai.OpenAI, stream: bool
) -> None:
    for content, said in ((" ", "question is empty"), ("x" * 10_001, "at most 10,000")):
        with pytest.raises(openai.BadRequestError, match=said):
            official.chat.completions.create(
                model="cuttings", messages=[{"role": "user", "content": content}], stream=stream
            )
    with pytest.raises(openai.BadRequestError, match="expected one like 2024-06-14"):
        official.chat.completions.create(
            model="cuttings",
            messages=ASKED,
            stream=stream,
            extra_body={"filters": {"published_after": "soon"}},
        )


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/chat/completions", b"{", 400),
        ("POST", "/v1/chat/completions", b'{"messages": "\xff"}', 400),
        ("POST", "/v1/chat/completions", b'{"model": "gpt-9", "messages": [{}]}', 404),
        ("POST", "/v1/chat/completions", b"x" * 20_001, 413),
        ("POST", "/v1/embeddings", b"{}", 404),
        ("GET", "/v1", b"", 404),
        ("GET", "/v1/chat/completions", b"", 405),
        ("POST", "/v1/responses", b"[]", 400),
    ],
)
def test_every_error_has_openais_shape(
    client: TestClient, method: str, path: str, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    reply = client.request(method, path, content=content, headers=headers)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert list(error) == ["message", "type", "param", "code"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]


def test_a_server_that_is_too_busy_says_so(official: openai.OpenAI, client: TestClient) -> None:
    client.app.state.gate._inside = 1000
    with pytest.raises(openai.InternalServerError) as refused:
        official.chat.completions.create(model="cuttings", messages=ASKED)
    assert (refused.value.status_code, refused.value.code) == (503, "overloaded")
    assert refused.value.response.headers["retry-after"] == "2"


def test_without_articles_a_completion_is_refused(
    official: openai.OpenAI, client: TestClient, library: Library
) -> None:
    ((article_id, _),) = library.articles()
    client.delete(f"/articles/{article_id}")
    for stream in (False, True):
        with pytest.raises(openai.BadRequestError, match="cuttings add"):
            official.chat.completions.create(model="cuttings", messages=ASKED, stream=stream)


def broken(self: QuestionAnswerer, question: str, **rest: Any) -> Iterator[Event]:
    """Fail when the answer has begun."""
    yield Asked(question)
    raise IndexingError("the disk is gone")


def test_an_error_in_the_midst_of_a_stream_is_raised_by_the_client(
    official: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuestionAnswerer, "events", broken)
    stream = official.chat.completions.create(model="cuttings", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="the disk is gone"):
        list(stream)
    *_, last = official.responses.create(model="cuttings", input=QUESTION, stream=True)
    assert (last.type, last.message) == ("error", "the disk is gone")


def test_a_response_cites_to_the_character(official: openai.OpenAI) -> None:
    response = official.responses.create(model="cuttings", input=QUESTION, instructions="Be brief.")
    assert (response.output_text, response.status) == (ANSWER, "completed")
    (item,) = response.output
    (annotation,) = item.content[0].annotations
    assert ANSWER[annotation.start_index : annotation.end_index] == "[1]"
    assert annotation.url.startswith("http://testserver/articles/")
    assert response.usage
    assert response.usage.total_tokens == 11
    assert response.model_extra["search_results"][0]["text"] == "Mayor Ana Duarte cut the ribbon."


def test_the_events_of_a_response_build_it(official: openai.OpenAI) -> None:
    with official.responses.stream(model="cuttings", input=QUESTION) as stream:
        events = list(stream)
        final = stream.get_final_response()
    kinds = [event.type.removeprefix("response.") for event in events]
    assert kinds == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *("output_text.delta", "output_text.delta", "output_text.annotation.added"),
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    assert [event.sequence_number for event in events] == list(range(11))
    assert "".join(one.delta for one in events if one.type.endswith("text.delta")) == ANSWER
    assert final.output_text == ANSWER
    assert final.output[0].content[0].annotations


def test_a_response_takes_earlier_messages_and_says_silence(official: openai.OpenAI) -> None:
    messages: Any = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "What opened?"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "The bridge."}]},
        {"type": "reasoning", "id": "r", "summary": []},
        {"role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
    ]
    assert official.responses.create(model="cuttings", input=messages).output_text == ANSWER
    silence = official.responses.create(model="cuttings", input=messages, extra_body=NOWHERE)
    assert silence.output_text == NOT_ANSWERED
    assert silence.output[0].content[0].annotations == []


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"text": {"format": {"type": "json_schema"}}}, "text.format"),
        ({"input": [{"type": "item_reference", "id": "x"}]}, "input[0]"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input[0].content"),
        ({"input": []}, "input"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_what_a_response_cannot_be_is_refused_by_name(
    official: openai.OpenAI, changed: dict[str, Any], param: str
) -> None:
    body: Any = {"model": "cuttings", "input": QUESTION, **changed}
    with pytest.raises(openai.BadRequestError) as refused:
        official.post("/responses", body=body, cast_to=object)
    assert (refused.value.param or "").startswith(param)


@pytest.mark.parametrize(
    "body",
    [{"messages": [1] * 100_000}, {"messages": [{"role": "user", "content": [{}] * 100_000}]}],
    ids=["messages", "parts"],
)
def test_the_first_bad_item_ends_the_reading(client: TestClient, body: dict[str, Any]) -> None:
    """An error for each of 100,000 items took seconds, in which nobody else was answered."""
    reply = client.post("/v1/chat/completions", json={"model": "cuttings", **body})
    assert reply.status_code in {400, 413}
    assert len(reply.text) < 1_000
