"""One chart as a file of its own: the name's ending says as what. Nothing is fetched."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from textwrap import wrap

import vl_convert

from paribus.errors import ExecutionError
from paribus.report.bundle import read_bundle
from paribus.report.charts import INK, Spec
from paribus.report.figures import Figure
from paribus.report.markup import Html, escape
from paribus.report.passport.styles import read_style
from paribus.report.saving import write_bytes

INK_ON_PAPER = "#1d1f21"
PAPER = "#ffffff"
_WIDTH = 640  # pixels
_LETTERS = 100  # of a line of words
_SCALE = 2.0  # of a PNG: pixels of the file for one of the chart


@dataclass(frozen=True)
class Chart:
    """A chart with its words."""

    title: str
    spec: Spec
    told: str  # what it shows, for who cannot see it
    notes: Sequence[str]  # sentences that stand with it


def refuse_other_charts(path: Path) -> None:
    if path.suffix.lower() not in _KINDS:
        raise ExecutionError(f"--save {path}: expected a name that ends in {', '.join(_KINDS)}")


def write_chart_file(chart: Chart, path: Path) -> None:
    write_bytes(path, _KINDS[path.suffix.lower()](chart))


def _as_svg(chart: Chart) -> bytes:
    svg: str = vl_convert.vegalite_to_svg(_on_paper(chart))
    return svg.encode()


def _as_png(chart: Chart) -> bytes:
    png: bytes = vl_convert.vegalite_to_png(_on_paper(chart), scale=_SCALE)
    return png


def _as_html(chart: Chart) -> bytes:
    page = Template((files("paribus.report") / "chart.html").read_text(encoding="utf-8"))
    script = (files("paribus.report") / "page.js").read_text(encoding="utf-8")
    return page.substitute(
        title=escape(chart.title),
        figure=Figure("chart", chart.spec, chart.told, escape(" ".join(chart.notes))).write(),
        css=Html(read_style()),
        js=Html(script),
        vega=Html(read_bundle()),
    ).encode()


def _on_paper(chart: Chart) -> Spec:
    """Alone, a chart has no page to take its width, its ink and its title from."""
    text = json.dumps(chart.spec).replace(json.dumps(INK), json.dumps(INK_ON_PAPER))
    title = {
        "text": chart.title,
        "subtitle": [line for note in chart.notes for line in wrap(note, _LETTERS)],
        "anchor": "start",
        "color": INK_ON_PAPER,
        "subtitleColor": INK_ON_PAPER,
        "fontWeight": 600,
        "offset": 16,
    }
    spec: Spec = json.loads(text) | {"width": _WIDTH, "title": title, "padding": 16}
    return spec | {"config": spec["config"] | {"background": PAPER}}


_KINDS: dict[str, Callable[[Chart], bytes]] = {".svg": _as_svg, ".png": _as_png, ".html": _as_html}
