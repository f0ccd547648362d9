"""The shell of all pages: one head, one style, one policy. Scripts may run only where a page has charts."""

from importlib.resources import files
from string import Template

from paribus.report.bundle import read_bundle
from paribus.report.markup import Html, element, escape, join

STYLES = ("page.css", "figures.css", "passport/passport.css", "images/images.css")
# In their order: what stands below may use what stands above.
SCRIPTS = ("drawing", "smoothing", "curves", "sorting", "tabulating", "saving")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SCRIPTS_ALLOWED = "; script-src 'unsafe-inline' 'unsafe-eval'"  # Vega compiles what a chart computes
WITHOUT_SCRIPTS = ".chart { min-height: 0 } .chart::before { content: attr(aria-label) }"


def write_shell(title: str, body: str, *, charts: bool = False) -> str:
    """A whole page of which nothing is fetched. `body` is made of `Html`."""
    head = element("noscript", element("style", Html(WITHOUT_SCRIPTS))) if charts else Html("")
    return Template(read_part("shell.html")).substitute(
        policy=POLICY + (SCRIPTS_ALLOWED if charts else ""),
        title=escape(title),
        css=Html("".join(read_part(name) for name in STYLES)),
        head=join("\n", head) if charts else "",
        body=body.rstrip(),
        scripts=join("\n", _write_scripts()) if charts else "",
    )


def fill_part(name: str, **parts: str) -> str:
    """A template of this room, filled; what is no `Html` is escaped."""
    return Template(read_part(name)).substitute({key: escape(part) for key, part in parts.items()})


def read_part(name: str) -> str:
    return (files("paribus.report") / name).read_text(encoding="utf-8")


def _write_scripts() -> Html:
    ours = "\n".join(read_part(f"scripts/{name}.js") for name in SCRIPTS)
    return join(
        element("script", Html(f"\n{read_bundle()}\n")),
        "\n",
        element("script", Html(f'\n"use strict";\n\n{ours}')),
    )
