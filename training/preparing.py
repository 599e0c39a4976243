"""Makes the training data: examples to groups of windows to arrays; `python -m training.preparing`.

The same seed gives the same arrays.
"""

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from evals.datasets import ROOT, records
from index.model_files import locate
from index.settings import EmbeddingSettings
from training.encoding import Arrays, EncodedWindow, Group, encode, open_tokenizer
from training.negatives import Exchange, Negatives, PassageSearch
from training.sources import Example, load_examples
from training.windows import Window, any_window, drawn_chars, positive_window

WORK = ROOT / "training" / "work"
DATA = WORK / "data"
SEED = 17
NEGATIVES_OF_POSITIVE = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2)
"""Drawn from: 0.8 windows that do not answer beside one that does."""
EXCHANGED_SHARE = 0.12
NO_TITLE_SHARE = 0.2
NEWS_PASSAGES = 6_000
"""Few beside the 25,000 contexts of training: news that never answers would teach that news never
answers."""
SEARCHED_CONTEXTS = 25_000
WHOLE_CHARS = 950
SHARD_GROUPS = 4_000


def groups_of(examples: Sequence[Example], drawing: random.Random) -> Iterator[Group]:
    """Yield a group for each example, and now and then one whose question nothing answers."""
    negatives = Negatives(examples, PassageSearch(_searched(examples, drawing)), drawing)
    exchange = Exchange(examples, drawing)
    for one in examples:
        title = "" if drawing.random() < NO_TITLE_SHARE else one.title
        if not one.answers:
            yield Group(one.question, (Window(title, any_window(one.context, drawing)),))
            continue
        positive = positive_window(one, title, drawing)
        if positive is None:
            continue
        count = drawing.choice(NEGATIVES_OF_POSITIVE)
        yield Group(one.question, (positive, *negatives.windows(one, positive, count)))
        if drawing.random() < EXCHANGED_SHARE:
            asked = exchange.changed(one, positive)
            if asked:
                yield Group(asked, (Window(title, positive.text),))


def _searched(
    examples: Sequence[Example], drawing: random.Random
) -> Iterator[tuple[str, str, str]]:
    """Yield passages of the training contexts and of news, as (document, title, text)."""
    contexts = {one.context: one for one in examples}
    for one in islice(contexts.values(), SEARCHED_CONTEXTS):
        whole = len(one.context) <= WHOLE_CHARS
        text = one.context if whole else any_window(one.context, drawing)
        yield one.document, one.title, text
    for article in islice(records("load/articles_10k.jsonl.gz"), NEWS_PASSAGES):
        text = _paragraphs(article["text"], drawing)
        if text:
            yield article["url"], article["title"] or "", text


def _paragraphs(text: str, drawing: random.Random) -> str:
    """Return neighbouring paragraphs from anywhere in an article, as long as other windows."""
    lines = [line.strip() for line in text[:10_000].split("\n") if line.strip()]
    if not lines:
        return ""
    chars, first = drawn_chars(drawing), drawing.randrange(len(lines))
    taken = lines[first]
    for line in lines[first + 1 :]:
        if len(taken) + len(line) > chars:
            break
        taken += "\n" + line
    return taken if len(taken) <= WHOLE_CHARS else ""


def prepare(folder: Path, *, limit: int | None = None, seed: int = SEED) -> None:
    """Write the shards that are missing, in the order of training; about ten minutes in all.

    Training may begin when the first is there; `report.json` says that all are.
    """
    if (folder / "report.json").exists():
        return
    started = time.monotonic()
    examples, left_out = load_examples(seed)
    examples = examples[:limit]
    groups = groups_of(examples, random.Random(seed))  # noqa: S311 - nothing secret is drawn
    tokenizer = open_tokenizer(locate(EmbeddingSettings()).tokenizer)
    sizes: Counter[str] = Counter()
    for number, some in enumerate(_batched(groups, SHARD_GROUPS)):
        encoded = [
            group
            for group in encode(tokenizer, some)
            if group and all(len(one.ids) > one.passage_from + 1 for one in group)
        ]
        Arrays.of(encoded).save(folder / f"{number:03}")
        sizes.update(_sizes(encoded))
        print(
            f"shard {number}: {len(encoded)} groups, {time.monotonic() - started:.0f} s", flush=True
        )
    report = {
        "examples": dict(Counter(one.source for one in examples)),
        "sizes": dict(sizes),
        "left_out": dict(left_out),
        "seconds": time.monotonic() - started,
    }
    (folder / "report.json").write_text(json.dumps(report, indent=1))


def _batched(groups: Iterable[Group], size: int) -> Iterator[list[Group]]:
    remaining = iter(groups)
    while some := list(islice(remaining, size)):
        yield some


def _sizes(encoded: Sequence[Sequence[EncodedWindow]]) -> dict[str, int]:
    windows = [one for group in encoded for one in group]
    return {
        "groups": len(encoded),
        "windows": len(windows),
        "unanswering": sum(not one.starts for one in windows),
        "tokens": sum(len(one.ids) for one in windows),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="examples taken, for a trial")
    parser.add_argument("--folder", type=Path, default=DATA)
    arguments = parser.parse_args()
    prepare(arguments.folder, limit=arguments.limit)
