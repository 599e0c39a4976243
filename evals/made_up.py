"""News that never happened: articles by a seeded generator, for what needs many and no meaning."""

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import orjson

from index.domain import Article, Passage
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.locking import writing
from index.upkeep import bring_up_to_date
from index.writing import LibraryWriter, Plan, Prepared

EMBEDDED = 300
NOISE = 0.02
PLACES = (
    "Aldmere", "Brackwater", "Corran", "Dunholm", "Eskdale", "Farrow", "Glenmoor", "Hartsea",
    "Invermay", "Jurness", "Kelby", "Lanmouth", "Morvale", "Norwick", "Orrin", "Penhallow",
)  # fmt: skip
FIRST_NAMES = ("Ada", "Bruno", "Clara", "Dmitri", "Elin", "Farid", "Greta", "Hugo", "Ines", "Jonas")
LAST_NAMES = (
    "Abbott", "Bergstrom", "Calder", "Dufour", "Eriksen", "Fenwick", "Garrow", "Hallam", "Iversen",
    "Jardine", "Kovacs", "Lindqvist", "Marlowe", "Nakata", "Okafor", "Petrov",
)  # fmt: skip
OFFICES = ("mayor", "harbour master", "head teacher", "fire chief", "librarian", "surveyor")
THINGS = (
    "bridge", "ferry", "library", "market hall", "school", "lighthouse", "railway", "reservoir",
    "museum", "swimming pool", "town clock", "footpath",
)  # fmt: skip
DEEDS = (
    "opened", "closed", "praised", "inspected", "sold", "repaired", "moved", "painted", "measured",
)  # fmt: skip
REASONS = (
    "after a winter of storms", "before the council met", "because the roof had leaked",
    "for the first time in 40 years", "although nobody had asked", "to save money",
)  # fmt: skip


def sentence(rng: random.Random) -> str:
    """Return one sentence of news."""
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    return (
        f"{name}, {rng.choice(OFFICES)} of {rng.choice(PLACES)}, {rng.choice(DEEDS)} the "
        f"{rng.choice(THINGS)} {rng.choice(REASONS)}."
    )


def articles(count: int, *, seed: int, label: str, long_every: int = 0) -> Iterator[Article]:
    """Yield articles of one sentence, all different; each `long_every`th has 30 and is cut.

    `label` and a number stand in each, as a word of its own that a search finds: `label17`.
    """
    rng = random.Random(f"{seed}{label}")
    for number in range(count):
        sentences = 30 if long_every and number % long_every == 0 else 1
        body = " ".join(sentence(rng) for _ in range(sentences))
        yield Article(text=f"Notice {label}{number}: {body}", title=f"{label} {number}")


def write_files(folder: Path, written: Sequence[Article]) -> Path:
    """Write half of the articles as files and the rest as one collection; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    half = len(written) // 2
    for number, one in enumerate(written[:half]):
        (folder / f"{number:04}.txt").write_text(one.text)
    lines = (orjson.dumps({"title": one.title, "text": one.text}) for one in written[half:])
    (folder / "rest.jsonl").write_bytes(b"\n".join(lines))
    return folder


def stored(folder: Path, written: Iterable[Article], *, indexed: bool) -> Library:
    """Return a library of articles of one passage each; with or without a vector index.

    The first few are embedded by the real model, and the others lie near them, so that ten thousand
    are made in seconds and yet are spread as real ones are.
    """
    library, embeddings = Library(folder), CuttingsEmbeddings()
    every = list(written)
    embedded = embeddings.embed_passages([one.text for one in every[:EMBEDDED]])
    noise = np.random.default_rng(0).normal(0, NOISE, (len(every), embedded.shape[1]))
    rows = embedded[np.arange(len(every)) % len(embedded)] + noise
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    with writing(folder, doing="an evaluation"):
        LibraryWriter(library, embeddings.identity).store(
            Prepared(
                Plan(f"made-up#{one.title}", None, one, "added", True),
                [Passage(one.id, 0, 0, len(one.text))],
                row[None],
            )
            for one, row in zip(every, rows.astype(np.float32), strict=True)
        )
        if indexed:
            bring_up_to_date(library, embeddings.identity, force=True)
    library.close()
    return library
