"""What can be set about questions, each with the reason for its default."""

from pydantic import BaseModel, ConfigDict, Field


class RetrievalSettings(BaseModel):
    """How passages are found; the defaults are those of the table in README.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidates: int = Field(default=200, ge=1)
    """Passages taken from each of the two searches before they are fused."""
    dense_weight: float = Field(default=0.25, ge=0, le=1)
    """Share of the dense score in the fused one; the rest is BM25's. From 0.2 to 0.4 are alike."""
    header_weight: float = Field(default=0.5, ge=0)
    """BM25's weight of the title and date against the passage's own words."""
    passages_per_article: int = Field(default=5, ge=1)
    """More of one article crowd out the others."""
    passages_per_question: int = Field(default=10, ge=1)


class SentenceRuleSettings(BaseModel):
    """The rule that picks the sentence which answers; fitted by evals/fit_sentence_rule.py."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passages: int = Field(default=10, ge=1)
    """Passages whose sentences are looked at."""
    sentences: int = Field(default=3, ge=1)
    """Sentences that are embedded, the costly part of a question: 5 ms each. From 3 to 12, no
    figure of the development half differs by more than a question or two in a hundred."""
    weights: tuple[float, ...] = Field(
        default=(
            *(1.646, 0.59, 1.029, 0.778, 0.487, 0.289),
            *(0.717, -0.07, 0.071, 0.274, 0.086, -0.487),
        ),
        min_length=12,
        max_length=12,
    )
    """In the order of qa.sentence_rule.FEATURES."""
    bias: float = -4.593
    threshold: float = Field(default=0.1, ge=0, le=1)
    """Least confidence that is answered where the rule answers in place of the reader: the highest
    at which six of ten refusals on the development half were right."""


class ReaderSettings(BaseModel):
    """How the trained reader reads; weights and bias by evals/fit_reader.py."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    """Whether it reads at all; if not, the sentence rule does."""
    passages: int = Field(default=10, ge=1)
    """Read for an answer. On the development half of newsquiz, five give as many right answers as
    twenty but for one in a hundred."""
    passages_ordered: int = Field(default=20, ge=1)
    """Read for a search, whose order they get."""
    seconds_per_question: float = Field(default=2.0, gt=0)
    """Reading ends after it, with what was found until then."""
    span_weights: tuple[float, ...] = Field(
        default=(0.262, 0.1, -0.13, -0.665, -0.008, 0.55, 0.418, 0.469, 0.387, -0.176),
        min_length=10,
        max_length=10,
    )
    """In the order of qa.features.SPAN_FEATURES."""
    order_weights: tuple[float, ...] = Field(
        default=(0.145, 0.143, 0.08, -0.154, 0.281, 0.902, 0.601, 0.848, 0.801, -0.023),
        min_length=10,
        max_length=10,
    )
    """The same for the order of passages, which leans more on retrieval."""
    highest_reading: float = 3.5
    """What the features of reading come to at most, but for few spans. A passage whose retrieval
    cannot make up for it is not read: of ten, 7.7 are, for one right answer in a hundred less."""
    candidate_weights: tuple[float, ...] = Field(
        default=(0.131, 1.413, 0.476, 0.121, -0.081, 1.455, 0.524, -0.307),
        min_length=8,
        max_length=8,
    )
    """In the order of qa.candidates.CANDIDATE_FEATURES."""
    bias: float = -1.752


class ExtractiveSettings(BaseModel):
    """How an answer is made of what the reader marks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    citations_per_answer: int = Field(default=3, ge=1)
    """Articles that are cited for the same answer."""
    item_share: float = Field(default=0.5, ge=0, le=1)
    """Another thing of a list is told where it is at least this probable beside the first."""
    most_items: int = Field(default=6, ge=1)
    also_share: float = Field(default=0.4, ge=0, le=1)
    """A different answer is told where it is at least this probable beside the first, and…"""
    also_probability: float = Field(default=0.15, ge=0, le=1)
    """…at least this probable by itself."""
    most_also_said: int = Field(default=2, ge=0)


