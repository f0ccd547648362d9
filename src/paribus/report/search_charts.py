"""The charts of a search: scores by trial, over each setting, and what to expect of so many trials."""

from collections.abc import Sequence

import numpy as np

from paribus.analysis.search_results import SearchResult, TrialRow
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.factor_charts import PADDING, draw_y
from paribus.report.level_marks import ROOM, Frame, as_score
from paribus.stats import ExpectedBest

TALL, SMALL = 280, 190  # pixels
QUIET = 0.55
FAR = 1.5  # times as far below the middle as the best is above
_COLOUR = {"field": "colour", "type": "nominal", "scale": None}
_OPACITY = {"field": "_opacity", "type": "quantitative", "scale": None}
_CROSS = "\N{MULTIPLICATION SIGN}"


def frame_search(search: SearchResult) -> Frame:
    """One axis of scores for all charts, so that they can be read against each other.

    The better half fills it, for there the best is looked for; what is far below stands at its foot.
    """
    scores = [100 * row.score for row in search.rows if row.score is not None]
    also = [100 * search.confirmed] if search.confirmed is not None else []
    high = max([*scores, *also], default=100.0)
    middle = float(np.median(scores)) if scores else 0.0
    low = max(min(scores, default=0.0), middle - FAR * (high - middle))
    low = min([low, *also])
    room = ROOM * (high - low) or 1.0
    return Frame(max(low - room, 0.0), min(high + room, 100.0))


def describe_rows(search: SearchResult, frame: Frame, colour: str) -> list[Spec]:
    """A row for each trial that has ended; `colour` is that of the arm which has the winner's settings."""
    return [
        _describe(search, place, row, frame, colour)
        for place, row in enumerate(search.rows)
        if row.state != "waiting"
    ]


def _describe(search: SearchResult, place: int, row: TrialRow, frame: Frame, colour: str) -> Spec:
    best = place == search.best
    score = as_score(row.score)
    return {
        "place": place + 1,
        "score": score,
        "colour": colour if best else INK,
        "_shown": frame.low if score is None else max(score, frame.low),
        "_opacity": 1.0 if best else QUIET,
        "_size": 110 if best else 45,
        "_kind": "lost" if score is None else "on" if score >= frame.low else "off",
        "_tip": say_row(search, row),
    }


def say_row(search: SearchResult, row: TrialRow) -> str:
    """What a trial tried, and what came of it."""
    tried = ", ".join(f"{name} {value}" for name, value in row.values.items())
    rung = f", {row.epochs} epochs" if search.method == "halving" else ""
    came = row.state if row.score is None else f"{100 * row.score:.1f} %"
    return f"trial {row.number}{rung}: {came}; {tried}"


def draw_trials(search: SearchResult, frame: Frame, colour: str, title: str) -> Spec:
    """Scores in the trials' order, and the best so far as a step line."""
    rows = describe_rows(search, frame, colour)
    best: list[Spec] = []
    for row in rows:
        if row["score"] is not None and (not best or row["score"] > best[-1]["best"]):
            best.append({"place": row["place"], "best": row["score"]})
    steps = [*best, {"place": len(search.rows), "best": best[-1]["best"]}] if best else []
    x: Spec = {
        "field": "place",
        "type": "quantitative",
        "scale": {"domain": [0.5, max(len(search.rows), 2) + 0.5], "nice": False, "zero": False},
        "axis": {
            "title": "trial, in its order",
            "format": "d",
            **_whole_ticks(1, len(search.rows), 10),
            "grid": False,
        },
    }
    y = {**draw_y(frame, title), "field": "_shown"}
    line = {"type": "line", "interpolate": "step-after", "color": INK, "strokeWidth": 1.2, "opacity": 0.5}
    layer: list[Spec] = [
        {
            "data": {"values": [one for one in steps if one["best"] >= frame.low]},
            "mark": line,
            "encoding": {"x": x, "y": {**y, "field": "best"}},
        },
        *_draw_confirmed(search, frame, y, colour),
        *_draw_points(x, y),
    ]
    return draw_chart(TALL, padding=PADDING, datasets={"rows": rows}, layer=layer)


def _draw_confirmed(search: SearchResult, frame: Frame, y: Spec, colour: str) -> list[Spec]:
    """Where the winner's mean over the study's own seeds lies."""
    mean = as_score(search.confirmed)
    if mean is None or not frame.holds(mean):
        return []
    data = {"data": {"values": [{"_shown": mean}]}}
    rule = {"type": "rule", "color": colour, "strokeDash": [5, 3], "strokeWidth": 1.5}
    text = {"type": "text", "text": "confirmed", "x": 2, "align": "left", "baseline": "bottom", "dy": -3}
    return [
        {**data, "mark": rule, "encoding": {"y": y}},
        {**data, "mark": {**text, "fontSize": 11, "opacity": 0.85}, "encoding": {"y": y}},
    ]


