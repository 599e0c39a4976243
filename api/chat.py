"""`POST /chat`, `GET /search` and `GET /health`."""

import uuid
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.schemas import ChatReply, ChatRequest, Day, Filters, Health, Name, SearchReply
from index.filters import ArticleFilter
from qa.assembly import Opened
from qa.serialising import answer_json, passage_json

router = APIRouter()


def opened(request: Request) -> Opened:
    """Return the library that the application was made with."""
    found: Opened = request.app.state.opened
    return found


def filters(
    published_after: Day | None = None,
    published_before: Day | None = None,
    source: Name | None = None,
    author: Name | None = None,
    article_id: Name | None = None,
) -> ArticleFilter:
    """Return the filter in a query string."""
    return ArticleFilter(
        published_after=published_after,
        published_before=published_before,
        source=source,
        author=author,
        article_id=article_id,
    )


OpenedLibrary = Annotated[Opened, Depends(opened)]
QueryFilters = Annotated[ArticleFilter, Depends(filters)]


def article_filter(given: Filters) -> ArticleFilter:
    """Return the filter in a body."""
    return ArticleFilter(**given.model_dump())


@router.post("/chat", response_model=ChatReply, tags=["questions"])
async def chat(body: ChatRequest, request: Request, library: OpenedLibrary) -> dict[str, Any]:
    """Answer a question in the words of the articles, with the cutting, or say that they do not."""
    where = article_filter(body.filters)
    async with request.app.state.gate:
        answer = await run_in_threadpool(library.answerer.answer, body.question, where=where)
    return answer_json(answer, session_id=body.session_id or str(uuid.uuid4()))


@router.get("/search", response_model=SearchReply, tags=["questions"])
async def search(
    request: Request,
    library: OpenedLibrary,
    where: QueryFilters,
    q: Annotated[str, Query(examples=["Campbell"], description="Words or a question.")],
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, Any]:
    """Return the nearest passages, without an answer."""
    async with request.app.state.gate:
        found = await run_in_threadpool(library.answerer.passages, q, where=where, limit=limit)
    return {"query": q, "passages": [passage_json(one) for one in found]}


@router.get("/health", response_model=Health, tags=["service"])
def health(library: OpenedLibrary) -> dict[str, Any]:
    """Say that the service is up and how much it knows."""
    there = library.library.exists()
    return {
        "status": "ok",
        "articles": library.library.count_articles() if there else 0,
        "passages": library.library.count_passages() if there else 0,
        "version": version("cuttings"),
    }