class FollowUpSettings(BaseModel):
    """How earlier turns count, by evals/fit_follow_ups.py."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: int = Field(default=3, ge=1)
    """Earlier turns whose words count in retrieval."""
    weight: float = Field(default=0.5, ge=0, le=1)
    """What each of their words counts beside the question's own, where that leaves a gap."""
    same_subject_weight: float = Field(default=0.2, ge=0, le=1)
    """The same where it leaves nothing unsaid, but names whom they name."""
    preference: float = Field(default=0.2, ge=0, le=1)
    """Added to the score of passages of the articles that the answer before came from."""


class AnsweringSettings(BaseModel):
    """When to answer, and what a question may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(default=0.175, ge=0, le=1)
    """Least confidence that is answered. From 0.125 to 0.2 the F1 of refusing, as a mean of a large
    library and of one article, is within a hundredth of its best (evals/fit_reader.py)."""
    max_question_chars: int = Field(default=10_000, ge=1)


class SessionSettings(BaseModel):
    """What is remembered of conversations, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns_remembered: int = Field(default=10, ge=0)
    """Last turns of a session in whose light a question is understood; all are stored."""
    days_kept: float = Field(default=0, ge=0, le=36_500)
    """Since the last turn, then a session is deleted; 0 keeps it for ever. That is the default
    because an answer cannot be had again once its article was replaced, and takes some 20 kB."""


class CheckSettings(BaseModel):
    """When a sentence of a chat model holds; weights and threshold by evals/citation_check.py."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[float, ...] = Field(
        default=(
            *(5.165, -3.581, -2.337, -3.611, -5.106, -7.082),
            *(-1.09, -3.921, -6.209, -3.689, -3.986, 1.529),
        ),
        min_length=12,
        max_length=12,
    )
    """In the order of qa.checking.signs.FEATURES."""
    bias: float = -2.839
    threshold: float = Field(default=0.53, ge=0, le=1)
    """Least probability at which a sentence is shown: 93 in 100 true ones made by rules pass."""
    threshold_under_orders: float = Field(default=0.8, ge=0, le=1)
    """The same where a retrieved passage gives orders, which the model may be following."""
    usual_cloze: float = 0.28
    """Stands in where there is no reader: the mean of the development part."""


class GenerativeSettings(BaseModel):
    """Prose from a chat model, where one is named; the address and the key are its provider's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = None
    """As provider:name, whatever LangChain's init_chat_model reaches."""
    base_url: str | None = None
    """Another address than the provider's own, such as a server of yours."""
    temperature: float | None = Field(default=0, ge=0, le=2)
    """None leaves it to the provider; some models take none."""
    timeout_seconds: float = Field(default=60, gt=0)
    """For the whole answer, retries too; what has been checked until then is kept."""
    retries: int = Field(default=2, ge=0, le=10)
    """Of faults that may pass, while the model has said nothing yet."""
    passages: int = Field(default=10, ge=1, le=50)
    """Sent with a question."""
    max_sentences: int = Field(default=10, ge=1)
    max_characters: int = Field(default=8_000, ge=100)
    """Of the reply; whatever comes after is not read."""
    least_relevance: float = Field(default=0.2, ge=-1, le=1)
    """Least cosine with the question of a sentence that shares no word with it."""
    show_struck: bool = False
    """Whether sentences that failed the check are given too, with the reason."""
    check: CheckSettings = CheckSettings()


class QaSettings(BaseModel):
    """All settings of this package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retrieval: RetrievalSettings = RetrievalSettings()
    sentence_rule: SentenceRuleSettings = SentenceRuleSettings()
    reader: ReaderSettings = ReaderSettings()
    extractive: ExtractiveSettings = ExtractiveSettings()
    answering: AnsweringSettings = AnsweringSettings()
    generative: GenerativeSettings = GenerativeSettings()
    follow_ups: FollowUpSettings = FollowUpSettings()
