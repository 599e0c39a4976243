"""What a question comes to: turns, retrieved passages, citations and answers."""

from dataclasses import dataclass

from index.library import StoredPassage


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str
    """What was said; the articles' silence counts as "" here."""
    standalone_question: str = ""
    """The question as it was understood; "" where it was taken as it stood."""
    cited_texts: tuple[str, ...] = ()
    """The cuttings under the answer, in their order."""
    cited_article_ids: tuple[str, ...] = ()
    """The articles that they are from."""

    @property
    def understood(self) -> str:
        """The question as it was answered."""
        return self.standalone_question or self.question


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """A passage with what spoke for it. `score` is in [0, 1], higher is better."""

    stored: StoredPassage
    score: float
    cosine: float
    """Similarity of question and passage, in [-1, 1]."""
    word_share: float
    """Share of the question's words, weighted by rarity, that the passage holds; in [0, 1]."""

    @property
    def text(self) -> str:
        """The passage's text, to the character."""
        return self.stored.text


@dataclass(frozen=True, slots=True)
class Citation:
    """A cutting: `article.text[start_char:end_char] == cited_text`, end exclusive.

    `answer_start` and `answer_end` say which part of the answer it supports.
    """

    id: int
    retrieved: RetrievedPassage
    start_char: int
    end_char: int
    answer_start: int
    answer_end: int
    score: float

    @property
    def cited_text(self) -> str:
        """The cited characters of the article."""
        return self.retrieved.stored.article.text[self.start_char : self.end_char]

    def __str__(self) -> str:
        """Return the cutting for reading: number, outlet, title, date, and the quotation."""
        from qa.terminal import cutting_in_words

        return cutting_in_words(self)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A different answer that the articles give too; its citation's offsets are of this text."""

    text: str
    confidence: float
    citation: Citation


@dataclass(frozen=True, slots=True)
class Struck:
    """A sentence of a chat model that did not stand up to the check, and why."""

    text: str
    reason: str
    position: int
    """Where in the answer's text it would have stood."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply. Where `answered` is false, `text` says so and `citations` is empty."""

    text: str
    answered: bool
    confidence: float
    """Estimated chance, in [0, 1], that the answer is right."""
    question: str
    standalone_question: str
    answerer: str
    citations: tuple[Citation, ...] = ()
    passages: tuple[RetrievedPassage, ...] = ()
    """The nearest passages, best first, also when nothing is cited."""
    also_said: tuple[Alternative, ...] = ()
    """Different answers that are nearly as probable; empty where `answered` is false."""
    notes: tuple[str, ...] = ()
    """What the reader of the answer should know, such as a filter that left nothing."""
    struck: tuple[Struck, ...] = ()
    """Sentences that a chat model wrote and that are not part of the answer."""

    @property
    def turn(self) -> Turn:
        """The exchange, as a later question of the same conversation needs it."""
        return Turn(
            self.question,
            self.text if self.answered else "",
            self.standalone_question,
            tuple(one.cited_text for one in self.citations),
            tuple(one.retrieved.stored.passage.article_id for one in self.citations),
        )

    def __str__(self) -> str:
        """Return the answer for reading, with its cuttings or with the nearest passages."""
        from qa.terminal import answer_in_words

        return answer_in_words(self)
