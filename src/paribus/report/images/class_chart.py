"""Accuracy of classes as lines: a row for each class, the control above, the arm below it."""

from collections.abc import Mapping, Sequence

from paribus.report.charts import Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.images.views import Group
from paribus.report.numerals import as_points

ROW_PIXELS = 30
WIDE = 560  # pixels from which long names have room
NAMES, NARROW_NAMES, RIGHT = 180, 92, 62  # pixels that names may take, and differences
_LETTER, _APART = 8, 20  # pixels of a letter, and between names and intervals


def draw_classes(group: Group, shown: Sequence[int], styles: Mapping[str, ArmStyle]) -> Spec:
    """`shown`: classes by number, from the top."""
    arms = [name for name in (group.first, group.best) if name]
    offsets = dict(zip(arms, (-5, 5) if len(arms) > 1 else (0,), strict=True))
    rows = [
        {"row": row, "offset": offsets[arm], "colour": styles[arm].colour, **_describe(group, arm, number)}
        for row, number in enumerate(shown)
        for arm in arms
        if group.of(arm).scores[number].accuracy is not None
    ]
    names: list[Spec] = [
        {"row": row, "name": group.classes[number], "gain": _gain(group, number)}
        for row, number in enumerate(shown)
    ]
    low = min((row["low"] for row in rows), default=0.0)
    low = max(0.0, low - 0.05 * (100 - low))
    room = min(NAMES, _LETTER * max((len(name["name"]) for name in names), default=0) + _APART)
    y = {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": list(range(len(shown)))}}
    return draw_chart(
        ROW_PIXELS * max(len(shown), 1),
        datasets={"rows": rows, "names": names},
        encoding={"y": y},
        layer=[*_draw_intervals(low, room), *_draw_words(room)],
    )


def _describe(group: Group, arm: str, number: int) -> Spec:
    score = group.of(arm).scores[number]
    shares = {"accuracy": score.accuracy, "low": score.low, "high": score.high}
    percents = {name: round(100 * (share or 0.0), 3) for name, share in shares.items()}
    return {"class": group.classes[number], "arm": arm, "images": score.images, **percents}


def _gain(group: Group, number: int) -> str:
    """The difference from the first arm, in points; a star where its own interval leaves zero out."""
    score = group.of(group.best).scores[number] if group.best else None
    if score is None or score.difference is None:
        return ""
    text = as_points(score.difference)
    apart = score.difference_low is not None and (
        score.difference_low > 0 or (score.difference_high or 0) < 0
    )
    return f"{text}{' *' if apart else ''}"


def _draw_intervals(low: float, room: int) -> list[Spec]:
    start = {"expr": _room(room)}
    x = {
        "type": "quantitative",
        "scale": {"domain": [low, 100], "nice": False, "range": [start, {"expr": f"width - {RIGHT}"}]},
        "axis": {"title": "accuracy, %", "tickCount": 6},
    }
    shared = {
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "tooltip": [{"field": name} for name in ("class", "arm", "accuracy", "low", "high", "images")],
    }
    data, offset = {"name": "rows"}, {"expr": "datum.offset"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeWidth": 2, "yOffset": offset},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, **shared},
        },
        {
            "data": data,
            "mark": {"type": "circle", "size": 50, "opacity": 1, "yOffset": offset},
            "encoding": {"x": {"field": "accuracy", **x}, **shared},
        },
    ]


def _draw_words(room: int) -> list[Spec]:
    text: Spec = {"type": "text", "baseline": "middle"}
    limit = {"expr": f"{_room(room)} - {_APART - 4}"}
    return [
        {
            "data": {"name": "names"},
            "mark": {**text, "align": "left", "x": 0, "limit": limit},
            "encoding": {"text": {"field": "name"}, "tooltip": {"field": "name"}},
        },
        {
            "data": {"name": "names"},
            "mark": {**text, "align": "right", "x": {"expr": "width"}, "opacity": 0.75},
            "encoding": {"text": {"field": "gain"}},
        },
    ]


def _room(wide: int) -> str:
    """Pixels for names, as an expression of numbers alone."""
    return f"(width >= {WIDE} ? {wide} : {min(wide, NARROW_NAMES)})"
