"""The web application: one page, one question to ask, and what the model is. Answers errors in JSON.

GET /            the page
POST /classify   a picture as the body, of type image/* -> {"classes": [{"name": ..., "probability": ...}]}
GET /model       the model's metadata, and what pictures may be sent
"""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from paribus.errors import DataError
from paribus.serving.classifier import Classifier
from paribus.serving.page import ICON, build_page, content_policy
from paribus.serving.pictures import FORMATS, MOST_PIXELS


def build_app(classifier: Classifier, most_bytes: int = 10_000_000) -> Starlette:
    """The application that asks `classifier`; a picture may have `most_bytes`."""
    page = build_page(classifier, most_bytes)
    page_headers = {"content-security-policy": content_policy(page), "referrer-policy": "no-referrer"}
    limits = {"most_bytes": most_bytes, "most_pixels": MOST_PIXELS, "formats": FORMATS}

    async def show_page(_request: Request) -> Response:
        return _guarded(Response(page, media_type="text/html", headers=page_headers))

    async def show_icon(_request: Request) -> Response:
        return _guarded(Response(ICON, media_type="image/svg+xml"))

    async def show_model(_request: Request) -> Response:
        return _guarded(JSONResponse({**classifier.metadata, "limits": limits}))

    async def classify(request: Request) -> Response:
        # A page of another origin cannot send this type unasked, so no site can use this server in passing.
        if not request.headers.get("content-type", "").lower().startswith("image/"):
            raise HTTPException(415, "send the picture itself as the body, with its type, such as image/jpeg")
        picture = await _read_body(request, most_bytes)
        try:
            found = await run_in_threadpool(classifier.classify, picture)
        except DataError as error:
            raise HTTPException(400, f"this file {error}") from error
        return _guarded(
            JSONResponse({"classes": [{"name": name, "probability": value} for name, value in found]})
        )

    app = Starlette(
        routes=[
            Route("/", show_page),
            Route("/favicon.ico", show_icon),
            Route("/model", show_model),
            Route("/classify", classify, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _tell, Exception: _tell_own_fault},
    )
    app.router.redirect_slashes = False
    return app


async def _read_body(request: Request, most_bytes: int) -> bytes:
    """The body, refused as soon as it is known to be too large: by what it claims, else by what has come."""
    told = f"the picture has more than {most_bytes:,} bytes; send a smaller one"
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and int(claimed) > most_bytes:
        raise HTTPException(413, told)
    body = bytearray()
    try:
        async for chunk in request.stream():
            if len(body) + len(chunk) > most_bytes:
                # Nobody knows how much is still to come, and the server would go on taking it.
                raise HTTPException(413, told, headers={"connection": "close"})
            body += chunk
    except ClientDisconnect as error:
        raise HTTPException(400, "the picture ended too soon") from error
    return bytes(body)


def _tell(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    text = error.detail
    if error.status_code == 404:
        text = "nothing is here; known: /, /classify, /model"
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow")
        text = f"{request.method} is not allowed here; allowed: {allowed}"
    return _guarded(JSONResponse({"error": text}, error.status_code, headers=error.headers))


def _tell_own_fault(_request: Request, _error: Exception) -> Response:
    return _guarded(JSONResponse({"error": "this server failed; its log says why"}, 500))


def _guarded(response: Response) -> Response:
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["cache-control"] = "no-store"
    return response
