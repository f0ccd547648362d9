"""A page read back: its charts with the words that stand with them, and its tables as rows of text.

So a file holds what the page shows, whichever section wrote it.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from paribus.report.charts import Spec

_VOID = {"br", "circle", "col", "img", "input", "line", "link", "meta", "wbr"}
_HEADINGS = {"h1", "h2", "h3"}


@dataclass
class ShownChart:
    """`title` is the panel's own, else that of the heading above."""

    name: str
    title: str
    spec: Spec
    caption: str = ""


@dataclass(frozen=True)
class ShownTable:
    """Columns that say anything. `numeric` says of each whether it holds figures."""

    name: str
    caption: str
    titles: Sequence[str]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[str]]


@dataclass
class _Table:
    name: str
    described: str = ""
    cells: list[list[tuple[str, str]]] = field(default_factory=list)  # rows of text and class


def read_back(page: str) -> tuple[list[ShownChart], list[ShownTable]]:
    """All charts and all tables of a page, in their order. Names of tables that come again are numbered."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.charts, [*_finish(reader.tables, reader.captions)]


class _Reader(HTMLParser):
    """What is open is a stack of tag and class; text goes to whatever collects it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.charts: list[ShownChart] = []
        self.tables: list[_Table] = []
        self.captions: dict[str, str] = {}  # of tables, by the element's id
        self._open: list[tuple[str, str]] = []
        self._texts: list[tuple[int, list[str]]] = []  # depth at which a text began, and its parts
        self._heading = ""
        self._panel = ""
        self._figure: list[ShownChart] = []
        self._spec = ""  # the name of the chart whose specification follows
        self._id = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attributes}
        class_ = given.get("class", "")
        if tag == "br":
            self.handle_data(" ")
        if tag in _VOID:
            return
        self._open.append((tag, class_))
        if tag == "figure":
            self._figure = []
        elif class_ == "panel":
            self._panel = ""
        elif tag == "table":
            self.tables.append(_Table(class_ or "table", given.get("aria-describedby", "")))
        elif tag == "tr" and self.tables:
            self.tables[-1].cells.append([])
        elif tag == "script":
            self._spec = given.get("data-name", "") if class_ == "spec" else ""
        if _is_collected(tag, class_):
            self._id = given.get("id", "")
            self._texts.append((len(self._open), []))

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not self._open:
            return
        depth = len(self._open)
        _, class_ = self._open.pop()
        if self._texts and self._texts[-1][0] == depth:
            self._take(tag, class_, " ".join("".join(self._texts.pop()[1]).split()))
        if class_ == "panel":
            self._panel = ""

    def handle_data(self, data: str) -> None:
        tag = self._open[-1][0] if self._open else ""
        if tag == "script" and self._spec:
            chart = ShownChart(self._spec, self._panel or self._heading, json.loads(data))
            self.charts.append(chart)
            self._figure.append(chart)
        elif tag not in {"script", "style"} and self._texts:
            self._texts[-1][1].append(data)

    def _take(self, tag: str, class_: str, text: str) -> None:
        """What an element said that has just ended."""
        if tag in _HEADINGS:
            self._heading = text
        elif tag == "figcaption":
            for chart in self._figure:
                chart.caption = text
        elif class_ == "panel-title":
            self._panel = text
        elif class_ == "caption":
            self.captions[self._id] = text
        else:
            self.tables[-1].cells[-1].append((text, class_))


def _is_collected(tag: str, class_: str) -> bool:
    return tag in {*_HEADINGS, "figcaption", "td", "th"} or class_ in {"panel-title", "caption"}


def _finish(tables: Sequence[_Table], captions: dict[str, str]) -> list[ShownTable]:
    met: dict[str, int] = {}
    finished = []
    for table in tables:
        titles, *rows = table.cells
        rows = [row + [("", "")] * (len(titles) - len(row)) for row in rows]
        kept = [k for k, (title, _) in enumerate(titles) if title and any(row[k][0] for row in rows)]
        name = re.sub(r"[^a-z0-9]+", "-", table.name.lower()).strip("-")
        met[name] = met.get(name, 0) + 1
        finished.append(
            ShownTable(
                name if met[name] == 1 else f"{name}-{met[name]}",
                captions.get(table.described, ""),
                [titles[k][0] for k in kept],
                ["number" in titles[k][1].split() for k in kept],
                [[row[k][0] for k in kept] for row in rows],
            )
        )
    return finished
