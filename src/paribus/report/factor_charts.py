"""The metric over the numbers of a factor: mean and interval, every seed as a dot."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import GRAY
from paribus.report.level_marks import Frame
from paribus.report.spacing import Spacing

PADDING = {"left": 1, "top": 24, "right": 8, "bottom": 1}  # the y axis has its title above it
ROOM, EVEN_ROOM = 0.12, 0.5  # of the axis at either end; of the distance from value to value
DOTS, HOLLOW = 8, -10  # pixels beside the mean: seeds at its right, the published figure at its left
_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -18, "titleX": 0}
_COLOUR = {"field": "colour", "type": "nominal", "scale": None}


@dataclass(frozen=True)
class Control:
    """The control where it is no value of the factor."""

    mean: float  # per cent
    name: str


def draw_factor(
    rows: Sequence[Spec],
    frame: Frame,
    spacing: Spacing,
    *,
    titles: tuple[str, str],
    height: int,
    control: Control | None = None,
    edge: tuple[int, str] | None = None,
) -> Spec:
    """`titles` are those of x and y; `edge` is the level at the edge of its grid, and what to say of it."""
    x, y = draw_x(rows, spacing, titles[0]), draw_y(frame, titles[1])
    data = [_place_row(row, frame, spacing) for row in rows]
    dots = [
        {"x": row["x"], "colour": row["colour"], **dot}
        for row in data
        for dot in row.pop("dots")
        if frame.holds(dot["value"])
    ]
    layer = [*_draw_control(control, frame, y), _draw_line(x, y), *_draw_scores(x, y), *draw_lost(x, y)]
    layer += _draw_published(data, frame, x, y)
    if edge:
        layer.append(_draw_edge(data[edge[0]], edge[1], x, y))
    return draw_chart(height, padding=PADDING, datasets={"rows": data, "dots": dots}, layer=layer)


def _place_row(row: Spec, frame: Frame, spacing: Spacing) -> Spec:
    off = row["mean"] is not None and not frame.holds(row["mean"])
    return {
        **row,
        "x": row["_place"] if spacing == "even" else row["number"],
        "_off": off,
        "_edge": frame.high if off and row["mean"] > frame.high else frame.low,
        "_floor": frame.low,
        "_said": f"{row['mean']:.1f}" if off else "",
    }


def draw_x(rows: Sequence[Spec], spacing: Spacing, title: str) -> Spec:
    """Ticks where the levels are. What names them in an expression are numbers, never a user's text."""
    numbers = [row["number"] for row in rows]
    even = spacing == "even"
    axis: Spec = {
        "title": title,
        "values": [*range(len(rows))] if even else numbers,
        "labelExpr": f"{json.dumps(numbers)}[datum.value]" if even else "datum.value",
        "labelOverlap": "greedy",
        "grid": False,
    }
    scale: Spec = {"domain": _choose_domain(numbers, spacing), "nice": False}
    scale |= {"type": "log"} if spacing == "log" else {"zero": False}
    return {"field": "x", "type": "quantitative", "scale": scale, "axis": axis}


def _choose_domain(numbers: Sequence[float], spacing: Spacing) -> list[float]:
    """From the lowest to the highest, with room for the marks that stand beside."""
    if spacing == "even":
        return [-EVEN_ROOM, len(numbers) - 1 + EVEN_ROOM]
    low, high = min(numbers), max(numbers)
    if spacing == "log":
        ratio = (high / low) ** ROOM
        return [low / ratio, high * ratio]
    return [low - ROOM * (high - low), high + ROOM * (high - low)]


def draw_y(frame: Frame, title: str) -> Spec:
    scale = {"domain": [frame.low, frame.high], "nice": False, "zero": False}
    axis = {"title": title, "tickCount": 5, **_ABOVE}
    return {"field": "mean", "type": "quantitative", "scale": scale, "axis": axis}


def _draw_control(control: Control | None, frame: Frame, y: Spec) -> list[Spec]:
    if control is None or not frame.holds(control.mean):
        return []
    data = {"data": {"values": [{"mean": control.mean, "name": control.name}]}}
    text = {"type": "text", "align": "right", "baseline": "bottom", "dy": -4, "fill": GRAY, "fontSize": 11}
    return [
        {**data, "mark": {"type": "rule", "color": GRAY, "strokeWidth": 1.5}, "encoding": {"y": y}},
        {**data, "mark": {**text, "x": "width"}, "encoding": {"y": y, "text": {"field": "name"}}},
    ]


