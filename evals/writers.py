"""Two writers at once, a server and prompts meanwhile: who is refused, how fast, and who fails.

    python -m evals.writers [--rounds N]

In each round two `cuttings add` start at once on a library that a server answers from, while
prompts and requests go on. One writer must be refused and name the other's process; added again,
nothing may be missing, and the server must find it all without a restart. How long a refusal takes
is measured in this process, which has all imported already, and over the whole refused process.
"""

import argparse
import os
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson

from evals.made_up import articles, stored, write_files
from evals.processes import Server, command, cuttings, served, started
from evals.recording import record
from index.errors import LibraryBusyError
from index.health import problems
from index.library import Library
from index.locking import writing

ROUNDS = 20
SEED = 37
STORED, FED = 200, 300
LIMIT_SECONDS = 1.0
WAIT_SECONDS = 60
NAMED = re.compile(r"process (\d+) \(")


@dataclass(slots=True)
class Round:
    """What one round came to."""

    refused: int = 0
    lock_seconds: float = 0.0
    """From the attempt to lock until it was refused, in this process."""
    process_seconds: float = 0.0
    """From start to end of the refused command."""
    asked: int = 0
    requested: int = 0
    failures: list[str] = field(default_factory=list)

    def check(self, holds: bool, failure: str, detail: object = "") -> None:
        """Note a failure, unless what must hold does."""
        if not holds:
            self.failures.append(f"{failure}: {detail}"[:400])


class Repeated(threading.Thread):
    """Does something again and again until stopped; counts, and keeps what went wrong."""

    def __init__(self, action: Callable[[], str | None]) -> None:
        super().__init__(daemon=True)
        self._action = action
        self._stop_asked = threading.Event()
        self.count = 0
        self.errors: list[str] = []

    def run(self) -> None:
        """Go on until stopped."""
        while not self._stop_asked.is_set():
            try:
                error = self._action()
            except Exception as raised:
                error = f"{type(raised).__name__}: {raised}"
            self.count += 1
            if error:
                self.errors.append(error)

    def stop(self) -> None:
        """Stop after what is being done."""
        self._stop_asked.set()
        self.join()


def prompt(folder: Path) -> str | None:
    """Ask at the prompt; return what was wrong."""
    done = cuttings(folder, "ask", "What does notice first7 say?", "--json")
    if done.returncode not in {0, 3}:
        return done.stderr[-300:]
    found = [one["text"] for one in orjson.loads(done.stdout)["passages"]]
    return None if any("first7:" in text for text in found) else f"not found: {found[:1]}"


def request(server: Server) -> str | None:
    """Search over HTTP; return what was wrong."""
    found = [one["text"] for one in server.search("notice first7")]
    time.sleep(0.05)
    return None if any("first7:" in text for text in found) else f"not found: {found[:1]}"


def refusal(folder: Path, one: Round, pids: set[int]) -> None:
    """Try to lock as soon as another process has, time the refusal and check whom it names."""
    note = folder / "writer.json"
    deadline = time.monotonic() + WAIT_SECONDS
    while not note.exists():
        if time.monotonic() > deadline:
            one.check(False, "nobody wrote")
            return
        time.sleep(0.005)
    begun = time.perf_counter()
    try:
        with writing(folder, doing="an evaluation"):
            one.check(False, "not refused", "the lock was free")
    except LibraryBusyError as error:
        one.lock_seconds = time.perf_counter() - begun
        one.check(one.lock_seconds < LIMIT_SECONDS, "refused late", one.lock_seconds)
        one.check(named(str(error)) in pids, "another was named", error)


def named(message: str) -> int | None:
    """Return the process id that a refusal names."""
    found = NAMED.search(message)
    return int(found[1]) if found else None


def both_add(folder: Path, feeds: list[Path], one: Round) -> list[Path]:
    """Start two writers at once; return the folders of those that were refused."""
    begun = time.monotonic()
    processes = [started(folder, "add", str(feed), "--json") for feed in feeds]
    refusal(folder, one, {process.pid for process in processes})
    refused = []
    waiting = dict(enumerate(processes))
    while waiting:
        for number, process in list(waiting.items()):
            if process.poll() is not None:
                del waiting[number]
                if process.returncode:
                    one.process_seconds = time.monotonic() - begun
                    refused.append(number)
        time.sleep(0.01)
    for number, process in enumerate(processes):
        _, complaint = process.communicate()
        if number in refused:
            other = processes[1 - number].pid
            one.check(named(complaint) == other, "another was named", f"{complaint}, not {other}")
    one.refused = len(refused)
    one.check(one.refused == 1, "not one was refused", one.refused)
    return [feeds[number] for number in refused]


