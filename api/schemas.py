"""The HTTP shapes."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from index.domain import Article

Day = Annotated[str, StringConstraints(max_length=10)]
Name = Annotated[str, StringConstraints(max_length=300)]


class Filters(BaseModel):
    """Which articles a question is put to; all that are set must hold."""

    model_config = ConfigDict(extra="forbid")

    published_after: Day | None = Field(None, description="A day such as 2024-06-14, inclusive.")
    published_before: Day | None = Field(None, description="A day such as 2024-06-14, inclusive.")
    source: Name | None = Field(None, description="Outlet, or part of its name.")
    author: Name | None = Field(None, description="Author, or part of the name.")
    article_id: Name | None = None


class ChatRequest(BaseModel):
    """A question, and where it may be answered from."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Who spoke with Campbell?"}]},
    )

    question: str
    session_id: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        None, description="Goes on with a session; without one, a new session is begun."
    )
    filters: Filters = Filters()


class PassageBody(BaseModel):
    """A passage, quoted to the character: text is article.text[start_char:end_char]."""

    article_id: str
    passage_id: str
    title: str
    source: str | None
    author: str | None
    url: str | None
    published_at: str | None
    page: int | None
    text: str
    start_char: int
    end_char: int
    score: float


class CitationBody(BaseModel):
    """A cutting: cited_text is article.text[start_char:end_char], in Unicode code points."""

    id: int
    article_id: str
    passage_id: str
    title: str
    source: str | None
    author: str | None
    url: str | None
    published_at: str | None
    page: int | None
    cited_text: str
    start_char: int
    end_char: int
    answer_start: int
    answer_end: int
    score: float


class AlternativeBody(BaseModel):
    """A different answer of other passages; its citation's answer offsets are of this answer."""

    answer: str
    confidence: float
    citation: CitationBody


class StruckBody(BaseModel):
    """A sentence of a chat model that failed the check, and where it would have stood."""

    text: str
    reason: str
    position: int


class ChatReply(BaseModel):
    """The answer with its cuttings, or that these articles do not answer."""

    answer: str
    answered: bool
    confidence: float
    standalone_question: str
    session_id: str | None
    answerer: str
    citations: list[CitationBody]
    also_said: list[AlternativeBody]
    passages: list[PassageBody]
    notes: list[str]
    struck: list[StruckBody]


class SearchReply(BaseModel):
    """Passages, best first."""

    query: str
    passages: list[PassageBody]


class ArticleSummary(BaseModel):
    """An article without its text."""

    id: str
    title: str
    source: str | None
    author: str | None
    url: str | None
    published_at: str | None
    modified_at: str | None


def article_facts(article_id: str, article: Article) -> dict[str, Any]:
    """Return the fields of ArticleSummary."""
    names = [name for name in ArticleSummary.model_fields if name != "id"]
    return {"id": article_id, **{name: getattr(article, name) for name in names}}


class ArticleBody(ArticleSummary):
    """An article as it was extracted."""

    text: str
    places: list[str]
    superseded_by: str | None


class ArticleList(BaseModel):
    """A page of articles, newest first."""

    total: int
    articles: list[ArticleSummary]


class AddRequest(BaseModel):
    """Articles as records; fields are recognised as they are in files."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "articles": [
                        {
                            "title": "Bridge reopens",
                            "source": "The Harbour Post",
                            "published_at": "2024-06-14",
                            "text": "The harbour bridge reopened on Friday, mayor Ana Duarte said.",
                        }
                    ]
                }
            ]
        },
    )

    articles: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=1000)]


class SkippedBody(BaseModel):
    """An article that was not taken, and why."""

    place: str
    reason: str


class AddReply(BaseModel):
    """What became of the articles that were sent."""

    added: int
    replaced: int
    unchanged: int
    duplicates: int
    skipped: list[SkippedBody]
    article_ids: list[str]


class Health(BaseModel):
    """Whether questions can be answered."""

    status: str
    articles: int
    passages: int
    version: str


class SessionRequest(BaseModel):
    """A new session."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(None, description="Unlike any other session's, whatever the case.")


class SessionName(BaseModel):
    """What a session is to be called."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Harbour budget"}]}
    )

    name: Name


class SessionSummary(BaseModel):
    """A conversation without what was said; times are UTC."""

    id: str
    name: str | None
    created_at: str
    last_turn_at: str
    turn_count: int
    last_question: str | None


class SessionList(BaseModel):
    """A page of sessions, the one with the latest turn first."""

    total: int
    sessions: list[SessionSummary]


class TurnBody(BaseModel):
    """A question and its answer as it was given, whatever has become of its articles."""

    number: int
    question: str
    asked_at: str
    filters: dict[str, Any]
    answer: dict[str, Any] = Field(description="In the shape of the reply of POST /chat.")


class SessionBody(SessionSummary):
    """A conversation, oldest turn first."""

    turns: list[TurnBody]


class ErrorDetail(BaseModel):
    """One clear line about what was wrong."""

    status: int
    message: str


class ErrorReply(BaseModel):
    """The shape of every error."""

    error: ErrorDetail
