"""`/sessions`: list, begin, read, rename, delete and export conversations."""

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from api.chat import StoredConversations
from api.schemas import SessionBody, SessionList, SessionName, SessionRequest, SessionSummary
from qa.markdown import exported

router = APIRouter(prefix="/sessions", tags=["sessions"])


@router.get("", response_model=SessionList)
def list_sessions(
    conversations: StoredConversations,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """List the sessions, the one with the latest turn first."""
    found = conversations.sessions(limit=limit, offset=offset)
    return {"total": conversations.count(), "sessions": [asdict(one) for one in found]}


@router.post("", response_model=SessionSummary, status_code=201)
def begin_session(
    conversations: StoredConversations, body: SessionRequest | None = None
) -> dict[str, Any]:
    """Begin a session, with a name or without."""
    return asdict(conversations.create(body.name if body else None))


@router.get("/{session_id}", response_model=SessionBody)
def read_session(
    session_id: str,
    conversations: StoredConversations,
    last: Annotated[int | None, Query(ge=1, le=1_000_000, description="Only the last.")] = None,
) -> dict[str, Any]:
    """Return a session with its turns, each with its answer as it was given."""
    session = conversations.session(session_id)
    turns = conversations.turns(session_id, last=last or -1)
    return {**asdict(session), "turns": [asdict(one) for one in turns]}


@router.patch("/{session_id}", response_model=SessionSummary)
def rename_session(
    session_id: str, body: SessionName, conversations: StoredConversations
) -> dict[str, Any]:
    """Give a session a name, or another one."""
    return asdict(conversations.rename(session_id, body.name))


@router.delete("/{session_id}", status_code=204)
def delete_session(session_id: str, conversations: StoredConversations) -> None:
    """Delete a session and all that was said."""
    conversations.delete(session_id)


@router.get(
    "/{session_id}/export",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def export_session(session_id: str, conversations: StoredConversations) -> Response:
    """Return a session as Markdown, with the cuttings as footnotes."""
    session = conversations.session(session_id)
    text = exported(session, conversations.turns(session_id))
    name = quote(f"{session.name or session.id}.md", safe="")
    return Response(
        text,
        media_type="text/markdown",
        headers={
            "Content-Disposition": f"attachment; filename*=utf-8''{name}",
            "X-Content-Type-Options": "nosniff",
        },
    )
