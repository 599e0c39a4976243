"""The small set written by hand: free paraphrases of our own example articles, and altered ones.

Articles with an odd number are the development part, the others the test part.
"""

import orjson

from evals.datasets import ROOT
from evals.labelled_sentences import Labelled
from index.domain import Loaded
from index.embedding import CuttingsEmbeddings
from index.library import StoredPassage
from index.loading import Loader, walk
from index.settings import LoadingSettings
from index.splitting import Splitter
from qa.domain import RetrievedPassage

ARTICLES = ROOT / "examples" / "articles"
FILE = ROOT / "evals" / "paraphrases.jsonl"


def paraphrases() -> list[Labelled]:
    """Return the set; each sentence cites the passages of its article, and all were retrieved."""
    retrieved, numbers = _passages()
    rows = map(orjson.loads, FILE.read_bytes().splitlines())
    return [
        Labelled(
            row["said"],
            tuple(n for n, name in enumerate(numbers, 1) if name == row["article"]),
            retrieved,
            row["is_true"],
            row["kind"],
            int(row["article"][:2]) % 2 == 1,
        )
        for row in rows
    ]


def _passages() -> tuple[tuple[RetrievedPassage, ...], list[str]]:
    splitter = Splitter(CuttingsEmbeddings().count_tokens)
    passages: list[RetrievedPassage] = []
    names: list[str] = []
    with Loader(LoadingSettings()) as loader:
        for path in sorted(ARTICLES.glob("[01]*.*")):
            found = [one for file in walk([path]) for one in loader.load(file)]  # type: ignore[arg-type]
            for one in found:
                if isinstance(one, Loaded) and path.suffix != ".jsonl":
                    for passage in splitter.split(one.article):
                        stored = StoredPassage(len(passages), passage, one.article)
                        passages.append(RetrievedPassage(stored, 0.5, 0.5, 0.5))
                        names.append(path.name)
    return tuple(passages), names
