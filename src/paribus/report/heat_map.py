"""Two factors at once: a cell for each combination, with its mean and the interval."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from paribus.analysis.grids import FactorResult, GridResult
from paribus.analysis.results import ArmResult
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import GRAY
from paribus.report.inputs import ReportInput
from paribus.report.level_marks import as_score
from paribus.report.rows import break_name

HUE = "#0072B2"
FAINTEST, FULLEST = 0.06, 0.55  # so that ink is read on every cell, by day and by night
CELL_PIXELS, GAP_PIXELS, LINE_PIXELS = 44, 2, 12
PAGE_PIXELS = 640  # of all cells of a row together, about
LEAST_ERROR = 0.05  # per cent: fewer errors make no fuller colour
ACROSS_LETTERS, DOWN_LETTERS = 84, 16  # of all the columns' names in one line; of a row's
LEAST = 56  # pixels of a cell's width that its interval needs
_CELLS = {"data": {"name": "cells"}}


def draw_heat_map(report: ReportInput, grid: GridResult) -> Spec:
    """The factor of more values goes down the rows: a page is longer than wide."""
    arms = {arm.name: arm for arm in report.conclusion.arms}
    down = 0 if len(grid.factors[0].levels) > len(grid.factors[1].levels) else 1
    across = 1 - down
    columns = len(grid.factors[across].levels)
    names = {
        across: _name_levels(grid.factors[across], max(5, ACROSS_LETTERS // columns)),
        down: _name_levels(grid.factors[down], DOWN_LETTERS),
    }
    rows = [
        _describe(arms[name], names[across][cell[across]], names[down][cell[down]])
        for name, cell in grid.cells.items()
    ]
    _shade(rows)
    best = max((row for row in rows if row["mean"] is not None), key=lambda row: row["mean"], default=None)
    for row in rows:
        row["_edge"] = "best" if row is best else "control" if row["_control"] else ""
    return draw_chart(
        CELL_PIXELS * len(grid.factors[down].levels),
        datasets={"cells": rows},
        encoding={
            "x": _draw_axis("across", grid.factors[across].name, names[across], PAGE_PIXELS / columns),
            "y": _draw_axis("down", grid.factors[down].name, names[down], CELL_PIXELS),
        },
        layer=[*_draw_cells(), *_draw_figures(columns)],
    )


def _name_levels(factor: FactorResult, letters: int) -> list[str]:
    return ["\n".join(break_name(level.label, letters)) for level in factor.levels]


def _describe(arm: ArmResult, across: str, down: str) -> Spec:
    interval = (
        "" if arm.low is None or arm.high is None else f"{100 * arm.low:.1f}\N{EN DASH}{100 * arm.high:.1f}"
    )
    lost = f"{arm.diverged} of {len(arm.states)} div." if arm.diverged else ""
    return {
        "across": across,
        "down": down,
        "name": arm.name,
        "_control": arm.is_control,
        "mean": as_score(arm.mean),
        "low": as_score(arm.low),
        "high": as_score(arm.high),
        "_figure": "\N{MULTIPLICATION SIGN}" if arm.mean is None and arm.diverged else _say(arm.mean),
        "_interval": lost or interval,
        "_tip": f"{arm.name}: {_say(arm.mean)} {interval} {lost}".strip(),
    }


def _say(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _shade(rows: Sequence[Spec]) -> None:
    """By the logarithm of what is wrong, so that 1 and 2 % differ as 10 and 20 % do."""
    errors = {
        k: math.log(max(100 - row["mean"], LEAST_ERROR))
        for k, row in enumerate(rows)
        if row["mean"] is not None
    }
    worst, best = max(errors.values(), default=0.0), min(errors.values(), default=0.0)
    for k, row in enumerate(rows):
        share = (worst - errors[k]) / (worst - best) if k in errors and worst > best else 1.0
        row["_shade"] = round(FAINTEST + (FULLEST - FAINTEST) * share, 3) if k in errors else 0.0


def _draw_axis(field: str, title: str, labels: Sequence[str], pixels: float) -> Mapping[str, Any]:
    corner = {"titleAngle": 0, "titleAlign": "right", "titleAnchor": "end", "titleX": -8, "titleY": -16}
    padding = 6 + LINE_PIXELS * max(label.count("\n") for label in labels)
    place = {"orient": "top", "labelPadding": padding} if field == "across" else {"orient": "left", **corner}
    return {
        "field": field,
        "type": "ordinal",
        "scale": {"domain": labels, "paddingInner": round(GAP_PIXELS / pixels, 4)},
        "axis": {
            "title": title,
            "labelAngle": 0,
            "labelExpr": "split(datum.label, '\\n')",
            "labelLineHeight": LINE_PIXELS,
            "labelOverlap": "greedy" if field == "across" else False,
            **place,
        },
    }


def _draw_cells() -> list[Spec]:
    colour = {"expr": f"datum._edge == 'control' ? '{GRAY}' : '{INK}'"}
    return [
        {
            **_CELLS,
            "mark": {"type": "rect", "fill": HUE, "tooltip": True},
            "encoding": {"fillOpacity": {"field": "_shade", "type": "quantitative", "scale": None},
                         "tooltip": {"field": "_tip"}},
        },
        {
            **_CELLS,
            "transform": [{"filter": "datum._edge != ''"}],
            "mark": {"type": "rect", "filled": False, "strokeWidth": 2, "stroke": colour},
        },
    ]  # fmt: skip


def _draw_figures(columns: int) -> list[Spec]:
    """The interval only where it fits; the mean in letters as large as its cell allows."""
    cell = f"width / {columns}"
    fits = f"{cell} >= {LEAST}"
    figure = {
        "type": "text",
        "fontWeight": 600,
        "fontSize": {"expr": f"clamp({cell} / 3, 7, 13)"},
        "dy": {"expr": f"{fits} ? -7 : 0"},
    }
    interval = {
        "type": "text",
        "fontSize": {"expr": f"clamp({cell} / 6.5, 8, 10.5)"},
        "dy": 9,
        "opacity": {"expr": f"{fits} ? 0.85 : 0"},
    }
    return [
        {**_CELLS, "mark": figure, "encoding": {"text": {"field": "_figure"}}},
        {**_CELLS, "mark": interval, "encoding": {"text": {"field": "_interval"}}},
    ]
