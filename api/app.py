"""The application factory: routes, errors and documentation around an opened library."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import articles, chat, openai_chat, openai_responses, sessions
from api.errors import STATUS_OF, error_response, status_of
from api.guards import BodyGuard, QuestionGate, Refused
from api.openai_reading import Unsupported
from api.schemas import ErrorReply
from api.settings import ApiSettings
from api.streaming import ClientGone
from index.settings import IndexSettings
from qa.assembly import Opened
from qa.conversations import Conversations
from qa.settings import SessionSettings

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply} for status in (400, 404, 408, 409, 413, 422, 503)
}


def create_app(
    opened: Opened,
    index: IndexSettings,
    settings: ApiSettings | None = None,
    *,
    remembering: SessionSettings | None = None,
    on_start: Callable[[], None] | None = None,
) -> FastAPI:
    """Return the application over an opened library; `on_start` runs before the first request."""
    settings = settings or ApiSettings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.gate = QuestionGate(settings)
        if on_start:
            on_start()
        yield
        app.state.conversations.close()
        opened.library.close()  # the last one to close leaves no log of changes behind

    app = FastAPI(
        title="Cuttings",
        version=version("cuttings"),
        lifespan=lifespan,
        responses=ERRORS,
        description="Answers from your own news articles, with the cutting.",
        docs_url=None,
        redoc_url=None,
    )
    app.state.opened, app.state.index, app.state.settings = opened, index, settings
    app.state.conversations = Conversations(index.library, remembering)
    app.include_router(chat.router)
    app.include_router(sessions.router)
    app.include_router(articles.router)
    app.include_router(openai_chat.router)
    app.include_router(openai_responses.router)
    _add_errors(app)
    _add_documentation(app)
    app.add_middleware(BodyGuard, settings=settings)
    return app


def _add_errors(app: FastAPI) -> None:
    def invalid(request: Request, error: Exception) -> Response:
        first = error.errors()[0] if isinstance(error, RequestValidationError) else {}
        message, place = first.get("msg", "not valid"), first.get("loc", ())
        return error_response(422, message, path=request.scope["path"], place=place)

    def known(request: Request, error: Exception) -> Response:
        if isinstance(error, Unsupported):
            return error.response()
        return error_response(status_of(error), str(error), path=request.scope["path"])

    def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        message = str(getattr(error, "detail", error))
        response = error_response(status, message, path=request.scope["path"])
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    def gone(_: Request, __: Exception) -> Response:
        return Response(status_code=499)  # which nobody sees; it is nginx's number for it

    app.add_exception_handler(ClientGone, gone)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Refused, known)
    app.add_exception_handler(Unsupported, known)
    app.add_exception_handler(HTTPException, http)
    for kind in STATUS_OF:
        app.add_exception_handler(kind, known)


def _add_documentation(app: FastAPI) -> None:
    """Serve the OpenAPI page from an installed package, so that it works offline."""
    import fastapi_offline

    folder = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/docs-files", StaticFiles(directory=folder), name="docs-files")

    @app.get("/docs", include_in_schema=False)
    def documentation() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Cuttings",
            swagger_js_url="/docs-files/swagger-ui-bundle.js",
            swagger_css_url="/docs-files/swagger-ui.css",
            swagger_favicon_url="/docs-files/favicon.png",
            swagger_ui_parameters={"tryItOutEnabled": True},
        )

    @app.get("/", include_in_schema=False)
    def front() -> RedirectResponse:
        return RedirectResponse("/docs")
