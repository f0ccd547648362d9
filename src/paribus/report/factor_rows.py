"""The metric over the values of a factor that are no numbers: a value a row."""

from collections.abc import Sequence

from paribus.report.charts import Spec, draw_chart
from paribus.report.colours import GRAY
from paribus.report.factor_charts import Control
from paribus.report.level_marks import Frame
from paribus.report.rows import LINE_PIXELS, NAMES, ROW_PIXELS, WORDS, break_name, wide

_COLOUR = {"field": "colour", "type": "nominal", "scale": None}


def draw_factor_rows(rows: Sequence[Spec], frame: Frame, title: str, control: Control | None = None) -> Spec:
    """Mean, interval and every seed; the name at the left and the figures at the right."""
    data = [_describe(row, frame) for row in rows]
    dots = [
        {"_place": row["_place"], "colour": row["colour"], **dot}
        for row in data
        for dot in row.pop("dots")
        if frame.holds(dot["value"])
    ]
    lines = max(len(row["_name"]) for row in data)
    y = {
        "field": "_place",
        "type": "ordinal",
        "axis": None,
        "scale": {"domain": [row["_place"] for row in data]},
    }
    return draw_chart(
        (ROW_PIXELS + LINE_PIXELS * (lines - 1)) * len(data),
        datasets={"rows": data, "dots": dots},
        encoding={"y": y},
        layer=[_draw_control(control, frame, title), *_draw_scores(lines), *_draw_texts(lines)],
    )


def _describe(row: Spec, frame: Frame) -> Spec:
    mean = row["mean"]
    lost = f"{row['lost']} diverged" if row["lost"] else ""
    interval = "" if row["low"] is None else f"[{row['low']:.1f}, {row['high']:.1f}]"
    off = mean is not None and not frame.holds(mean)
    return {
        **row,
        "_name": break_name(row["label"]),
        "_off": off,
        "_edge": frame.high if off and mean > frame.high else frame.low,
        "_score": "no score" if mean is None else f"{mean:.1f} %",
        "_said": ", ".join(part for part in (interval, lost) if part),
    }


def _draw_x(frame: Frame, title: str) -> Spec:
    return {
        "type": "quantitative",
        "scale": {
            "domain": [frame.low, frame.high],
            "nice": False,
            "zero": False,
            "range": [wide(str(NAMES), "0"), wide(f"width - {WORDS}", "width")],
        },
        "axis": {"title": title, "tickCount": 6},
    }


def _draw_control(control: Control | None, frame: Frame, title: str) -> Spec:
    """The axis, and the control's mean where it is no value of the factor."""
    shown = control is not None and frame.holds(control.mean)
    values = [{"mean": control.mean, "_name": control.name}] if control and shown else []
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": GRAY, "strokeWidth": 1.5},
        "encoding": {
            "x": {"field": "mean", **_draw_x(frame, title)},
            "y": None,
            "tooltip": {"field": "_name"},
        },
    }


def _draw_scores(lines: int) -> list[Spec]:
    under = LINE_PIXELS // 2 * (lines - 1)
    place = wide("0", str(6 + under))
    x = {"type": "quantitative"}
    shown = {"data": {"name": "rows"}, "transform": [{"filter": "datum.mean != null && !datum._off"}]}
    beyond = {"data": {"name": "rows"}, "transform": [{"filter": "datum._off"}]}
    published = {"data": {"name": "rows"}, "transform": [{"filter": "datum.published != null"}]}
    arrow = {"expr": "datum.mean < datum._edge ? 'triangle-left' : 'triangle-right'"}
    hollow = {"type": "point", "shape": "diamond", "filled": False, "size": 75, "strokeWidth": 1.6}
    return [
        {
            **shown,
            "mark": {"type": "rule", "strokeWidth": 2.5, "yOffset": place, "clip": True},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "color": _COLOUR},
        },
        {
            **shown,
            "mark": {"type": "circle", "size": 80, "opacity": 1, "yOffset": place},
            "encoding": {"x": {"field": "mean", **x}, "color": _COLOUR},
        },
        {
            "data": {"name": "dots"},
            "mark": {"type": "circle", "size": 22, "opacity": 0.55, "yOffset": wide("11", str(17 + under))},
            "encoding": {"x": {"field": "value", **x}, "color": _COLOUR, "tooltip": {"field": "_tip"}},
        },
        {
            **beyond,
            "mark": {
                "type": "point",
                "filled": True,
                "size": 90,
                "opacity": 1,
                "yOffset": place,
                "shape": arrow,
            },
            "encoding": {"x": {"field": "_edge", **x}, "color": _COLOUR},
        },
        {
            **published,
            "mark": {**hollow, "opacity": 1, "yOffset": wide("-11", str(under - 5)), "clip": True},
            "encoding": {"x": {"field": "published", **x}, "color": _COLOUR},
        },
    ]


def _draw_texts(lines: int) -> list[Spec]:
    above = LINE_PIXELS // 2 * (lines - 1) - 11
    more = f"{LINE_PIXELS} * (datum._name.length - 1)"
    first = wide(f"-{more} / 2", f"{above} - {more}")
    text: Spec = {"type": "text", "baseline": "middle"}
    right = {"align": wide("'left'", "'right'"), "x": wide(f"width - {WORDS - 20}", "width")}
    marks = {
        "_name": {"align": "left", "fontWeight": 600, "lineHeight": LINE_PIXELS, "yOffset": first, "x": 0},
        "_score": {**right, "fontWeight": 600, "yOffset": wide("-7", str(above))},
        "_said": {**right, "opacity": wide("0.75", "0"), "yOffset": 8, "limit": WORDS - 20},
    }
    return [
        {"data": {"name": "rows"}, "mark": {**text, **mark}, "encoding": {"text": {"field": field}}}
        for field, mark in marks.items()
    ]
