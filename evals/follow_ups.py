"""How well follow-up questions are understood, beside the last turn alone and a person's rewrites.

    python -m evals.follow_ups

Retrieval: CANARD's development dialogues over the answers that they quote, MTRAG's tasks over their
reference passages. Retrieval and answers from end to end: our own chains of questions over news,
whose histories hold what the product itself answered. Loss on questions that stand alone: newsquiz
with the turns of two other questions in front. Half of CANARD, of the chains and of newsquiz, by
hash, was tuned on; what is reported is the other half. Nothing was tuned on MTRAG.
"""

import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evals.chains import Chains, chain_figures
from evals.datasets import QuizQuestion, newsquiz_questions
from evals.dialogues import Dialogue, canard, canard_library, mtrag, mtrag_library
from evals.follow_up_plot import draw
from evals.libraries import newsquiz_library
from evals.metrics import contains_answer, difference, mean_with_interval
from evals.processes import command
from evals.recording import record
from index.embedding import CuttingsEmbeddings
from index.library import Library
from index.search_text import normalised
from qa.domain import RetrievedPassage, Turn
from qa.follow_up import FollowUps, Standalone
from qa.neighbours import ExactNeighbours, IndexedNeighbours
from qa.retrieval import Context, Retriever
from qa.settings import FollowUpSettings

Understanding = Callable[[str, Sequence[Turn]], Standalone]
CUTS = (1, 5, 10)
SEED = 17
GOLD_CHARS = 60
"""Of an answer that a passage must hold: the rest may be cut by the next passage's beginning."""


def alone(question: str, turns: Sequence[Turn]) -> Standalone:
    return Standalone(question)


def with_earlier_questions(question: str, turns: Sequence[Turn]) -> Standalone:
    return Standalone(" ".join([*(turn.question for turn in turns), question]))


def with_earlier_words(question: str, turns: Sequence[Turn]) -> Standalone:
    said = " ".join(f"{turn.question} {turn.answer}" for turn in turns[-FollowUpSettings().turns :])
    return Standalone(question, Context(said, FollowUpSettings().weight))


def only_rewritten(question: str, turns: Sequence[Turn]) -> Standalone:
    return replace(FollowUps().standalone(question, turns), context=None)


METHODS: dict[str, Understanding] = {
    "last turn alone": alone,
    "all questions joined": with_earlier_questions,
    "earlier words weighted, not rewritten": with_earlier_words,
    "rewritten, earlier words not weighted": only_rewritten,
    "Cuttings": FollowUps().standalone,
}
PERSON = "a person's rewrite"


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what it should retrieve, as one method understands it."""

    understood: Standalone
    gold: frozenset[str]
    dialogue: str


def cases(dialogue: Dialogue, method: Understanding | None) -> Iterator[Case]:
    """Yield the questions of a dialogue whose gold is known; None is a person's rewrite.

    The history of a question holds what the method made of the questions before.
    """
    turns = list(dialogue.before)
    for asked in dialogue.asked:
        understood = method(asked.question, turns) if method else Standalone(asked.standalone)
        if asked.gold:
            yield Case(understood, asked.gold, dialogue.id)
        cited = (asked.answer,) if asked.answer else ()
        turns.append(Turn(asked.question, asked.answer, understood.question, cited))


def canard_hit(library: Library, case: Case, found: RetrievedPassage) -> bool:
    """Return whether a passage holds the answer, in the dialogue's own article."""
    (answer,) = case.gold
    of_article = case.dialogue in library.places(found.stored.passage.article_id)
    return of_article and _plain(answer)[:GOLD_CHARS] in _plain(found.text)


def mtrag_hit(library: Library, case: Case, found: RetrievedPassage) -> bool:
    """Return whether a passage is of a reference document."""
    return bool(case.gold & set(library.places(found.stored.passage.article_id)))


def _plain(text: str) -> str:
    return " ".join(normalised(text).lower().split())


Hit = Callable[[Library, Case, RetrievedPassage], bool]


def first_hits(
    retriever: Retriever, hit: Hit, dialogues: Sequence[Dialogue], method: Understanding | None
) -> list[int]:
    """Return the rank, from 1, of each question's first hit; 11 where none is among ten."""
    ranks = []
    for dialogue in dialogues:
        for case in cases(dialogue, method):
            understood = case.understood
            found = retriever.retrieve(
                understood.question, limit=max(CUTS), context=understood.context
            )
            places = enumerate(found, 1)
            ranks.append(next((n for n, one in places if hit(retriever.library, case, one)), 11))
    return ranks


