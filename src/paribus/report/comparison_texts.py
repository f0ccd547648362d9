"""A comparison of studies as Markdown and as CSV."""

import csv
import io

from paribus.analysis.comparing import ComparisonResult
from paribus.report.comparison import (
    NO_WORD,
    describe_arm,
    list_titles,
    say_caption,
    say_runs,
    say_splits,
    say_title,
)
from paribus.report.markdown import escape_markdown, write_lines

COLUMNS = (
    "study",
    "arm",
    "metric",
    "split",
    "reference",
    "mean",
    "low",
    "high",
    "finished",
    "diverged",
    "runs",
    "difference",
    "difference_low",
    "difference_high",
    "difference_level",
    "pairs",
    "apart",
)


def build_comparison_markdown(result: ComparisonResult) -> str:
    parts = [
        f"# {escape_markdown(say_title(result))}",
        escape_markdown(say_runs(result)),
        *say_splits(result),
    ]
    for table in result.tables:
        rows = [[*list_titles(table)], *([c.study, c.arm.name, *describe_arm(c)] for c in table.arms)]
        parts += [say_caption(table), _write_cells(rows, [*list_titles(table).values()])]
    parts.append(NO_WORD)
    if result.settings:
        settings = [["place", *result.names], *([place, *values] for place, values in result.settings)]
        parts.append(_write_cells(settings, [""] * len(settings[0])))
    return "\n\n".join(parts) + "\n"


def _write_cells(rows: list[list[str]], kinds: list[str]) -> str:
    """A table whose first row is its titles."""
    first, *others = [[escape_markdown(cell) for cell in row] for row in rows]
    return write_lines(first, [bool(kind) for kind in kinds], others)


def build_comparison_csv(result: ComparisonResult) -> str:
    """A row an arm; shares from 0 to 1 in full precision."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in result.tables:
        for compared in table.arms:
            arm = compared.arm
            about = [compared.study, arm.name, table.metric, table.split, compared.is_reference]
            own = [arm.mean, arm.low, arm.high, arm.finished, arm.diverged, len(arm.states)]
            level = table.level if compared.low is not None else None
            paired = [compared.difference, compared.low, compared.high, level, compared.pairs, compared.apart]
            writer.writerow([*about, *own, *paired])
    return out.getvalue()
