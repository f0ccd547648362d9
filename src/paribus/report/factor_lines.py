"""Two factors as lines: the metric over one, a line for each value of the other, named at its end."""

from collections.abc import Sequence

from paribus.analysis.grids import FactorResult, GridResult
from paribus.analysis.results import ArmResult
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import GRAY
from paribus.report.curve_charts import spread_labels
from paribus.report.curve_frames import Frame as CurveFrame
from paribus.report.factor_charts import PADDING, draw_lost, draw_x, draw_y
from paribus.report.inputs import ReportInput
from paribus.report.level_marks import Frame, as_score, frame_rows, say_lost
from paribus.report.spacing import Spacing, choose_spacing

PIXELS = 280
MOST_LINES = 5
LIMIT = 120  # pixels of a line's name
_DASHES = ([1, 0], [6, 3], [2, 2], [9, 3, 2, 3], [1, 4])
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
_APART = 9  # pixels from line to line, so that intervals stand beside each other


def choose_axes(grid: GridResult) -> tuple[int, int] | None:
    """Which factor goes along x and which makes the lines; None where there are too many, or no numbers."""
    fit = [
        (along, other)
        for along, other in ((0, 1), (1, 0))
        if all(level.number is not None for level in grid.factors[along].levels)
        and len(grid.factors[along].levels) >= 3
        and len(grid.factors[other].levels) <= MOST_LINES
    ]
    return max(fit, key=lambda axes: len(grid.factors[axes[0]].levels), default=None)


def draw_factor_lines(report: ReportInput, grid: GridResult, axes: tuple[int, int], metric: str) -> Spec:
    """Ink alone, told apart by dashes and marks: colours are the arms'. Gray: the control."""
    along, other = (grid.factors[k] for k in axes)
    arms = {arm.name: arm for arm in report.conclusion.arms}
    rows = [_describe(arms[name], along, cell[axes[0]], cell[axes[1]]) for name, cell in grid.cells.items()]
    rows = [row for row in rows if row["mean"] is not None]
    frame = frame_rows(rows)
    spacing = choose_spacing([level.number or 0.0 for level in along.levels])
    lines = len(other.levels)
    for row in rows:
        row["x"] = row["_place"] if spacing == "even" else row["number"]
        row.pop("dots")
    levels = [_describe_level(along, k, frame, spacing) for k in range(len(along.levels))]
    x, y = draw_x(levels, spacing, along.name), draw_y(frame, metric)
    shown = [row for row in rows if frame.holds(row["mean"])]
    layers = [layer for k in range(lines) for layer in _draw_line(k, lines, x, y)]
    return draw_chart(
        PIXELS,
        padding=PADDING | {"right": _room_for(other)},
        datasets={"lines": shown, "labels": _label_ends(shown, other, frame), "rows": levels},
        layer=[*layers, _draw_labels(x, y), *draw_lost(x, y)],
    )


def _room_for(other: FactorResult) -> int:
    """Pixels at the right for the lines' names, beyond what the axis leaves them."""
    longest = max(len(level.label) for level in other.levels)
    return max(PADDING["right"], min(LIMIT, 7 * longest))


def _describe_level(along: FactorResult, place: int, frame: Frame, spacing: Spacing) -> Spec:
    level = along.levels[place]
    x = place if spacing == "even" else level.number
    lost = say_lost(level)
    return {"number": level.number, "x": x, "_floor": frame.low, "lost": lost, "_tip": f"{lost} diverged"}


def _describe(arm: ArmResult, along: FactorResult, place: int, line: int) -> Spec:
    return {
        "_place": place,
        "number": along.levels[place].number,
        "_line": line,
        "mean": as_score(arm.mean),
        "low": as_score(arm.low),
        "high": as_score(arm.high),
        "published": None,
        "dots": [{"value": as_score(score)} for score in arm.scores.values() if score is not None],
        "colour": GRAY if arm.is_control else INK,
        "_tip": f"{arm.name}: {100 * (arm.mean or 0):.1f} %",
    }


def _label_ends(rows: Sequence[Spec], other: FactorResult, frame: Frame) -> list[Spec]:
    """Each line's name beside its last point, moved apart as little as needed."""
    last: dict[int, Spec] = {}
    for row in rows:
        if row["_line"] not in last or row["_place"] > last[row["_line"]]["_place"]:
            last[row["_line"]] = row
    whole = CurveFrame("accuracy", "", 0.0, 1.0, frame.low, frame.high)
    heights = spread_labels([row["mean"] for row in last.values()], whole, PIXELS)
    return [
        {"x": row["x"], "mean": height, "name": other.levels[line].label}
        for (line, row), height in zip(last.items(), heights, strict=True)
    ]


def _draw_line(line: int, lines: int, x: Spec, y: Spec) -> list[Spec]:
    """Line, intervals and means of one value of the other factor."""
    data = {"data": {"name": "lines"}, "transform": [{"filter": f"datum._line == {line}"}]}
    aside = round(_APART * (line - (lines - 1) / 2), 1)
    colour = {"field": "colour", "type": "nominal", "scale": None}
    mark = {"type": "point", "filled": True, "size": 60, "opacity": 1, "shape": _SHAPES[line]}
    dash = {"type": "line", "color": INK, "strokeWidth": 1.2, "opacity": 0.6, "strokeDash": _DASHES[line]}
    return [
        {**data, "mark": {**dash, "xOffset": aside}, "encoding": {"x": x, "y": y}},
        {
            **data,
            "mark": {"type": "rule", "strokeWidth": 1.8, "clip": True, "xOffset": aside},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
        },
        {
            **data,
            "mark": {**mark, "xOffset": aside},
            "encoding": {"x": x, "y": y, "color": colour, "tooltip": {"field": "_tip"}},
        },
    ]


def _draw_labels(x: Spec, y: Spec) -> Spec:
    mark = {"type": "text", "align": "left", "dx": 30, "fontSize": 11, "fontWeight": 600, "limit": LIMIT}
    return {
        "data": {"name": "labels"},
        "mark": mark,
        "encoding": {"x": x, "y": y, "text": {"field": "name"}},
    }
