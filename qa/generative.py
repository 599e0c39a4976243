"""Prose from a chat model, of which only the sentences that check out are said."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from qa.chat_models import ChatModel
from qa.checking.evidence import Background, Sentence, background_of
from qa.checking.harmless import begs, commands, unsafe_reason
from qa.checking.support import Checker, Verdict
from qa.citing import checked, cite
from qa.domain import Citation, RetrievedPassage, Struck
from qa.errors import ChatModelError
from qa.events import Waiting
from qa.extractive import DECIDED_BY_THE_READER, Draft, ExtractiveAnswerer, Statement
from qa.listening import listened
from qa.prompting import NOT_ANSWERED_WORDS, messages_for
from qa.prose import Prose, Said
from qa.relevance import Relevance
from qa.settings import GenerativeSettings

WITHHELD = "(withheld)"
"""Stands for a struck sentence with a link, markup or an order in it, which nobody should read."""
ORDERING = "the article that it cites gives orders instead of telling"
MOST_CITATIONS = 3
"""Cuttings under one sentence."""
SENTENCES_PER_KEPT = 2
"""A reply of which nothing checks out is read no further than this many times `max_sentences`."""


@dataclass(frozen=True, slots=True)
class GenerativeAnswerer:
    """Writes with a chat model; where nothing of that checks out, the articles' words answer.

    A draft's confidence is the mean probability, over the sentences that are said, that the cited
    passages say them.
    """

    extractive: ExtractiveAnswerer
    model: ChatModel
    checker: Checker
    relevance: Relevance
    settings: GenerativeSettings = field(default_factory=GenerativeSettings)
    name: str = "generative"

    @property
    def passages_read(self) -> int:
        """How many passages an answer is made from."""
        return self.settings.passages

    @property
    def passages_ordered(self) -> int:
        """How many passages `ordered` puts in order."""
        return self.extractive.passages_ordered

    def ordered(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Sequence[RetrievedPassage]:
        """Return the passages, those that answer first."""
        return self.extractive.ordered(question, passages)

    def drafting(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Iterator[Statement | Waiting | Draft]:
        """Yield each sentence once it has been checked, and the draft at the end."""
        reply = _Reply(self, question, passages[: self.passages_read])
        fault = ""
        try:
            with closing(self._listened(question, reply.passages)) as parts:
                for part in parts:
                    if part is None:
                        yield Waiting()
                        continue
                    for said in reply.prose.feed(part):
                        yield from reply.take(said)
                    if reply.is_enough():
                        reply.cut = True
                        break
        except ChatModelError as error:
            fault = str(error)
        for said in reply.prose.finish(broken=bool(fault) or reply.cut):
            yield from reply.take(said)
        yield from self._drafts(question, passages, reply, fault)

    def _listened(
        self, question: str, passages: Sequence[RetrievedPassage]
    ) -> Generator[str | None, None, None]:
        return listened(
            self.model,
            messages_for(question, passages, sentences=self.settings.max_sentences),
            seconds=self.settings.timeout_seconds,
            retries=self.settings.retries,
        )

    def _drafts(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
        reply: "_Reply",
        fault: str,
    ) -> Iterator[Waiting | Draft]:
        struck = tuple(reply.struck) if self.settings.show_struck else ()
        notes = _notes(reply, fault)
        if reply.text:
            cited = {one.retrieved.stored.passage.id for one in reply.citations}
            ordered = sorted(passages, key=lambda one: one.stored.passage.id not in cited)
            confidence = sum(reply.chances) / len(reply.chances)
            known = checked(reply.citations, passages)
            yield Draft(
                *(reply.text, confidence, known, tuple(ordered)),
                notes=notes,
                struck=struck,
                answered=True,
            )
        elif reply.is_silent and not fault and not reply.commanded:
            yield Draft("", 0.0, (), tuple(passages), struck=struck, answered=False)
        else:
            yield from self._fallen_back(question, passages, notes, struck)

    def _fallen_back(
        self,
        question: str,
        passages: Sequence[RetrievedPassage],
        notes: tuple[str, ...],
        struck: tuple[Struck, ...],
    ) -> Iterator[Waiting | Draft]:
        """Yield the extractive draft, which says that it is that."""
        for part in self.extractive.drafting(question, passages):
            if isinstance(part, Draft):
                sure = part.confidence >= self.extractive.threshold
                kept = [one for one in part.notes if sure or one != DECIDED_BY_THE_READER]
                name = self.extractive.name
                yield replace(part, notes=(*kept, *notes), struck=struck, answerer=name)
            elif isinstance(part, Waiting):
                yield part


@dataclass
class _Reply:
    """What a reply comes to, as far as it has been read."""

    answerer: GenerativeAnswerer
    question: str
    passages: Sequence[RetrievedPassage]
    prose: Prose = field(default_factory=Prose)
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    struck: list[Struck] = field(default_factory=list)
    is_silent: bool = False
    """Whether the model said that the passages do not answer."""
    cut: bool = False
    """Whether it went on beyond what is read."""
    commanding: set[str] = field(default_factory=set)
    """Passages that give orders to a model; they are evidence for nothing."""

    def __post_init__(self) -> None:
        self.commanding = {
            one.stored.passage.id
            for one in self.passages
            if commands(one.text) or commands(one.stored.article.title)
        }

    @cached_property
    def checker(self) -> Checker:
        """The check, to which what begs the reader for something is no evidence."""
        return replace(self.answerer.checker, is_evidence=_tells)

    @cached_property
    def background(self) -> Background:
        """What the passages tell of how rare a word is; not before a sentence is there to check."""
        return background_of(self.passages)

    @property
    def commanded(self) -> bool:
        """Whether the model may have been told what to say by an article."""
        return bool(self.commanding)

    def is_enough(self) -> bool:
        """Return whether no more of the reply is to be read."""
        settings = self.answerer.settings
        seen = len(self.chances) + len(self.struck)
        return (
            self.prose.length > settings.max_characters
            or len(self.chances) >= settings.max_sentences
            or seen >= SENTENCES_PER_KEPT * settings.max_sentences
        )

    def take(self, said: Said) -> Iterator[Statement]:
        """Yield the sentence if it may be said; else keep it with the reason."""
        if said.text.strip(" .!\"'").upper() == NOT_ANSWERED_WORDS:
            self.is_silent = True
            return
        if len(self.chances) >= self.answerer.settings.max_sentences:
            return
        verdict = self._verdict(said)
        if not verdict.holds or verdict.evidence is None:
            harmful = unsafe_reason(said.text) or verdict.reason == ORDERING
            shown = WITHHELD if harmful else said.text
            self.struck.append(Struck(shown, verdict.reason, len(self.text)))
            return
        lead = " " if self.text else ""
        start = len(self.text) + len(lead)
        self.text += lead + said.text
        self.chances.append(verdict.probability)
        citations = _cuttings(verdict, len(self.citations) + 1, (start, len(self.text)))
        self.citations += citations
        yield Statement(lead + said.text, tuple(citations))

    def _verdict(self, said: Said) -> Verdict:
        if reason := unsafe_reason(said.text):
            return Verdict(0.0, reason)
        if not said.cited:
            return Verdict(0.0, "it cites no passage")
        cited = [(n, self.passages[n - 1]) for n in said.cited if 0 < n <= len(self.passages)]
        if not cited:
            return Verdict(0.0, "it cites what was not retrieved")
        cited = [one for one in cited if one[1].stored.passage.id not in self.commanding]
        if not cited:
            return Verdict(0.0, ORDERING)
        return self._checked(said, cited)

    def _checked(self, said: Said, cited: Sequence[tuple[int, RetrievedPassage]]) -> Verdict:
        settings = self.answerer.settings.check
        verdict = self.checker.verdict(said.text, cited, self.background)
        if not verdict.holds:
            return verdict
        if self.commanding and verdict.probability < settings.threshold_under_orders:
            return replace(verdict, reason="it is not sure enough beside an article that orders")
        if not self._bears_on(said, verdict):
            return replace(verdict, reason="it does not bear on the question")
        return verdict

    def _bears_on(self, said: Said, verdict: Verdict) -> bool:
        """Return whether a sentence belongs here, be it as more of an article cited before."""
        evidence = verdict.evidence
        if evidence is None:
            return False
        article = evidence.first.retrieved.stored.passage.article_id
        if article in {one.retrieved.stored.passage.article_id for one in self.citations}:
            return True
        return self.answerer.relevance.bears_on(self.question, said.text, evidence.text)


def _tells(sentence: Sentence) -> bool:
    return not begs(sentence.text)


def _cuttings(verdict: Verdict, first: int, answer_span: tuple[int, int]) -> list[Citation]:
    """Return a citation of each run of sentences that support, in the order of their weight."""
    chosen = verdict.evidence.chosen if verdict.evidence else ()
    ordered = sorted(chosen, key=lambda one: (one.number, one.position))
    runs: list[list[Sentence]] = [[ordered[0]]]
    for before, one in pairwise(ordered):
        if before.number == one.number and one.position == before.position + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    runs.sort(key=lambda run: min(chosen.index(one) for one in run))
    return [
        cite(
            number,
            run[0].retrieved,
            (run[0].span[0], run[-1].span[1]),
            answer_span=answer_span,
            score=verdict.probability,
        )
        for number, run in enumerate(runs[:MOST_CITATIONS], first)
    ]


def _notes(reply: _Reply, fault: str) -> tuple[str, ...]:
    """Return what the reader of the answer should know of how it came about."""
    notes = []
    if fault and reply.text:
        notes.append(f"The chat model's reply broke off: {fault}.")
    elif reply.text and reply.cut:
        notes.append("The chat model's reply was long, and was not read to its end.")
    if reply.text and reply.struck:
        count = len(reply.struck)
        notes.append(
            f"{count} {'sentence' if count == 1 else 'sentences'} of the chat model "
            f"{'was' if count == 1 else 'were'} left out: the cited passages do not bear "
            f"{'it' if count == 1 else 'them'} out."
        )
    if not reply.text:
        why = (
            f"The chat model gave no answer: {fault}"
            if fault
            else (
                "Nothing that the chat model wrote is borne out by the passages that it cites"
                if reply.struck
                else "The chat model wrote nothing that answers"
            )
        )
        notes.append(f"{why}. This is what the articles themselves say.")
    return tuple(notes)
