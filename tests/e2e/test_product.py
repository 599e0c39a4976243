"""The product as its users have it: the command, the real model, a real server, a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from served import serving

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "articles"
SEED = ROOT.parent / "shared" / "seed" / "south-korea-us-warn.txt"


def cuttings(
    library: Path, *words: str, stdin: str | None = None
) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "CUTTINGS_LIBRARY": str(library)}
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *words],
        capture_output=True,
        text=True,
        input=stdin,
        env=environment,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("e2e") / "library"
    added = cuttings(folder, "add", str(EXAMPLES))
    assert "14 added" in added.stdout, added
    return folder


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why did bread prices not go up?", "flour had become cheaper"),
        ("How much will the new lock gate cost?", "$12.4 million"),
        ("When did Duncan Muir retire?", "Friday"),
        ("How many runners are expected at the marathon?", "5,200"),
    ],
)
def test_a_question_is_answered_with_its_cutting(
    library: Path, question: str, expected: str
) -> None:
    done = cuttings(library, "ask", question, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert expected in answer["answer"]
    (citation,) = answer["citations"]
    shown = cuttings(library, "show", citation["article_id"]).stdout
    assert citation["title"] in shown


def test_a_question_that_is_not_answered_exits_with_3(library: Path) -> None:
    done = cuttings(library, "ask", "Who is the mayor of London?")
    assert done.returncode == 3
    assert done.stdout.startswith("These articles do not answer that.")
    assert "Nearest passages, not an answer" in done.stdout


def test_the_users_own_question(tmp_path: Path) -> None:
    if not SEED.exists():
        pytest.skip(f"needs the article at {SEED}, which is not part of the project")
    assert cuttings(tmp_path, "add", str(SEED)).returncode == 0
    answer = json.loads(cuttings(tmp_path, "ask", "who spoke with Campbell?", "--json").stdout)
    assert "Kim Hong-kyun" in answer["citations"][0]["cited_text"]
    assert answer["citations"][0]["published_at"] == "--06-14"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["ask", ""], 2, "the question is empty"),
        (["ask", "x", "--after", "soon"], 2, "expected one like 2024-06-14"),
        (["ask"], 2, "the question is empty"),
        (["add", "/nowhere/at/all"], 1, "no such file or folder"),
        (["add", "https://example.com/a"], 2, "not fetched"),
        (["add", ".", "--date", "soon"], 2, "expected one like"),
        (["add", ".", "--field", "nonsense"], 2, "expected OURS=THEIRS"),
        (["show", "nothing"], 2, "cuttings articles"),
        (["remove", "nothing"], 1, "nothing known by the name"),
        (["frobnicate"], 2, "No such command"),
        (["search", "x", "--limit", "0"], 2, "not in the range"),
    ],
)
def test_wrong_usage_gets_one_clear_line(
    library: Path, words: list[str], status: int, said: str
) -> None:
    done = cuttings(library, *words, stdin="")
    assert said in done.stdout + done.stderr
    assert done.returncode == status
    assert "Traceback" not in done.stderr


def test_every_command_describes_itself() -> None:
    from qa.cli import COMMANDS

    for name in COMMANDS:
        assert "Usage: " in cuttings(Path("/nonexistent"), name, "--help").stdout


def test_chat_answers_line_by_line(library: Path) -> None:
    lines = (
        "Who is the harbour master of Port Ellery?\n/sources\n/open 1\n/open 9\n/nonsense\n/quit\n"
    )
    said = cuttings(library, "chat", stdin=lines).stdout
    assert "Ingrid Solheim" in said
    assert "▌" in said
    assert "/nonsense is not a command" in said


def test_chat_asks_only_what_the_filter_lets_through(library: Path) -> None:
    said = cuttings(
        library, "chat", "--source", "Coast", stdin="Who is the harbour master?\n"
    ).stdout
    assert said.startswith("2 articles.")
    assert "Ingrid Solheim" not in said


def test_status_and_doctor_find_all_well(library: Path) -> None:
    assert "14" in cuttings(library, "status").stdout
    done = cuttings(library, "doctor")
    assert (done.returncode, "All is well: 14 articles" in done.stdout) == (0, True)


def test_standard_input_is_an_article_and_a_question(tmp_path: Path) -> None:
    assert (
        "1 added" in cuttings(tmp_path, "add", "-", stdin="Mayor Ana Duarte cut the ribbon.").stdout
    )
    assert "Ana Duarte" in cuttings(tmp_path, "ask", stdin="Who cut the ribbon?").stdout


def test_a_question_imports_neither_torch_nor_chromadb(library: Path) -> None:
    script = (
        "import sys; sys.argv = ['cuttings', 'ask', 'Who?']\n"
        "from qa.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('torch', 'transformers', 'chromadb', 'sentence_transformers')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "CUTTINGS_LIBRARY": str(library)},
        check=True,
    )
    assert done.stdout.strip().endswith("[]")


@pytest.fixture(scope="module")
def server(library: Path) -> Iterator[str]:
    with serving(library, "serve") as url:
        yield url


def test_a_real_server_answers_and_sees_what_another_process_adds(
    server: str, library: Path, tmp_path: Path
) -> None:
    reply = httpx.post(
        f"{server}/chat", json={"question": "Who is the harbour master?"}, timeout=60
    ).json()
    assert "Ingrid Solheim" in reply["answer"]
    (tmp_path / "penguin.txt").write_text(
        "Penguin mayor Waddles opened the fish market in Kilmory."
    )
    assert "1 added" in cuttings(library, "add", str(tmp_path / "penguin.txt")).stdout
    found = httpx.get(f"{server}/search", params={"q": "penguin mayor Waddles"}, timeout=60).json()
    assert "Waddles" in found["passages"][0]["text"]
    assert "Removed 1 article" in cuttings(library, "remove", str(tmp_path / "penguin.txt")).stdout


def test_interrupted_while_adding_it_says_what_is_stored(tmp_path: Path) -> None:
    news = tmp_path / "news.jsonl"
    text = "The council met on Friday and talked about the harbour and its ships. " * 30
    news.write_text("".join(json.dumps({"text": f"Story {n}. {text}"}) + "\n" for n in range(900)))
    store = tmp_path / "library"
    environment = {**os.environ, "CUTTINGS_LIBRARY": str(store)}
    command = [sys.executable, "-m", "qa.cli", "add", str(news)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 100
        while time.monotonic() < deadline:
            status = cuttings(store, "status", "--json")
            if status.returncode == 0 and json.loads(status.stdout)["articles"]:
                break
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "articles are stored, and the same command goes on from there" in said.decode()
    assert "All is well" in cuttings(store, "doctor").stdout


def test_killed_while_adding_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for number in range(400):
        text = f"Story {number}. " + f"The council of town {number} met on Friday and talked. " * 30
        (news / f"{number:03}.txt").write_text(text)
    store = tmp_path / "library"
    environment = {**os.environ, "CUTTINGS_LIBRARY": str(store)}
    with subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "add", str(news)], env=environment
    ) as process:
        deadline = time.monotonic() + 100
        stored = 0
        while not stored and time.monotonic() < deadline:
            time.sleep(0.3)
            status = cuttings(store, "status", "--json")
            stored = json.loads(status.stdout)["articles"] if status.returncode == 0 else 0
        process.kill()
    assert "All is well" in cuttings(store, "doctor").stdout
    kept = json.loads(cuttings(store, "status", "--json").stdout)["articles"]
    assert stored <= kept
    again = json.loads(cuttings(store, "add", str(news), "--json").stdout)
    assert again["unchanged"] >= kept > 0
    assert again["unchanged"] + again["added"] == 400
