"""Learning rates as charts: what a range test saw, and schedules over the steps of a run."""

from collections.abc import Mapping, Sequence

from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.curve_frames import PADDING

RANGE_PIXELS, SCHEDULE_PIXELS = 280, 170
_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14, "titleX": 0}
_ACCENT = "#D55E00"

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
    lines: Mapping[str, Points], styles: Mapping[str, ArmStyle], title: str, *, dots: bool = False
) -> Spec:
    """Rate by place in training, arms together. `title` is x's; `dots`: known at these places only."""
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"nice": False, "zero": True},
        "axis": {"title": title, "grid": False, "tickCount": 6},
    }
    y = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": {"title": "learning rate", "tickCount": 4, "format": "~g", **_ABOVE},
    }
    rows = [
        {
            "name": name,
            "colour": styles[name].colour,
            "dash": list(styles[name].dash) or [1, 0],
            "x": [a for a, _ in points],
            "rate": [b for _, b in points],
        }
        for name, points in lines.items()
    ]
    mark: Spec = {"type": "line", "strokeWidth": 1.8, "strokeJoin": "round"}
    if dots:
        mark |= {"point": {"size": 26, "filled": True}}
    encoding = {
        "x": x,
        "y": y,
        "detail": {"field": "name"},
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "strokeDash": {"field": "dash", "type": "nominal", "scale": None},
        "tooltip": {"field": "name"},
    }
    layer = [{"transform": [{"flatten": ["x", "rate"]}], "mark": mark, "encoding": encoding}]
    return draw_chart(SCHEDULE_PIXELS, padding=PADDING, data={"values": rows}, layer=layer)
