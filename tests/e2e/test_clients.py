"""The doors that people already use, each with its own client, over the real command and models."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from conftest import EXAMPLES
from mcp import Client, StdioServerParameters
from mcp.types import TextContent
from served import serving

from qa import Cuttings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = Path(sys.executable).parent / "cuttings"
QUESTION = "How much will the new lock gate cost?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients") / ".demo-library"
    Cuttings(folder, many_questions=False).add(EXAMPLES)
    return folder


def readme_example(holding: str) -> str:
    """Return the Python example of README.md that holds some words."""
    (example,) = (
        one for one in re.findall(r"^```python\n(.*?)^```", README, re.M | re.S) if holding in one
    )
    return str(example)


def run_example(example: str, folder: Path) -> str:
    """Run an example beside the library, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", example],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readmes_example_for_python_runs(library: Path) -> None:
    said = run_example(readme_example("from qa import Cuttings"), library.parent)
    assert said.startswith("$12.4 million [1]\n\n[1] The Ellery Courier · Council approves")
    assert "Ingrid Solheim" in said
    assert "Friday" in said.splitlines()[-1]


def test_the_readmes_example_for_langchain_runs(library: Path) -> None:
    said = run_example(readme_example("CuttingsRetriever"), library.parent)
    assert "Port Ellery" in said
    assert "to spend $12.4 million on a new outer gate" in said
    assert "Friday" in said.splitlines()[-1]


async def asked(server: StdioServerParameters | str, mode: str = "auto") -> dict[str, Any]:
    """Ask a question, read the cited article, and check the quotation against it."""
    async with Client(server, mode=mode) as client:
        result = await client.call_tool("ask", {"question": QUESTION})
        reply = result.structured_content
        assert reply, result
        (text, link) = result.content
        assert isinstance(text, TextContent)
        assert text.text.startswith(reply["answer"])
        (citation,) = reply["citations"]
        (content,) = (await client.read_resource(link.uri)).contents
        quoted = content.text[citation["start_char"] : citation["end_char"]]
        assert quoted == citation["cited_text"]
        refused = await client.call_tool("ask", {"question": " "})
        assert refused.is_error
        return reply


@pytest.fixture(scope="module")
def server(library: Path) -> Iterator[str]:
    with serving(library, "serve") as url:
        yield url


def test_the_readmes_example_for_openais_client_runs(library: Path, server: str) -> None:
    example = readme_example("from openai import OpenAI")
    assert "http://127.0.0.1:8765" in example
    said = run_example(example.replace("http://127.0.0.1:8765", server), library.parent)
    content, annotated, result, streamed = said.splitlines()
    assert content == streamed == "$12.4 million [1]"
    assert annotated.startswith(f"Council approves $12.4 million for new lock gate {server}/art")
    assert result.startswith("2025-04-02 PORT ELLERY")


def test_openais_other_interfaces_answer_too(server: str) -> None:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="x") as official:
        response = official.responses.create(model="cuttings", input=QUESTION)
    assert response.output_text == "$12.4 million [1]"
    (annotation,) = response.output[0].content[0].annotations
    article = httpx2.get(annotation.url).json()
    (result,) = response.model_extra["search_results"]
    assert article["text"][result["start_char"] : result["end_char"]] == result["text"]

    async def streamed() -> str:
        messages: Any = [{"role": "user", "content": QUESTION}]
        async with openai.AsyncOpenAI(base_url=f"{server}/v1", api_key="x") as client:
            chunks = await client.chat.completions.create(
                model="cuttings", messages=messages, stream=True
            )
            return "".join([one.choices[0].delta.content or "" async for one in chunks])

    assert asyncio.run(streamed()) == "$12.4 million [1]"


def test_the_readmes_snippet_for_chat_programs_starts_a_server(library: Path) -> None:
    (snippet,) = re.findall(r"```json\n(\{\"mcpServers\".*?)```", README, re.S)
    named = json.loads(snippet)["mcpServers"]["cuttings"]
    assert named["command"].endswith("/.venv/bin/cuttings")
    assert list(named["env"]) == ["CUTTINGS_LIBRARY"]
    started = StdioServerParameters(
        command=str(COMMAND), args=named["args"], env={"CUTTINGS_LIBRARY": str(library)}
    )
    assert asyncio.run(asked(started, "legacy"))["answer"] == "$12.4 million"


def test_nothing_but_the_protocol_goes_to_standard_output(tmp_path: Path) -> None:
    """Also where something goes wrong: here there is no library."""
    client = {"name": "test", "version": "1"}
    begun = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    messages = [
        {"id": 1, "method": "initialize", "params": begun},
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": QUESTION}},
        },
    ]
    environment = {**os.environ, "CUTTINGS_LIBRARY": str(tmp_path / "none")}
    with subprocess.Popen(
        [str(COMMAND), "mcp"],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        replies = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.stderr.read().startswith("Cuttings: 0 articles from ")
        assert process.wait(timeout=20) == 0
    assert [reply["id"] for reply in replies] == [1, 2]
    assert replies[1]["result"]["isError"] is True
    assert "add some with: cuttings add FOLDER" in replies[1]["result"]["content"][0]["text"]


def test_the_protocol_over_http(library: Path) -> None:
    with serving(library, "mcp", "--http") as url:
        assert asyncio.run(asked(f"{url}/mcp"))["answer"] == "$12.4 million"
        elsewhere = httpx2.post(f"{url}/mcp", json={}, headers={"host": "evil.example"})
        assert elsewhere.status_code == 421
