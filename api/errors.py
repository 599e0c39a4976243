"""Every error as HTTP has it: a status, one clear line, and the shape of its path."""

from collections.abc import Sequence

import orjson
from fastapi.responses import Response

from api.error_shapes import error_at
from api.guards import Refused
from index.errors import IndexingError, InputError, LibraryBusyError
from qa.errors import (
    ConversationsError,
    EmptyLibraryError,
    QuestionError,
    SessionNameError,
    SessionNameTakenError,
    UnknownSessionError,
)

STATUS_OF: dict[type[Exception], int] = {
    QuestionError: 422,
    InputError: 422,
    EmptyLibraryError: 409,
    UnknownSessionError: 404,
    SessionNameTakenError: 409,
    SessionNameError: 422,
    ConversationsError: 503,
    LibraryBusyError: 503,
    IndexingError: 503,
}
"""The first that fits counts."""


def status_of(error: Exception) -> int:
    """Return the status that an error is answered with; 500 where nobody expected it."""
    if isinstance(error, Refused):
        return error.status
    return next((status for kind, status in STATUS_OF.items() if isinstance(error, kind)), 500)


def error_response(
    status: int, message: str, *, path: str = "", place: Sequence[str | int] = ()
) -> Response:
    """Return an error as a response, in the shape that goes with the path."""
    headers = {"Retry-After": "2"} if status == 503 else None
    status, body = error_at(path, status, message, place=place)
    return Response(orjson.dumps(body), status, headers, media_type="application/json")