def _draw_line(x: Spec, y: Spec) -> Spec:
    return {
        "data": {"name": "rows"},
        "transform": [{"filter": "datum.mean != null && !datum._off"}],
        "mark": {"type": "line", "color": INK, "strokeWidth": 1, "opacity": 0.3},
        "encoding": {"x": x, "y": y},
    }


def _draw_scores(x: Spec, y: Spec) -> list[Spec]:
    """Seeds at the right of the interval, so that neither hides the other."""
    shown = {"data": {"name": "rows"}, "transform": [{"filter": "datum.mean != null && !datum._off"}]}
    beyond = {"data": {"name": "rows"}, "transform": [{"filter": "datum._off"}]}
    low, high = {**y, "field": "low"}, {"field": "high"}
    tip = {"tooltip": {"field": "_tip"}}
    return [
        {
            **shown,
            "mark": {"type": "rule", "strokeWidth": 2.5, "clip": True},
            "encoding": {"x": x, "y": low, "y2": high, "color": _COLOUR},
        },
        {
            **shown,
            "mark": {"type": "circle", "size": 80, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": _COLOUR, **tip},
        },
        {
            "data": {"name": "dots"},
            "mark": {"type": "circle", "size": 20, "opacity": 0.5, "xOffset": DOTS},
            "encoding": {"x": x, "y": {**y, "field": "value"}, "color": _COLOUR, **tip},
        },
        {
            **beyond,
            "mark": {
                "type": "point",
                "filled": True,
                "size": 90,
                "opacity": 1,
                "shape": {"expr": "datum._edge == datum._floor ? 'triangle-down' : 'triangle-up'"},
            },
            "encoding": {"x": x, "y": {**y, "field": "_edge"}, "color": _COLOUR, **tip},
        },
        {
            **beyond,
            "mark": {"type": "text", "dx": 10, "align": "left", "fontSize": 11},
            "encoding": {"x": x, "y": {**y, "field": "_edge"}, "text": {"field": "_said"}},
        },
    ]


def draw_lost(x: Spec, y: Spec) -> list[Spec]:
    """A cross at the foot for runs that diverged, with how many."""
    lost = {"data": {"name": "rows"}, "transform": [{"filter": "datum.lost != ''"}]}
    at = {"x": x, "y": {**y, "field": "_floor"}}
    text = {"type": "text", "fontSize": 10, "baseline": "bottom", "dy": -20, "opacity": 0.8}
    mark = {"type": "text", "text": "\N{MULTIPLICATION SIGN}", "fontSize": 17, "baseline": "bottom", "dy": -3}
    return [
        {**lost, "mark": mark, "encoding": {**at, "tooltip": {"field": "_tip"}}},
        {**lost, "mark": text, "encoding": {**at, "text": {"field": "lost"}}},
    ]


def _draw_published(rows: Sequence[Spec], frame: Frame, x: Spec, y: Spec) -> list[Spec]:
    """Hollow diamonds, with a word at the first."""
    found = [
        {
            "x": row["x"],
            "mean": row["published"],
            "colour": row["colour"],
            "_tip": f"published: {row['published']:g} %",
        }
        for row in rows
        if row["published"] is not None and frame.holds(row["published"])
    ]
    if not found:
        return []
    mark = {
        "type": "point",
        "shape": "diamond",
        "filled": False,
        "size": 75,
        "strokeWidth": 1.6,
        "opacity": 1,
    }
    leftmost = found[0]["x"] == rows[0]["x"]
    aside = {"align": "right", "dx": HOLLOW - 8} if not leftmost else {"align": "left", "dx": 16}
    text = {"type": "text", "text": "published", "fontSize": 10, "opacity": 0.8, **aside}
    return [
        {
            "data": {"values": found},
            "mark": {**mark, "xOffset": HOLLOW},
            "encoding": {"x": x, "y": y, "color": _COLOUR, "tooltip": {"field": "_tip"}},
        },
        {"data": {"values": found[:1]}, "mark": text, "encoding": {"x": x, "y": y}},
    ]


def _draw_edge(row: Spec, said: str, x: Spec, y: Spec) -> Spec:
    """Above the best value, where it is the first or the last of its grid."""
    at = {"x": row["x"], "mean": row["high"] if row["high"] is not None else row["mean"], "_said": said}
    side = {"align": "left", "dx": -6} if row["_place"] == 0 else {"align": "right", "dx": 6}
    mark = {"type": "text", "baseline": "bottom", "dy": -7, "fontSize": 11, "fontWeight": 600, **side}
    return {
        "data": {"values": [at]},
        "mark": mark,
        "encoding": {"x": x, "y": y, "text": {"field": "_said"}},
    }
