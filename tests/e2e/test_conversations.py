"""Conversations as their users have them: at a terminal, over curl, and after a kill."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pexpect
import pytest
from conftest import EXAMPLES
from served import COMMAND, environment, serving

from qa import Cuttings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COST = "How much will the new lock gate cost?"


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("conversations") / "library"
    Cuttings(folder, many_questions=False).add(EXAMPLES)
    return folder


@pytest.fixture
def library(articles: Path, tmp_path: Path) -> Path:
    """Return a library of its own, so that no test meets another's sessions."""
    return Path(shutil.copytree(articles, tmp_path / "library"))


def cuttings(library: Path, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        input=stdin,
        env=environment(library),
        timeout=100,
        check=False,
    )


def ask(url: str, question: str, session_id: str | None = None) -> dict[str, Any]:
    body = {"question": question, "session_id": session_id}
    reply: dict[str, Any] = (
        httpx.post(f"{url}/chat", json=body, timeout=60).raise_for_status().json()
    )
    return reply


def test_an_acknowledged_turn_survives_a_kill_and_is_gone_on_with(library: Path) -> None:
    with serving(library, "serve", end=signal.SIGKILL) as url:
        said = ask(url, COST)
    with serving(library, "serve", end=signal.SIGKILL) as url:
        session = httpx.get(f"{url}/sessions/{said['session_id']}").json()
        assert [one["answer"] for one in session["turns"]] == [said]
        ask(url, "Who voted against?", said["session_id"])
        exported = httpx.get(f"{url}/sessions/{said['session_id']}/export").text
        # The command reads and writes the same file meanwhile.
        listed = json.loads(cuttings(library, "sessions", "--json").stdout)
        assert [(one["id"], one["turn_count"]) for one in listed] == [(said["session_id"], 2)]
        assert cuttings(library, "sessions", "export", said["session_id"][:8]).stdout == exported
        assert cuttings(library, "sessions", "delete", said["session_id"]).returncode == 0
        gone = httpx.post(
            f"{url}/chat", json={"question": "Who?", "session_id": said["session_id"]}
        )
        assert gone.status_code == 404


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
def test_the_readmes_curl_example_streams_what_it_says(library: Path) -> None:
    (example,) = re.findall(r"^\$ (curl -sN .*?\n.*?)\n(event:.*?)^```", README, re.M | re.S)
    command, shown = example
    with serving(library, "serve", end=signal.SIGKILL) as url:
        done = subprocess.run(
            ["bash", "-c", command.replace("localhost:8765", url)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    pattern = re.escape(shown.strip()).replace("…", ".+")
    assert re.fullmatch(pattern, done.stdout.strip()), done.stdout


def test_the_readmes_commands_for_sessions_run(library: Path, tmp_path: Path) -> None:
    (block,) = (
        one
        for one in re.findall(r"^```console\n(.*?)^```", README, re.M | re.S)
        if "sessions export" in one
    )
    command = tmp_path / "bin" / "cuttings"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qa.cli "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", block],
        input=f"{COST}\n",
        cwd=tmp_path,
        env={**environment(library), "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert "Renamed “Lock budget” with 1 turn." in done.stdout
    assert done.stdout.endswith("Deleted “Lock budget” with 1 turn.\n")
    exported = (tmp_path / "budget.md").read_text()
    assert exported.startswith(f"# Lock budget\n\n## {COST}\n")
    assert "\\$12.4 million[^1]" in exported
    assert "*Council approves \\$12.4 million for new lock gate*, The Ellery Courier" in exported


@contextmanager
def chatting(library: Path, *words: str) -> Iterator[Any]:
    """Start `cuttings chat` at a terminal."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "qa.cli", "chat", *words],
        env={**environment(library), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 200),
    )
    try:
        yield child
    finally:
        child.close(force=True)


def test_a_named_session_goes_on_at_the_terminal(library: Path) -> None:
    with chatting(library, "--session", "Budget") as chat:
        chat.expect("Session “Budget” with 0 turns.")
        chat.expect("›")
        chat.sendline(COST)
        chat.expect_exact("$12.4 million")
        chat.expect(r"\[1\]")
        chat.expect("The Ellery Courier")
        chat.expect("›")
        chat.sendline("/new")
        chat.expect("Begun anew.")
        chat.sendline("/session budget")
        chat.expect(f"Session “Budget” with 1 turn. The last question was: {re.escape(COST)}")
        chat.expect("›")
        chat.sendline("/quit")
        chat.expect(pexpect.EOF)
    with chatting(library, "--session", "BUDGET") as chat:
        chat.expect(f"Session “Budget” with 1 turn. The last question was: {re.escape(COST)}")
        chat.expect("›")
        chat.sendline("/quit")
        chat.expect(pexpect.EOF)
    assert [line.split()[3] for line in cuttings(library, "sessions").stdout.splitlines()] == ["1"]


def test_a_follow_up_is_shown_as_it_was_understood(library: Path) -> None:
    lines = "Who is the harbour master of Port Ellery?\nWhat did she say about the delay?\n"
    said = cuttings(library, "chat", stdin=lines).stdout
    assert re.search(r"^understood as: .*(Solheim|Port Ellery)", said, re.M), said


def test_chat_stores_what_is_said_without_a_name_too(library: Path) -> None:
    cuttings(library, "chat", stdin=f"{COST}\n/new\nWho is the mayor of London?\n")
    listed = json.loads(cuttings(library, "sessions", "--json").stdout)
    assert [(one["name"], one["turn_count"], one["last_question"]) for one in listed] == [
        (None, 1, "Who is the mayor of London?"),
        (None, 1, COST),
    ]


def test_a_damaged_file_of_conversations_stops_no_chat(library: Path) -> None:
    (library / "conversations.sqlite3").write_bytes(b"not a database" * 500)
    done = cuttings(library, "chat", "--session", "Budget", stdin=f"{COST}\n")
    assert done.returncode == 0
    assert "move it away" in done.stderr
    assert "$12.4 million [1]" in done.stdout
    assert "Not stored: " in done.stdout
    refused = cuttings(library, "sessions")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["sessions"], 0, "No sessions yet; begin one with: cuttings chat --session NAME"),
        (["sessions", "--json"], 0, "[]"),
        (["sessions", "export", "nothing"], 2, "no session 'nothing'; begin one with"),
        (["sessions", "rename", "nothing", "x"], 2, "no session 'nothing'"),
        (["sessions", "delete"], 2, "Missing argument"),
        (["sessions", "frobnicate"], 2, "No such command"),
    ],
)
def test_without_sessions_one_line_says_so(
    tmp_path: Path, words: list[str], status: int, said: str
) -> None:
    done = cuttings(tmp_path / "nowhere", *words)
    assert said in done.stdout + done.stderr
    assert done.returncode == status
    assert not (tmp_path / "nowhere").exists()
