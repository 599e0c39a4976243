"""The two shapes of an error: ours, and OpenAI's for what is under /v1."""

from collections.abc import Sequence
from typing import Any

OPENAI_PATH = "/v1"
OPENAI_STATUS = {422: 400, 409: 400}
"""OpenAI's clients know 400 for a wrong request, and try again after 409."""
OPENAI_CODES = {
    404: "unknown_url",
    405: "method_not_supported",
    408: "request_timeout",
    413: "request_too_large",
    503: "overloaded",
}


def error_json(status: int, message: str) -> dict[str, Any]:
    """Return an error in the shape that every error has; half characters become "?"."""
    return {"error": {"status": status, "message": _whole(message)}}


def openai_error_json(
    status: int, message: str, *, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """Return an error in OpenAI's shape; half characters become "?"."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    code = code or OPENAI_CODES.get(status)
    return {"error": {"message": _whole(message), "type": kind, "param": param, "code": code}}


def error_at(
    path: str, status: int, message: str, *, place: Sequence[str | int] = ()
) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an error, as the path that was asked for has them.

    `place` is where in the request it was found, as pydantic says it.
    """
    if not is_openai(path):
        where = ".".join(map(str, place[:6]))[:200]
        return status, error_json(status, f"{where}: {message}" if where else message)
    param = _param(place)
    message = f"{param}: {message}" if param else message
    status = OPENAI_STATUS.get(status, status)
    return status, openai_error_json(status, message, param=param or None)


def is_openai(path: str) -> bool:
    """Return whether a path is one of those that OpenAI's clients know."""
    return path == OPENAI_PATH or path.startswith(f"{OPENAI_PATH}/")


def _param(place: Sequence[str | int]) -> str:
    """Return a place as `messages[0].content`, without the types that pydantic tried."""
    names = [f"[{part}]" if isinstance(part, int) else part for part in place[1:6]]
    named = [one for one in names if one.startswith("[") or (one.isidentifier() and one != "str")]
    return ".".join(named).replace(".[", "[")[:200]


def _whole(message: str) -> str:
    return message.encode("utf-8", "replace").decode()
