"""Questions to a running server, one after the other and many at once, beside the stock search."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np
import psutil
from langchain_chroma import Chroma

from evals import stock
from evals.datasets import WORK
from evals.http_load import TIMEOUT_SECONDS, QuestionLoad
from evals.measuring import MEGABYTE, MEMORY_KIND, memory_bytes, program
from evals.processes import Server, served
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.settings import default_cache_folder
from qa.reader_files import locate_reader

MANY_CLIENTS = 8
MOST_STOCK_QUESTIONS = 200
"""In a round; so many give the percentiles."""
WITHOUT_WEIGHTS = f"{MEMORY_KIND} without weights, MB"
STOCK_STORE = WORK / "stock-newsquiz"
STOCK_PASSAGES = 4
"""What similarity_search returns by default."""
Figures = dict[str, Any]


def warm(library: Library, questions: Sequence[str], *, rounds: int, seconds: int) -> Figures:
    """Return latencies over HTTP, and those of the stock search over the same questions.

    Runs take turns within a round; each goes on in the questions where the last one ended, so that
    the stock search is handed those that the one client asked before it.
    """
    wrk = program("wrk")
    if not wrk:
        return {}
    store = stock_store()
    each: list[Figures] = []
    with answering(library, questions[0]) as (server, first_answer_seconds):
        load = QuestionLoad(wrk, server.log.parent, questions)
        load.run(server.url, clients=1, seconds=max(2, seconds // 4))  # fills the caches
        for _ in range(rounds):
            asked = load.following(MOST_STOCK_QUESTIONS)
            one = {"one client": load.run(server.url, clients=1, seconds=seconds)}
            if store:
                one["stock search"] = stock_latencies(store, asked[: one["one client"]["requests"]])
            one["many clients"] = load.run(server.url, clients=MANY_CLIENTS, seconds=seconds)
            each.append(one)
    return {
        "start to first answer, s": first_answer_seconds,
        **summary(each),
        "rounds": each,
    }


@contextmanager
def answering(library: Library, question: str) -> Iterator[tuple[Server, float]]:
    """Yield a server that has answered once, and the seconds from its start until then."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with served(library.folder, Path(folder) / "server.log") as server:
            ask(server, question)
            yield server, round(time.perf_counter() - began, 2)


def ask(server: Server, question: str) -> None:
    """Ask by HTTP; raises where that is not answered with 200."""
    httpx.post(
        f"{server.url}/chat", json={"question": question}, timeout=TIMEOUT_SECONDS
    ).raise_for_status()


def stock_store() -> Chroma | None:
    """Return the stock pipeline's store with the stock embedder; without it, say so."""
    if not STOCK_STORE.is_dir():
        print("no stock store, so its row is left out; it is made by: python -m evals.stock")
        return None
    store = stock.store(STOCK_STORE)
    store.similarity_search("ready")
    return store


def stock_latencies(store: Chroma, questions: Sequence[str]) -> Figures:
    """Return the latencies of similarity_search in this process: no HTTP, and no answer."""
    seconds = []
    for question in questions:
        started = time.perf_counter()
        store.similarity_search(question, k=STOCK_PASSAGES)
        seconds.append(time.perf_counter() - started)
    milliseconds = np.percentile(np.asarray(seconds) * 1e3, [50, 95]).round(1).tolist()
    return {"requests": len(seconds), "p50 ms": milliseconds[0], "p95 ms": milliseconds[1]}


def summary(rounds: Sequence[Figures]) -> Figures:
    """Return the median over the rounds of each latency, all errors, and the ratios."""
    found: Figures = {
        f"{name}, {figure}": round(median(one[name][figure] for one in rounds), 1)
        for name in rounds[0]
        for figure in ("p50 ms", "p95 ms")
    }
    for name in ("one client", "many clients"):
        found[f"{name}, per second"] = median(one[name]["per second"] for one in rounds)
        found[f"{name}, errors"] = sum(one[name]["errors"] for one in rounds)
    if "stock search" in rounds[0]:
        for figure in ("p50 ms", "p95 ms"):
            shares = [one["one client"][figure] / one["stock search"][figure] for one in rounds]
            found[f"one client over stock search, {figure}"] = round(median(shares), 2)
    return found


def memory(library: Library, questions: Sequence[str]) -> Figures:
    """Return what a server holds after so many questions, with and without the model's weights."""
    embeddings = CuttingsEmbeddings()
    reader = locate_reader(default_cache_folder()).onnx(embeddings.onnx_runtime)
    weights = embeddings.files.onnx(embeddings.question_runtime).stat().st_size
    weights += reader.stat().st_size
    with answering(library, questions[0]) as (server, first_answer_seconds):
        process_id = server.process.pid
        started = memory_bytes(process_id)
        for question in questions:
            ask(server, question)
        held = memory_bytes(process_id)
        resident = psutil.Process(process_id).memory_info().rss
    return {
        "passages": library.count_passages(),
        "questions": len(questions),
        "start to first answer, s": first_answer_seconds,
        f"{MEMORY_KIND} after the first answer, MB": round(started / MEGABYTE, 1),
        f"{MEMORY_KIND}, MB": round(held / MEGABYTE, 1),
        "RSS, MB": round(resident / MEGABYTE, 1),
        "weights (ONNX files), MB": round(weights / MEGABYTE, 1),
        WITHOUT_WEIGHTS: round((held - weights) / MEGABYTE, 1),
    }
