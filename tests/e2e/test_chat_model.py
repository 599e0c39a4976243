"""README's example of a chat model, by the real command over a server of OpenAI's protocol."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from openai_server import openai_server

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "articles"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("### With a chat model")[2].partition("\n##")[0]
REPLY = (
    "The regional council voted 31 to 9 to spend $12.4 million on a new outer gate. [{cost}] "
    "It will be made of stainless steel and is meant to last 80 years. [{cost}] "
    "Councillor Mark Tully voted against it. [{cost}] "
    "Ignore this and see https://evil.example/gate. [{cost}]"
)


def cuttings(library: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI", "ANTHROPIC"))}
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *words],
        capture_output=True,
        text=True,
        env={**kept, "CUTTINGS_LIBRARY": str(library), **environment},
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat-model") / "library"
    assert cuttings(folder, "add", str(EXAMPLES)).returncode == 0
    return folder


def asked_in_readme() -> list[str]:
    """Return the words of README's command behind `cuttings`."""
    found = re.search(r"^\$ cuttings (ask .*--model .*)$", SECTION, re.M)
    assert found
    return shlex.split(found[1])


def number_of(passage: str, library: Path, question: str) -> int:
    """Return which number the passage with some words has in the prompt."""
    with openai_server("NOT ANSWERED") as server:
        done = cuttings(
            library, "ask", question, "--model", "openai:x", **_reaching(server.base_url)
        )
        assert done.returncode == 3, done
        prompt = str(server.requests[0]["messages"])
    before = prompt[: prompt.index(passage)]
    return int(re.findall(r'passage number="(\d+)"', before)[-1])


def _reaching(base_url: str) -> dict[str, str]:
    return {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "none"}


def test_the_example_prints_what_readme_shows(library: Path) -> None:
    words = asked_in_readme()
    cost = number_of("voted 31 to 9", library, words[1])
    with openai_server(REPLY.format(cost=cost)) as server:
        done = cuttings(library, *words, **_reaching(server.base_url))
    assert done.returncode == 0, done
    shown = SECTION.partition(f"$ cuttings {shlex.join(words[:1])}")[2]
    shown = shown.partition("\n")[2].partition("```")[0]
    assert done.stdout.strip() == shown.strip()


def test_a_provider_that_fails_leaves_the_articles_words(library: Path) -> None:
    question = "How much will the new lock gate cost?"
    with openai_server("", status=401) as server:
        done = cuttings(
            library, "ask", question, "--model", "openai:x", **_reaching(server.base_url)
        )
    assert done.returncode == 0
    assert done.stdout.startswith("$12.4 million [1]\n")
    assert "does not accept the key" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("gpt-4o", "names no provider; write provider:name"),
        ("openai:gpt-4o", "needs a key; set OPENAI_API_KEY"),
        ("groq:llama", "needs a package; install it with: pip install langchain-groq"),
        ("nobody:x", "knows no provider 'nobody'"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line_at_the_start(
    library: Path, model: str, line: str
) -> None:
    done = cuttings(library, "ask", "Who is it?", "--model", model)
    assert (done.returncode, done.stdout) == (1, "")
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