def run(folder: Path, server: Server, news: Path, number: int) -> Round:
    """Let two write at once while others read, add the refused one again, and look for all."""
    one = Round()
    labels = [f"r{number}{side}" for side in ("left", "right")]
    written = [list(articles(FED, seed=SEED, label=label)) for label in labels]
    feeds = [write_files(news / label, part) for label, part in zip(labels, written, strict=True)]
    prompts, requests = Repeated(lambda: prompt(folder)), Repeated(lambda: request(server))
    prompts.start()
    requests.start()
    refused = both_add(folder, feeds, one)
    prompts.stop()
    requests.stop()
    one.asked, one.requested = prompts.count, requests.count
    one.check(not prompts.errors, "a prompt failed", prompts.errors[:1])
    one.check(not requests.errors, "a request failed", requests.errors[:1])
    for feed in refused:
        done = cuttings(folder, "add", str(feed), "--json")
        one.check(done.returncode == 0, "refused again", done.stderr[-300:])
    look_for_all(folder, server, labels, {each.text for part in written for each in part}, one)
    return one


def look_for_all(
    folder: Path, server: Server, labels: list[str], wanted: set[str], one: Round
) -> None:
    """Check that nothing is missing from the library, nor from what the server finds."""
    library = Library(folder)
    missing = wanted - {text for (text,) in library.connection.execute("SELECT text FROM articles")}
    one.check(not missing, "missing", len(missing))
    found = list(problems(library))
    one.check(not found, "half there", found)
    library.close()
    for label in labels:
        name = f"{label}{FED - 1}"
        texts = [passage["text"] for passage in server.search(f"notice {name}")]
        one.check(any(f"{name}:" in text for text in texts), "not seen by the server", name)


def posting(folder: Path, server: Server, news: Path) -> list[str]:
    """Post an article while a command writes, and again when it is done; return what was wrong."""
    one = Round()
    feed = write_files(news / "posting", list(articles(2 * FED, seed=SEED, label="posting")))
    body = {"articles": [{"title": "Posted", "text": "The posted penguin of Kelby was elected."}]}
    process = started(folder, "add", str(feed), "--json")
    deadline = time.monotonic() + WAIT_SECONDS
    while not (folder / "writer.json").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    during = httpx.post(f"{server.url}/articles", json=body, timeout=60)
    one.check(during.status_code == 503, "not refused over HTTP", during.text)
    one.check(named(during.text) == process.pid, "another was named", during.text)
    process.communicate()
    after = httpx.post(f"{server.url}/articles", json=body, timeout=60)
    one.check(after.status_code == 201, "refused when it was free", after.text)
    texts = [passage["text"] for passage in server.search("posted penguin of Kelby")]
    one.check(any("posted penguin" in text for text in texts), "posted and not found", texts[:1])
    return one.failures


def first_of_all(folder: Path, news: Path) -> list[str]:
    """Let two writers and readers meet where there is no library yet; return what was wrong."""
    one = Round()
    feeds = [
        write_files(news / label, list(articles(FED, seed=SEED, label=label)))
        for label in ("newleft", "newright")
    ]
    looking = Repeated(lambda: _opened(folder))
    looking.start()
    both_add(folder, feeds, one)
    looking.stop()
    one.check(not looking.errors, "a reader failed", looking.errors[:1])
    return one.failures


def _opened(folder: Path) -> str | None:
    library = Library(folder)
    if library.exists():
        library.count_articles()
    library.close()
    return None


def report(done: list[Round], posted: list[str], first: list[str]) -> None:
    """Print the table and keep it."""
    locks = [one.lock_seconds for one in done if one.lock_seconds]
    whole = [one.process_seconds for one in done if one.process_seconds]
    figures = {
        "rounds": len(done),
        "refused, of two writers each": sum(one.refused for one in done),
        "seconds to a refusal from the attempt, median": round(statistics.median(locks), 3),
        "seconds to a refusal from the attempt, most": round(max(locks), 3),
        "seconds of the whole refused command, median": round(statistics.median(whole), 1),
        "seconds of the whole refused command, most": round(max(whole), 1),
        "questions at prompts meanwhile": sum(one.asked for one in done),
        "requests to the server meanwhile": sum(one.requested for one in done),
        "load average": round(os.getloadavg()[1], 1),
        "rounds with a failure": sum(bool(one.failures) for one in done),
        "failures": [one.failures for one in done if one.failures],
        "failures of posting over HTTP while another writes": posted,
        "failures where there was no library yet": first,
    }
    for name, value in figures.items():
        print(f"{name:52} {value}")
    record("writers", command("writers"), figures, n=len(done), seed=SEED)


def main() -> None:
    """Let writers meet as often as is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    wanted = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as work:
        folder, news = Path(work) / "library", Path(work) / "news"
        stored(folder, articles(STORED, seed=SEED, label="first"), indexed=True)
        with served(folder, Path(work) / "server.log") as server:
            done = []
            for number in range(wanted):
                done.append(run(folder, server, news, number))
                print(f"{number + 1:>3}  {done[-1].failures or ''}", flush=True)
            posted = posting(folder, server, news)
        first = first_of_all(Path(work) / "new", news)
    report(done, posted, first)


if __name__ == "__main__":
    main()
