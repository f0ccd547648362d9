"""All charts and tables of a page as files of their own, in one folder."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

from paribus.errors import ExecutionError
from paribus.report.chart_files import Chart, write_chart_file
from paribus.report.latex import write_latex_table
from paribus.report.markdown import escape_markdown, write_lines
from paribus.report.numerals import MINUS
from paribus.report.reading_back import ShownTable, read_back
from paribus.report.saving import write_text
from paribus.store import make_folder

FORMATS = ("svg", "png", "pdf")


def parse_formats(text: str) -> tuple[str, ...]:
    """`svg,pdf`: each once, in the order given."""
    formats = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    if unknown := [name for name in formats if name not in FORMATS]:
        raise ExecutionError(
            f"--format {text}: {unknown[0] or 'nothing'!r} is no format of charts; "
            f"expected some of {', '.join(FORMATS)}, joined by commas"
        )
    return formats


def write_figures(page: str, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Each chart in each of the formats, each table as .csv, .md and .tex; in the page's order."""
    make_folder(folder)
    charts, tables = read_back(page)
    written = []
    for shown in charts:
        chart = Chart(shown.title, shown.spec, "", [shown.caption] if shown.caption else [])
        for name in formats:
            written.append(folder / f"{shown.name}.{name}")
            write_chart_file(chart, written[-1])
    for table in tables:
        for ending, make in _TEXTS.items():
            written.append(folder / f"{table.name}{ending}")
            write_text(written[-1], make(table))
    return written


def _as_csv(table: ShownTable) -> str:
    """As shown, but with the minus sign that machines read."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([table.titles, *([cell.replace(MINUS, "-") for cell in row] for row in table.rows)])
    return out.getvalue()


def _as_markdown(table: ShownTable) -> str:
    rows = [[escape_markdown(cell) for cell in row] for row in table.rows]
    lines = write_lines([escape_markdown(title) for title in table.titles], table.numeric, rows)
    return f"{escape_markdown(table.caption)}\n\n{lines}\n".lstrip()


def _as_latex(table: ShownTable) -> str:
    return write_latex_table(table.titles, table.numeric, table.rows, caption=table.caption, label=table.name)


_TEXTS: dict[str, Callable[[ShownTable], str]] = {".csv": _as_csv, ".md": _as_markdown, ".tex": _as_latex}