def recalls(ranks: Sequence[int]) -> dict[str, dict[str, object]]:
    """Return the share of questions with a hit within each cut, with its interval."""
    return {f"recall@{k}": mean_with_interval([float(rank <= k) for rank in ranks]) for k in CUTS}


def retrieval_figures(
    library: Library, hit: Hit, dialogues: Sequence[Dialogue], *, rewritten: bool
) -> dict[str, object]:
    """Return the recalls of each method, and what of the person's gain is reached."""
    embeddings = CuttingsEmbeddings()
    retriever = Retriever(library, embeddings, ExactNeighbours(library))
    methods: dict[str, Understanding | None] = {**METHODS}
    if rewritten:
        methods[PERSON] = None
    ranks = {name: first_hits(retriever, hit, dialogues, one) for name, one in methods.items()}
    figures: dict[str, object] = {name: recalls(one) for name, one in ranks.items()}
    figures["questions"] = len(ranks["Cuttings"])
    for k in CUTS:
        hits = {name: [float(rank <= k) for rank in one] for name, one in ranks.items()}
        low, high = difference(hits["Cuttings"], hits["last turn alone"])
        figures[f"gain@{k} over the last turn alone"] = [round(low, 3), round(high, 3)]
        if rewritten:
            gain = sum(hits["Cuttings"]) - sum(hits["last turn alone"])
            by_person = sum(hits[PERSON]) - sum(hits["last turn alone"])
            figures[f"share of the person's gain@{k}"] = round(gain / by_person, 3)
            both = [a for a, b in zip(hits["Cuttings"], hits[PERSON], strict=True) if b]
            figures[f"found where the person's rewrite finds it@{k}"] = round(
                sum(both) / len(both), 3
            )
    return figures


def standing_alone() -> dict[str, object]:
    """Return newsquiz's recalls without a history and with an unrelated one, on the test half."""
    library = newsquiz_library()
    retriever = Retriever(library, CuttingsEmbeddings(), IndexedNeighbours(library))
    questions = [one for one in newsquiz_questions() if one.answerable]
    turns = {one.id: _turn(retriever, one) for one in questions}
    generator, follow_ups = random.Random(SEED), FollowUps()
    before, after, changed = [], [], 0
    for one in questions:
        others = generator.sample([other for other in questions if other is not one], 2)
        if one.is_development:
            continue
        understood = follow_ups.standalone(one.text, [turns[other.id] for other in others])
        changed += understood != Standalone(one.text)
        before.append(_quiz_rank(retriever, one, Standalone(one.text)))
        after.append(_quiz_rank(retriever, one, understood))
    return {
        "questions": len(before),
        "taken for a follow-up": changed,
        "no history": recalls(before),
        "unrelated history": recalls(after),
    }


def _turn(retriever: Retriever, one: QuizQuestion) -> Turn:
    (first,) = retriever.retrieve(one.text, limit=1)
    ids = (first.stored.passage.article_id,)
    return Turn(one.text, one.answers[0], one.text, (first.text[:300],), ids)


def _quiz_rank(retriever: Retriever, one: QuizQuestion, understood: Standalone) -> int:
    found = retriever.retrieve(understood.question, limit=max(CUTS), context=understood.context)
    return next(
        (
            number
            for number, passage in enumerate(found, 1)
            if passage.stored.article.url in one.gold_urls
            and contains_answer(passage.text, one.answers)
        ),
        11,
    )


def main() -> None:
    reported = [one for one in canard() if not one.is_development]
    tasks = [one for one in mtrag() if one.before and one.asked[0].gold]
    figures = {
        "CANARD": retrieval_figures(canard_library(canard()), canard_hit, reported, rewritten=True),
        "MTRAG": retrieval_figures(mtrag_library(), mtrag_hit, tasks, rewritten=False),
        "newsquiz, standing alone": standing_alone(),
        "own chains": chain_figures(
            Chains.opened(),
            {name: METHODS[name] for name in METHODS if name != "all questions joined"},
        ),
    }
    draw(figures)
    record("follow_ups", command("follow_ups"), figures, n=len(reported), seed=SEED)


if __name__ == "__main__":
    sys.exit(main())
