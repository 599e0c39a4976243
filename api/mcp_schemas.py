"""What the tools of the Model Context Protocol take and give."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas import AlternativeBody, ArticleSummary, CitationBody, PassageBody, StruckBody

After = Annotated[
    str | None, Field(description="Only articles published on or after this day, as 2024-06-14.")
]
Before = Annotated[
    str | None, Field(description="Only articles published on or before this day, as 2024-06-14.")
]
Source = Annotated[str | None, Field(description="Only articles of this outlet; part of its name.")]
Author = Annotated[str | None, Field(description="Only articles by this author; part of the name.")]
ArticleId = Annotated[
    str, Field(description="As citations, passages and lists name it: 24 hexadecimal digits.")
]


class Reply(BaseModel):
    """An answer with its citations, or that these articles do not answer."""

    answer: str
    answered: bool
    confidence: float = Field(description="Estimated chance that the answer is right, 0 to 1.")
    answerer: str
    citations: list[CitationBody]
    also_said: list[AlternativeBody]
    nearest: list[PassageBody] = Field(
        description="Where nothing is answered: the nearest passages, which are not an answer."
    )
    notes: list[str]
    struck: list[StruckBody]


class ArticleText(ArticleSummary):
    """An article, or the part of it that was asked for: text is its [start_char:end_char]."""

    text: str
    start_char: int
    end_char: int
    total_chars: int
