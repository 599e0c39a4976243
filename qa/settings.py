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
    """In the order of qa.reader.FEATURES."""
    bias: float = -4.593


class AnsweringSettings(BaseModel):
    """When to answer, and what a question may be."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(default=0.1, ge=0, le=1)
    """Least confidence that is answered: the highest of evals/fit_sentence_rule.py at which six of
    ten refusals on the development half are right. A wrong answer shows its cutting, a wrong
    refusal hides one."""
    max_question_chars: int = Field(default=10_000, ge=1)


class QaSettings(BaseModel):
    """All settings of this package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    retrieval: RetrievalSettings = RetrievalSettings()
    sentence_rule: SentenceRuleSettings = SentenceRuleSettings()
    answering: AnsweringSettings = AnsweringSettings()
