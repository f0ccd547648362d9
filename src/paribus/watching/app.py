"""The web application of `paribus watch`: one page, one stream of events, one thing to ask for.

GET /         the page
GET /events   server-sent events: how the study stands, from now on
POST /stop    asks the commands at work on the study to stop, as Ctrl-C does -> {"asked": how many}
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from paribus.errors import ParibusError, StoreError
from paribus.store import LEDGER_FILE, ask_to_stop, open_ledger
from paribus.watching.board import Board, write_message
from paribus.watching.guard import Guard
from paribus.watching.page import FILES, POLICY, build_page, read_file

MOST_FOLLOWERS = 256


@dataclass(frozen=True)
class Watched:
    """Which study the page shows, and what it is called on the command line."""

    store: Path
    name: str
    where: str  # its file
    token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    server: str = field(default_factory=lambda: secrets.token_urlsafe(6))  # tells it from the one before


def build_app(watched: Watched, board: Board, host: str) -> ASGIApp:
    """The application, listening on `host`; whoever serves it lets the board be told."""
    page = build_page(watched.where, watched.token, watched.server)
    board.post([("server", write_message("server", {"name": watched.server}))])  # a page of another reloads

    async def show_page(_request: Request) -> Response:
        headers = {"content-security-policy": POLICY, "referrer-policy": "no-referrer"}
        return _guarded(Response(page, media_type="text/html", headers=headers))

    async def show_file(request: Request) -> Response:
        content, kind = await run_in_threadpool(read_file, request.url.path)
        response = _guarded(Response(content, media_type=kind))
        if request.url.query:  # the page asks with the content's sum
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response

    async def stream(request: Request) -> Response:
        if request.method == "HEAD":
            return _guarded(Response(media_type="text/event-stream"))
        if board.followers >= MOST_FOLLOWERS:
            raise HTTPException(503, f"{MOST_FOLLOWERS} pages are open already; close some")
        return _guarded(StreamingResponse(board.follow(), media_type="text/event-stream"))

    async def stop(_request: Request) -> Response:
        asked = await run_in_threadpool(_ask_to_stop, watched)
        if not asked:
            raise HTTPException(409, "nothing is running that could be stopped")
        return _guarded(JSONResponse({"asked": asked}, 202))

    app = Starlette(
        routes=[
            Route("/", show_page),
            Route("/events", stream),
            Route("/stop", stop, methods=["POST"]),
            *(Route(path, show_file) for path in FILES),
        ],
        exception_handlers={HTTPException: _tell, ParibusError: _tell_trouble, Exception: _tell_own_fault},
    )
    app.router.redirect_slashes = False
    return Guard(app, host, watched.token, frozenset(FILES))


def _ask_to_stop(watched: Watched) -> int:
    if not (watched.store / LEDGER_FILE).exists():
        return 0
    with open_ledger(watched.store, create=False) as ledger:
        return ask_to_stop(ledger, watched.name)


def _tell(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _guarded(JSONResponse({"error": error.detail}, error.status_code, headers=error.headers))


def _tell_trouble(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreError)
    return _guarded(JSONResponse({"error": str(error)}, 503))


def _tell_own_fault(_request: Request, _error: Exception) -> Response:
    return _guarded(JSONResponse({"error": "this server failed; its log says why"}, 500))


def _guarded(response: Response) -> Response:
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["cache-control"] = "no-store"
    return response
