"""What evals.ingest_speed runs, each in a process of its own that prints its figures as JSON.

    python -m evals.ingest_workloads stock ARTICLES.jsonl FOLDER
    python -m evals.ingest_workloads stages ARTICLES.jsonl FOLDER
    python -m evals.ingest_workloads alone LIBRARY

`stock` is the stock pipeline; `stages` is the product's own command with clocks around its stages;
`alone` embeds a library's passages again and does nothing else.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

spent: dict[str, float] = defaultdict(float)
"""Seconds by stage."""
first: dict[str, float] = {}
"""When a stage began for the first time, by time.perf_counter."""


def stock(articles: str, folder: str) -> dict[str, float]:
    """Split, embed and store the articles as the stock pipeline does."""
    from evals import stock as pipeline

    into = pipeline.store(Path(folder))
    started = time.perf_counter()
    lines = [json.loads(line) for line in Path(articles).read_bytes().splitlines()]
    documents = pipeline.chunks((one["url"], one["text"]) for one in lines)
    split = time.perf_counter()
    pipeline.add(into, documents)
    ended = time.perf_counter()
    return {
        "from first article to end": ended - started,
        "reading and splitting": split - started,
        "embedding and storing": ended - split,
        "passages": len(documents),
    }


def alone(folder: str) -> dict[str, float]:
    """Embed the passages of a library; the model is loaded before the clock runs."""
    from index.embedding import CuttingsEmbeddings
    from index.library import Library
    from index.splitting import embedded_text

    library = Library(Path(folder))
    rows = [row for (row,) in library.connection.execute("SELECT row FROM passages ORDER BY row")]
    texts = [embedded_text(one.article, one.passage) for one in library.passages(rows)]
    embeddings = CuttingsEmbeddings()
    embeddings.embed_passages(texts[:8])
    started = time.perf_counter()
    embeddings.embed_passages(texts)
    return {"seconds": time.perf_counter() - started, "passages": len(texts)}


def stages(articles: str, folder: str) -> dict[str, float]:
    """Run `cuttings add` in this process with a clock around each stage."""
    from index import calibration, upkeep
    from index.embedding import CuttingsEmbeddings
    from index.ingest import Ingest
    from index.loading import Loader
    from index.splitting import Splitter
    from index.writing import LibraryWriter
    from qa.cli import cuttings

    clock(calibration, "load_encoder", "loading the model")
    clock(CuttingsEmbeddings, "embed_passages", "embedding")
    clock(Splitter, "split", "splitting")
    clock(LibraryWriter, "plan", "planning")
    clock(LibraryWriter, "store", "storing")
    clock(LibraryWriter, "finish_file", "storing")
    clock(Ingest, "add_paths", "articles")
    clock_each(Loader, "load", "reading, in its own thread")
    from qa.commands import articles_in

    clock(articles_in, "bring_up_to_date", "vector index")
    assert articles_in.bring_up_to_date.__wrapped__ is upkeep.bring_up_to_date
    cuttings.main(["--library", folder, "add", "--json", articles], standalone_mode=False)
    ended = time.perf_counter()
    spent["embedding"] -= spent["loading the model"]  # loaded for the first text
    begun = first["reading, in its own thread"]
    whole = ended - begun - spent["loading the model"]
    named = ("embedding", "splitting", "planning", "storing", "vector index")
    return {
        "from first article to end": whole,
        **spent,
        "all else": whole - sum(spent[name] for name in named),
    }


def clock(owner: Any, name: str, stage: str) -> None:
    """Put a clock around a function or method."""
    timed = getattr(owner, name)

    def wrapper(*arguments: Any, **options: Any) -> Any:
        with _Clock(stage):
            return timed(*arguments, **options)

    wrapper.__wrapped__ = timed  # type: ignore[attr-defined]
    setattr(owner, name, wrapper)


def clock_each(owner: Any, name: str, stage: str) -> None:
    """Put a clock around what a method that yields does between its items."""
    timed: Callable[..., Iterator[Any]] = getattr(owner, name)

    def wrapper(*arguments: Any, **options: Any) -> Iterator[Any]:
        items = iter(timed(*arguments, **options))
        while True:
            with _Clock(stage):
                item = next(items, _Clock)
            if item is _Clock:
                return
            yield item

    setattr(owner, name, wrapper)


class _Clock:
    def __init__(self, stage: str) -> None:
        self._stage = stage

    def __enter__(self) -> None:
        self._started = time.perf_counter()
        first.setdefault(self._stage, self._started)

    def __exit__(self, *_: object) -> None:
        spent[self._stage] += time.perf_counter() - self._started


if __name__ == "__main__":
    workloads = {"stock": stock, "alone": alone, "stages": stages}
    result = workloads[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({name: round(value, 4) for name, value in result.items()}))
