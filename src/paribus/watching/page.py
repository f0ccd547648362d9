"""The page and the files that it loads: its own styles and script, and the bundle that draws the charts."""

import hashlib
import html
from functools import cache
from importlib.resources import files
from string import Template

from paribus.report.bundle import read_bundle
from paribus.report.shell import STYLES, read_part
from paribus.serving.page import ICON

FILES = {
    "/page.css": "text/css",
    "/page.js": "text/javascript",
    "/vega.js": "text/javascript",
    "/favicon.ico": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def build_page(where: str, token: str, server: str) -> str:
    """`where` is the study's file, as commands name it."""
    return Template(_read("page.html")).substitute(
        where=html.escape(where),
        token=html.escape(token),
        server=html.escape(server),
        css=_name("/page.css"),
        js=_name("/page.js"),
        vega=_name("/vega.js"),
    )


@cache
def read_file(path: str) -> tuple[bytes, str]:
    """(content, media type) of one of FILES; each is read once."""
    match path:
        case "/page.css":
            content = "".join(read_part(name) for name in STYLES) + _read(
                "page.css"
            )  # the live page looks like the report
        case "/vega.js":
            content = read_bundle()
        case "/favicon.ico":
            content = ICON
        case _:
            content = _read("page.js")
    return content.encode(), FILES[path]


def _name(path: str) -> str:
    """With a sum of the content, so that a browser may keep it for ever."""
    return f"{path}?{hashlib.sha256(read_file(path)[0]).hexdigest()[:16]}"


def _read(name: str) -> str:
    return (files("paribus.watching") / name).read_text(encoding="utf-8")
