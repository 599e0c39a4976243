"""Our own chains of questions over news, asked from end to end."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.datasets import ROOT, WORK
from evals.dialogues import chains, is_development
from evals.libraries import newsquiz_library
from evals.metrics import contains_answer, difference, mean_with_interval
from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import open_answerer
from qa.domain import Answer, RetrievedPassage, Turn
from qa.follow_up import Standalone

Understanding = Callable[[str, Sequence[Turn]], Standalone]
STAND_ALONE = frozenset({"first", "switch", "standalone"})
FOLLOW = frozenset({"pronoun", "definite", "ellipsis", "more", "back"})


@dataclass(frozen=True, slots=True)
class AsGiven:
    """Understands a question as it was understood already."""

    understood: Standalone

    def standalone(self, question: str, turns: Sequence[Turn]) -> Standalone:
        """Return what it was understood as."""
        return self.understood


@dataclass(frozen=True, slots=True)
class Given:
    """What became of one question."""

    kind: str
    unchanged: bool
    rank: int
    """Of the first passage of the right article that holds the answer, from 1; 11 for none."""
    right: bool
    """Whether it was answered, and the answer holds the gold one."""


@dataclass(frozen=True, slots=True)
class Chains:
    """The chains of one half, and the libraries that they are asked of."""

    chains: tuple[dict[str, Any], ...]
    all_chains: Mapping[str, dict[str, Any]]
    newsquiz: QuestionAnswerer
    examples: QuestionAnswerer

    @classmethod
    def opened(cls, *, development: bool = False) -> "Chains":
        """Open both libraries, making what is missing."""
        every = {one["id"]: one for one in chains()}
        half = tuple(one for one in every.values() if is_development(one["id"]) == development)
        return cls(half, every, _answerer(newsquiz_library().folder), _answerer(_examples().folder))

    def of(self, chain: dict[str, Any]) -> QuestionAnswerer:
        """Return the answerer over the articles that a chain is about."""
        return self.newsquiz if chain["source"] == "newsquiz" else self.examples

    def given(self, method: Understanding | None) -> Iterator[Given]:
        """Yield what becomes of each answerable question; None is a person's rewrite."""
        for chain in self.chains:
            answerer = self.of(chain)
            turns: list[Turn] = []
            for turn in chain["turns"]:
                understood = (
                    method(turn["question"], turns) if method else Standalone(turn["standalone"])
                )
                answer = replace(answerer, follow_ups=AsGiven(understood)).answer(turn["question"])
                turns.append(answer.turn)
                if turn["answer"] is not None:
                    about = self.all_chains[turn.get("other", chain["id"])]
                    yield _given(turn, about, understood, answer)


def _given(
    turn: dict[str, Any], about: dict[str, Any], understood: Standalone, answer: Answer
) -> Given:
    gold = [turn["answer"]]
    return Given(
        turn["kind"],
        understood.question == turn["question"],
        next(
            (
                number
                for number, one in enumerate(answer.passages, 1)
                if _is_of(one, about) and contains_answer(one.text, gold)
            ),
            11,
        ),
        answer.answered and contains_answer(answer.text, gold),
    )


def _is_of(passage: RetrievedPassage, chain: dict[str, Any]) -> bool:
    article = passage.stored.article
    if chain["source"] == "newsquiz":
        return article.url == chain["url"]
    return article.title == chain["title"]


def chain_figures(asked: Chains, methods: Mapping[str, Understanding]) -> dict[str, object]:
    """Return for each method what it retrieves and answers, and of the person's gain its share."""
    rows: dict[str, Understanding | None] = {**methods, "a person's rewrite": None}
    given = {name: list(asked.given(method)) for name, method in rows.items()}
    figures: dict[str, object] = {"chains": len(asked.chains)}
    right = {}
    for name, every in given.items():
        follow = [one for one in every if one.kind in FOLLOW]
        stands = [one for one in every if one.kind in STAND_ALONE]
        right[name] = [float(one.right) for one in follow]
        figures[name] = {
            "follow-ups": len(follow),
            "follow-ups, recall@5": mean_with_interval([one.rank <= 5 for one in follow]),
            "follow-ups, right": mean_with_interval([one.right for one in follow]),
            "standing alone, recall@5": mean_with_interval([one.rank <= 5 for one in stands]),
            "standing alone, right": mean_with_interval([one.right for one in stands]),
            "standing alone, left as they are": mean_with_interval(
                [one.unchanged for one in stands]
            ),
            **_by_kind(follow),
        }
    ours, last, person = (right[n] for n in ("Cuttings", "last turn alone", "a person's rewrite"))
    low, high = difference(ours, last)
    figures["gain in right answers over the last turn alone"] = [round(low, 3), round(high, 3)]
    figures["share of the person's gain in right answers"] = round(
        (sum(ours) - sum(last)) / (sum(person) - sum(last)), 3
    )
    return figures


def _by_kind(given: Sequence[Given]) -> dict[str, object]:
    of_kind = defaultdict(list)
    for one in given:
        of_kind[one.kind].append(one.right)
    return {
        f"{kind} (n {len(values)}), right": round(sum(values) / len(values), 3)
        for kind, values in sorted(of_kind.items())
    }


def _answerer(folder: Path) -> QuestionAnswerer:
    return open_answerer(IndexSettings(library=folder), many_questions=True).answerer


def _examples() -> Library:
    folder = WORK / "libraries" / "examples"
    library = Library(folder)
    if not library.exists():
        with writing(folder, doing="an evaluation"):
            Ingest(library, CuttingsEmbeddings(), IndexSettings(library=folder)).add_paths(
                [ROOT / "examples" / "articles"]
            )
    return library
