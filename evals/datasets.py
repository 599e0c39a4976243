"""The data sets that lie beside the project, read by path; nothing of them is copied into it."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("CUTTINGS_EVAL_DATA", ROOT.parent / "shared"))
WORK = Path(os.environ.get("CUTTINGS_EVAL_WORK", ROOT / "evals" / "work"))


def records(name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a gzipped JSON Lines file; exits with a line where it is missing."""
    path = SHARED / "data" / name
    if not path.is_file():
        raise SystemExit(
            f"no data at {path}; set CUTTINGS_EVAL_DATA to the folder that holds data/"
        )
    with gzip.open(path, "rb") as file:
        yield from map(orjson.loads, file)


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One question of newsquiz. The development half is for tuning, the test half for reporting."""

    id: str
    text: str
    answers: tuple[str, ...]
    answerable: bool
    gold_urls: tuple[str, ...]

    @property
    def is_development(self) -> bool:
        """Whether the question belongs to the half that may be tuned on; by hash of its id."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % 2 == 0


def newsquiz_questions() -> list[QuizQuestion]:
    """Return the 700 questions of newsquiz."""
    return [
        QuizQuestion(
            one["id"],
            one["question"],
            tuple(one["answers"]),
            one["answerable"],
            tuple(one.get("gold_article_urls") or ()),
        )
        for one in records("newsquiz/questions.jsonl.gz")
    ]


def unpacked(name: str) -> Path:
    """Return the path of a data set as plain JSON Lines under the work folder."""
    path = WORK / Path(name).name.removesuffix(".gz")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(b"\n".join(orjson.dumps(one) for one in records(name)))
        part.rename(path)
    return path
