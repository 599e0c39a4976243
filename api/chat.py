"""`POST /chat`, `GET /search` and `GET /health`."""

from functools import partial
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from sse_starlette import ServerSentEvent

from api.schemas import ChatReply, ChatRequest, Day, Filters, Health, Name, SearchReply
from api.streaming import event_stream, sent, sent_error, whole_answer, worked
from index.filters import ArticleFilter
from qa.assembly import Opened
from qa.conversations import Conversations
from qa.events import Asked, Cited, Done, Event, Piece, Retrieved
from qa.remembering import Remembering
from qa.serialising import answer_json, citation_json, passage_json

router = APIRouter()
EVENT_STREAM = "text/event-stream"


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


def conversations(request: Request) -> Conversations:
    """Return the conversations that are stored beside the library."""
    found: Conversations = request.app.state.conversations
    return found


OpenedLibrary = Annotated[Opened, Depends(opened)]
StoredConversations = Annotated[Conversations, Depends(conversations)]
QueryFilters = Annotated[ArticleFilter, Depends(filters)]


def article_filter(given: Filters) -> ArticleFilter:
    """Return the filter in a body."""
    return ArticleFilter(**given.model_dump())


@router.post(
    "/chat",
    response_model=ChatReply,
    responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
    tags=["questions"],
)
async def chat(
    body: ChatRequest, request: Request, library: OpenedLibrary, conversations: StoredConversations
) -> Any:
    """Answer a question in the words of the articles, with the cutting, or say that they do not.

    With `Accept: text/event-stream` the answer comes as events: `question`, `passages`, then
    `answer` for each piece of it and `citation` for each cutting, then `done` with what is
    otherwise the whole reply; or `error`.
    """
    where = article_filter(body.filters)
    session = await run_in_threadpool(Remembering, conversations, body.session_id)
    state = request.app.state
    events = worked(
        state.gate, partial(session.events, library.answerer, body.question, where=where)
    )
    if accepts_events(request):
        encode = partial(told, session)
        return await event_stream(request, events, encode, sent_error, state.settings)
    answer = await whole_answer(request, events)
    return answer_json(answer, session_id=session.session_id)


def accepts_events(request: Request) -> bool:
    """Return whether a client asks for server-sent events."""
    accepted = request.headers.get("accept", "").split(",")
    return EVENT_STREAM in {one.partition(";")[0].strip().lower() for one in accepted}


def told(session: Remembering, event: Event) -> tuple[ServerSentEvent, ...]:
    """Return an event as it is sent."""
    match event:
        case Asked(standalone_question):
            known = {"standalone_question": standalone_question, "session_id": session.session_id}
            return (sent("question", known),)
        case Retrieved(passages):
            return (sent("passages", {"passages": [passage_json(one) for one in passages]}),)
        case Piece(text):
            return (sent("answer", {"text": text}),)
        case Cited(citation):
            return (sent("citation", citation_json(citation)),)
        case Done(answer):
            return (sent("done", answer_json(answer, session_id=session.session_id)),)
        case _:
            return ()


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