def _draw_points(x: Spec, y: Spec) -> list[Spec]:
    """Scores as dots, those below the axis as triangles at its foot, what diverged as crosses there."""
    at = {"x": x, "y": y, "tooltip": {"field": "_tip"}}
    seen = {**at, "color": _COLOUR, "opacity": _OPACITY}
    triangle = {"type": "point", "shape": "triangle-down", "filled": True, "size": 60}
    cross = {"type": "text", "text": _CROSS, "fontSize": 17, "baseline": "bottom", "dy": -3}
    return [
        {
            "data": {"name": "rows"},
            "transform": [{"filter": "datum._kind == 'on'"}],
            "mark": {"type": "circle"},
            "encoding": {**seen, "size": {"field": "_size", "type": "quantitative", "scale": None}},
        },
        {
            "data": {"name": "rows"},
            "transform": [{"filter": "datum._kind == 'off'"}],
            "mark": triangle,
            "encoding": seen,
        },
        {
            "data": {"name": "rows"},
            "transform": [{"filter": "datum._kind == 'lost'"}],
            "mark": cross,
            "encoding": at,
        },
    ]


def draw_setting(search: SearchResult, name: str, frame: Frame, colour: str, title: str) -> Spec:
    """Scores over one setting: numbers on their own scale, other choices in the study's order."""
    shown = [row for row in search.rows if row.state != "waiting"]
    numbers = [row.numbers[name] for row in shown]
    rows = describe_rows(search, frame, colour)
    y = {**draw_y(frame, title), "field": "_shown"}
    if any(number is None for number in numbers):
        place = search.dimensions.index(name)
        for described, row in zip(rows, shown, strict=True):
            described["value"] = row.values[name]
            described["_choice"] = row.point[place]
        rows = sorted(rows, key=lambda row: row["_choice"])
        axis = {"title": name, "labelAngle": 0, "labelLimit": 120, "labelOverlap": "greedy", "grid": False}
        x: Spec = {"field": "value", "type": "nominal", "sort": None, "axis": axis}
    else:
        for described, number in zip(rows, numbers, strict=True):
            described["value"] = number
        x = _draw_numbers([n for n in numbers if n is not None], name, log=name in search.logs)
    return draw_chart(SMALL, padding=PADDING, datasets={"rows": rows}, layer=_draw_points(x, y))


def _draw_numbers(numbers: Sequence[float], name: str, *, log: bool) -> Spec:
    low, high = min(numbers), max(numbers)
    if log:
        room = (high / low) ** 0.06 if high > low else 1.5
        domain, scale = [low / room, high * room], dict[str, object](type="log")
    else:
        margin = 0.06 * (high - low) or 1.0
        domain, scale = [low - margin, high + margin], dict[str, object](zero=False)
    whole = all(float(number).is_integer() for number in numbers)
    ticks = _whole_ticks(low, high, 4) if whole and not log else {"tickCount": 4}
    axis = {"title": name, **ticks, "format": "~g", "labelOverlap": "greedy", "grid": False}
    return {
        "field": "value",
        "type": "quantitative",
        "scale": {**scale, "domain": domain, "nice": False},
        "axis": axis,
    }


def _whole_ticks(low: float, high: float, most: int) -> Spec:
    """Ticks at whole numbers alone: each of them where they are few."""
    if high - low < most:
        return {"values": list(range(int(low), int(high) + 1))}
    return {"tickMinStep": 1, "tickCount": most}


def draw_expected(expected: Sequence[ExpectedBest], title: str) -> Spec:
    """The expected best of so many trials, with one standard deviation around it."""
    rows = [
        {"trials": one.trials, **{key: as_score(getattr(one, key)) for key in ("mean", "low", "high")}}
        for one in expected
    ]
    low, high = 100 * min(one.low for one in expected), 100 * max(one.high for one in expected)
    room = ROOM * (high - low) or 1.0
    y = draw_y(Frame(max(low - room, 0.0), min(high + room, 100.0)), title)
    x = {
        "field": "trials",
        "type": "quantitative",
        "scale": {"domain": [1, max(len(rows), 2)], "nice": False},
        "axis": {"title": "trials", "format": "d", **_whole_ticks(1, len(rows), 8), "grid": False},
    }
    band = {"type": "area", "color": INK, "opacity": 0.12, "clip": True}
    line = {"type": "line", "color": INK, "strokeWidth": 1.6}
    data = {"name": "rows"}
    layer = [
        {
            "data": data,
            "mark": band,
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {"data": data, "mark": line, "encoding": {"x": x, "y": y}},
    ]
    return draw_chart(SMALL, padding=PADDING, datasets={"rows": rows}, layer=layer)
