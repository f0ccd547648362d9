"""Learning rates as charts: what a range test saw, and schedules over the steps of a run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.curve_charts import shorten_names, spread_labels
from paribus.report.curve_frames import PADDING, Frame

RANGE_PIXELS, SCHEDULE_PIXELS = 280, 170
_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14, "titleX": 0}
_ACCENT = "#D55E00"
_APART = 10.0  # times: from here on rates are drawn by decades

Points = Sequence[tuple[float, float]]


def draw_range_test(raw: Sequence[Points], smoothed: Points, top: float, suggested: float | None) -> Spec:
    """Loss by rate: each seed's batches as a haze, the smoothed mean on it, the suggestion upright."""
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"type": "log", "nice": False},
        "axis": {"title": "learning rate", "format": ".0e", "grid": False, "tickCount": 8},
    }
    y = {
        "field": "loss",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": "loss of a batch, nats per image", "tickCount": 5, **_ABOVE},
    }
    haze = {"mark": {"type": "circle", "size": 12, "opacity": 0.3, "color": INK, "clip": True}}
    line = {"mark": {"type": "line", "strokeWidth": 2.2, "color": INK, "clip": True}}
    layer = [
        {"data": {"values": [{"rate": a, "loss": b} for seed in raw for a, b in seed]}, **haze,
         "encoding": {"x": x, "y": y}},
        {"data": {"values": [{"rate": a, "loss": b} for a, b in smoothed]}, **line,
         "encoding": {"x": x, "y": y}},
    ]  # fmt: skip
    if suggested is not None:
        layer += _mark(suggested, top, x, y)
    return draw_chart(RANGE_PIXELS, padding=PADDING, layer=layer)


def _mark(rate: float, top: float, x: Spec, y: Spec) -> list[Spec]:
    at = {"data": {"values": [{"rate": rate, "loss": top, "name": f"{rate:.1e}"}]}}
    rule = {"type": "rule", "color": _ACCENT, "strokeWidth": 1.5}
    text = {"type": "text", "align": "left", "dx": 5, "dy": 6, "fill": _ACCENT, "fontWeight": 600}
    return [
        {**at, "mark": rule, "encoding": {"x": x}},
        {**at, "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "name"}}},
    ]


def draw_schedules(
    lines: Mapping[str, Points],
    styles: Mapping[str, ArmStyle],
    title: str,
    own: Mapping[str, Spec] | None = None,
) -> Spec:
    """Rate by place in training, arms together, named at their ends. `title` is x's.

    `own`: by line, what else its rows hold.
    """
    rates = [rate for points in lines.values() for _, rate in points]
    frame = _frame_rates([max(rate for _, rate in points) for points in lines.values()], rates)
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"nice": False, "zero": True},
        "axis": {"title": title, "grid": False, "tickCount": 6},
    }
    y = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"type": frame.scale, "domain": [frame.low, frame.high], "nice": False},
        "axis": {"title": "learning rate", "tickCount": 4, "format": "~g", **_ABOVE},
    }
    colour = {"field": "colour", "type": "nominal", "scale": None}
    dash = {"field": "dash", "type": "nominal", "scale": None}
    line = {"type": "line", "strokeWidth": 1.8, "strokeJoin": "round", "clip": True}
    text = {"type": "text", "align": "left", "dx": 8, "fontWeight": 600, "limit": 150}
    layer = [
        {"data": {"name": "lines"}, "transform": [{"flatten": ["x", "rate"]}], "mark": line,
         "encoding": {"x": x, "y": y, "detail": {"field": "name"}, "color": colour, "strokeDash": dash}},
        {"data": {"name": "labels"}, "mark": text,
         "encoding": {"x": x, "y": y, "text": {"field": "name"}, "color": colour}},
    ]  # fmt: skip
    datasets = {
        "lines": _add_own(lines, own, _write_lines(lines, styles, frame)),
        "labels": _add_own(lines, own, _label_ends(lines, styles, frame)),
    }
    return draw_chart(SCHEDULE_PIXELS, padding=PADDING, datasets=datasets, layer=layer)


def _add_own(lines: Mapping[str, Points], own: Mapping[str, Spec] | None, rows: list[Spec]) -> list[Spec]:
    return [row | (own or {}).get(name, {}) for name, row in zip(lines, rows, strict=True)]


@dataclass(frozen=True)
class _Rates:
    """The axis of rates."""

    low: float
    high: float
    scale: str  # linear or log

    def place(self, rate: float) -> float:
        """From 0 at the axis' low end to 1 at its high end."""
        if self.scale == "linear":
            return (rate - self.low) / (self.high - self.low)
        return math.log(max(rate, self.low) / self.low) / math.log(self.high / self.low)

    def rate_at(self, place: float) -> float:
        if self.scale == "linear":
            return self.low + place * (self.high - self.low)
        return float(self.low * (self.high / self.low) ** place)


def _frame_rates(peaks: Sequence[float], rates: Sequence[float]) -> _Rates:
    """By decades where arms lie decades apart; down to a hundredth of the lowest peak, and no further."""
    high = 1.05 * max(peaks)
    if max(peaks) < _APART * min(peaks):
        return _Rates(0.0, high, "linear")
    return _Rates(max(min(rates) / 1.3, min(peaks) / 100), 1.3 * max(peaks), "log")


def _write_lines(lines: Mapping[str, Points], styles: Mapping[str, ArmStyle], frame: _Rates) -> list[Spec]:
    return [
        {
            "name": name,
            "colour": styles[name].colour,
            "dash": list(styles[name].dash) or [1, 0],
            "x": [a for a, _ in points],
            "rate": [max(b, frame.low) for _, b in points],
        }
        for name, points in lines.items()
    ]


def _label_ends(lines: Mapping[str, Points], styles: Mapping[str, ArmStyle], frame: _Rates) -> list[Spec]:
    """Names where the lines end, moved apart as little as needed."""
    ends = [frame.place(points[-1][1]) for points in lines.values()]
    whole = Frame("loss", "", 0.0, 1.0, 0.0, 1.0)
    places = spread_labels(ends, whole, SCHEDULE_PIXELS)
    return [
        {"name": shown, "colour": styles[name].colour, "x": points[-1][0], "rate": frame.rate_at(place)}
        for (name, points), shown, place in zip(lines.items(), shorten_names([*lines]), places, strict=True)
    ]
