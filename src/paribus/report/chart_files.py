"""One chart as a file of its own: the name's ending says as what. Nothing is fetched."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import vl_convert

from paribus.errors import ExecutionError
from paribus.report.charts import INK, Spec
from paribus.report.figures import Figure
from paribus.report.markup import escape
from paribus.report.saving import write_bytes
from paribus.report.shell import fill_part, write_shell

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


def _as_pdf(chart: Chart) -> bytes:
    pdf: bytes = vl_convert.vegalite_to_pdf(_on_paper(chart))
    return pdf


def _as_html(chart: Chart) -> bytes:
    figure = Figure("chart", chart.spec, chart.told, escape(" ".join(chart.notes))).write()
    body = fill_part("chart.html", title=chart.title, figure=figure)
    return write_shell(chart.title, body, charts=True).encode()


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


_KINDS: dict[str, Callable[[Chart], bytes]] = {
    ".svg": _as_svg,
    ".png": _as_png,
    ".pdf": _as_pdf,
    ".html": _as_html,
}
