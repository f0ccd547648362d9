"""The metric against what an arm costs: points with intervals, and a step line along the ones none beats."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from paribus.analysis.fronts import find_front
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.factor_charts import PADDING, draw_y
from paribus.report.label_places import Point, place_labels
from paribus.report.level_marks import Frame

PIXELS, NARROWEST = 220, 215  # height; width of the plot on the narrowest page
WIDE_APART = 10.0  # times: from here on a cost has a log axis
ROOM = 0.1  # of the axis at either end
QUIET = 0.4  # opacity of arms that another beats
_COLOUR = {"field": "colour", "type": "nominal", "scale": None}
_OPACITY = {"field": "_opacity", "type": "quantitative", "scale": None}


@dataclass(frozen=True)
class Priced:
    """An arm with its cost; scores in per cent."""

    name: str
    short: str  # by which a chart calls it
    cost: float
    mean: float
    low: float | None
    high: float | None
    tip: str


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float
    scale: str  # linear or log

    def share(self, cost: float) -> float:
        """From 0 at the low end to 1 at the high one."""
        if self.scale == "log":
            return math.log(cost / self.low) / math.log(self.high / self.low)
        return (cost - self.low) / (self.high - self.low)


def list_front(arms: Sequence[Priced]) -> list[Priced]:
    return [arms[k] for k in find_front([(arm.cost, arm.mean) for arm in arms])]


def draw_costs(
    arms: Sequence[Priced], frame: Frame, styles: dict[str, ArmStyle], titles: tuple[str, str], form: str
) -> Spec:
    """`titles` are those of x and y, `form` how x's numbers are written."""
    axis = _choose_axis([arm.cost for arm in arms])
    front = list_front(arms)
    x = {
        "field": "cost",
        "type": "quantitative",
        "scale": {"type": axis.scale, "domain": [axis.low, axis.high], "nice": False}
        | ({} if axis.scale == "log" else {"zero": False}),
        "axis": {"title": titles[0], "format": form, "tickCount": 4, "labelOverlap": "greedy", "grid": False},
    }
    y = draw_y(frame, titles[1])
    shown = [arm for arm in arms if frame.holds(arm.mean)]
    rows = [_describe(arm, styles, on_front=arm in front) for arm in shown]
    steps = [{"cost": arm.cost, "mean": arm.mean} for arm in front if frame.holds(arm.mean)]
    steps += [{"cost": axis.high, "mean": steps[-1]["mean"]}] if steps else []
    off = [
        {"cost": arm.cost, "mean": frame.low, "colour": styles[arm.name].colour, "_tip": arm.tip}
        for arm in arms
        if not frame.holds(arm.mean)
    ]
    labels = _place_names(sorted(shown, key=lambda arm: arm not in front), axis, frame, front)
    return draw_chart(
        PIXELS,
        padding=PADDING,
        datasets={"rows": rows, "front": steps, "off": off, "labels": labels},
        layer=[*_draw_points(x, y), _draw_labels(x, y)],
    )


def _choose_axis(costs: Sequence[float]) -> _Axis:
    low, high = min(costs), max(costs)
    if low > 0 and high > WIDE_APART * low:
        return _Axis(low / (high / low) ** ROOM, high * (high / low) ** ROOM, "log")
    room = ROOM * (high - low)
    return _Axis(low - room, high + room, "linear")


def _describe(arm: Priced, styles: dict[str, ArmStyle], *, on_front: bool) -> Spec:
    return {
        "name": arm.name,
        "cost": arm.cost,
        "mean": arm.mean,
        "low": arm.low,
        "high": arm.high,
        "colour": styles[arm.name].colour,
        "_opacity": 1.0 if on_front else QUIET,
        "_tip": arm.tip,
    }


def _place_names(arms: Sequence[Priced], axis: _Axis, frame: Frame, front: Sequence[Priced]) -> list[Spec]:
    """Names where they fit, those on the front first."""

    def down(score: float) -> float:
        return PIXELS * (frame.high - min(max(score, frame.low), frame.high)) / (frame.high - frame.low)

    points = [
        Point(
            arm.short,
            NARROWEST * axis.share(arm.cost),
            down(arm.mean),
            down(arm.mean if arm.high is None else arm.high),
            down(arm.mean if arm.low is None else arm.low),
        )
        for arm in arms
    ]
    corners = [(NARROWEST * axis.share(arm.cost), down(arm.mean)) for arm in front]
    lines = [
        box
        for (x, y), (x2, y2) in itertools.pairwise([*corners, (NARROWEST, corners[-1][1])])
        for box in ((x, y - 1, x2, y + 1), (x2 - 1, y2, x2 + 1, y))
    ]
    return [
        {
            "cost": arm.cost,
            "mean": arm.mean,
            "name": arm.short,
            "_align": place.align,
            "_dx": place.dx,
            "_dy": round(place.dy, 1),
            "_opacity": 1.0 if arm in front else 0.65,
        }
        for arm, place in zip(arms, place_labels(points, NARROWEST, PIXELS, lines), strict=True)
        if place
    ]


def _draw_points(x: Spec, y: Spec) -> list[Spec]:
    rows, tip = {"name": "rows"}, {"tooltip": {"field": "_tip"}}
    step = {"type": "line", "interpolate": "step-after", "color": INK, "strokeWidth": 1.2, "opacity": 0.55}
    return [
        {"data": {"name": "front"}, "mark": step, "encoding": {"x": x, "y": y}},
        {
            "data": rows,
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "strokeWidth": 2, "clip": True},
            "encoding": {
                "x": x,
                "y": {**y, "field": "low"},
                "y2": {"field": "high"},
                "color": _COLOUR,
                "opacity": _OPACITY,
            },
        },
        {
            "data": rows,
            "mark": {"type": "circle", "size": 70},
            "encoding": {"x": x, "y": y, "color": _COLOUR, "opacity": _OPACITY, **tip},
        },
        {
            "data": {"name": "off"},
            "mark": {"type": "point", "shape": "triangle-down", "filled": True, "size": 70, "opacity": QUIET},
            "encoding": {"x": x, "y": y, "color": _COLOUR, **tip},
        },
    ]


def _draw_labels(x: Spec, y: Spec) -> Spec:
    mark = {
        "type": "text",
        "baseline": "middle",
        "fontSize": 11,
        "align": {"expr": "datum._align"},
        "dx": {"expr": "datum._dx"},
        "dy": {"expr": "datum._dy"},
    }
    return {
        "data": {"name": "labels"},
        "mark": mark,
        "encoding": {"x": x, "y": y, "text": {"field": "name"}, "opacity": _OPACITY},
    }
