"""The chart that carries the verdict: each arm minus the control, with its interval and every seed."""

from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput, pair_differences
from paribus.report.numerals import as_interval, as_points
from paribus.report.rows import LINE_PIXELS, NAMES, ROW_PIXELS, WORDS, break_name, wide
from paribus.report.scale import choose_reach

MOST = 100.0  # points: two shares cannot differ by more


def draw_differences(report: ReportInput, styles: dict[str, ArmStyle]) -> Spec:
    """Each arm minus the control: interval, mean, and every seed as a dot.

    Names and words stand beside the intervals where there is room, and above them on a phone.
    """
    margin = 100 * (report.conclusion.margin or 0.0)
    rows = [_describe_row(report, k, styles) for k in range(len(report.conclusion.contrasts))]
    low, high = _choose_domain(rows, margin)
    for row in rows:
        row["_off"] = row["mean"] is not None and not low <= row["mean"] <= high
        row["_edge"] = high if (row["mean"] or 0) > 0 else low
    dots = [
        {"row": row["row"], "colour": row["colour"], "value": value, "tip": tip}
        for row in rows
        for value, tip in row.pop("dots")
        if low <= value <= high
    ]
    lines = max((len(row["label"]) for row in rows), default=1)
    y = {"field": "row", "type": "ordinal", "axis": None, "scale": {"domain": [row["row"] for row in rows]}}
    return draw_chart(
        (ROW_PIXELS + LINE_PIXELS * (lines - 1)) * len(rows),
        datasets={"rows": rows, "dots": dots},
        encoding={"y": y},
        layer=[*_draw_ground(report, low, high), *_draw_intervals(lines), *_draw_labels(lines)],
    )


def _choose_domain(rows: list[Spec], margin: float) -> tuple[float, float]:
    """From the lowest to the highest figure of the arms that are on the scale, within what is possible."""
    extents = [max((abs(x) for x in _figures_of(row)), default=0.0) for row in rows]
    reach = choose_reach(extents, least=margin)
    shown = [
        x for row, extent in zip(rows, extents, strict=True) if extent <= reach for x in _figures_of(row)
    ]
    low, high = min([*shown, -margin, 0.0]), max([*shown, margin, 0.0])
    room = 0.05 * (high - low) or 1.0
    return max(low - room, -MOST), min(high + room, MOST)


def _figures_of(row: Spec) -> list[float]:
    return [x for x in (row["low"], row["high"], *(value for value, _ in row["dots"])) if x is not None]


def _describe_row(report: ReportInput, number: int, styles: dict[str, ArmStyle]) -> Spec:
    contrast = report.conclusion.contrasts[number]
    arm = report.conclusion.arms[report.number_of(contrast.arm)]
    dots = pair_differences(arm, report.control)
    said = "" if contrast.difference is None else as_points(contrast.difference)
    return {
        "row": number,
        "name": arm.name,
        "label": break_name(arm.name),
        "colour": styles[arm.name].colour,
        "mean": _points(contrast.difference),
        "low": _points(contrast.low),
        "high": _points(contrast.high),
        "word": report.outcome_of(arm.name),
        "said": f"{said} {as_interval(contrast.low, contrast.high)}".strip(),
        "dots": [(_points(d), f"seed {seed}: {as_points(d)}") for seed, d in dots.items()],
    }


def _points(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 4)


def _draw_ground(report: ReportInput, low: float, high: float) -> list[Spec]:
    """Zero, and the band of differences that do not matter."""
    pairs = [contrast.pairs for contrast in report.conclusion.contrasts]
    n = f"{min(pairs)}" if min(pairs) == max(pairs) else f"{min(pairs)} to {max(pairs)}"
    metric = report.conclusion.metric.replace("_", " ")
    x = {
        "field": "zero",
        "type": "quantitative",
        "scale": {
            "domain": [low, high],
            "nice": False,
            "range": [wide(str(NAMES), "0"), wide(f"width - {WORDS}", "width")],
        },
        "axis": {
            "title": f"{metric}, arm minus control, points (n = {n} seeds)",
            "format": "+~r",
            "tickCount": 7,
            "labelExpr": "datum.value == 0 ? '0' : datum.label",
        },
    }
    zero = {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "opacity": 0.6},
        "encoding": {"x": x, "y": None},
    }
    if report.conclusion.margin is None:
        return [zero]
    margin = 100 * report.conclusion.margin
    band = {
        "data": {"values": [{"zero": -margin, "to": margin}]},
        "mark": {"type": "rect", "color": INK, "opacity": 0.07},
        "encoding": {"x": x, "x2": {"field": "to"}, "y": None},
    }
    return [band, zero]


def _draw_intervals(lines: int) -> list[Spec]:
    """`lines` is how many the longest name has: on a phone, names stand above the intervals."""
    under = LINE_PIXELS // 2 * (lines - 1)
    place = wide("0", str(6 + under))
    x = {"type": "quantitative"}
    colour = {"field": "colour", "type": "nominal", "scale": None}
    rows = {"name": "rows"}
    return [
        {
            "data": {"name": "dots"},
            "mark": {"type": "circle", "size": 22, "opacity": 0.55, "yOffset": wide("11", str(17 + under))},
            "encoding": {"x": {"field": "value", **x}, "color": colour, "tooltip": {"field": "tip"}},
        },
        {
            "data": rows,
            "transform": [{"filter": "datum.low != null && !datum._off"}],
            "mark": {"type": "rule", "strokeWidth": 2.5, "yOffset": place, "clip": True},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "color": colour},
        },
        {
            "data": rows,
            "transform": [{"filter": "datum.mean != null && !datum._off"}],
            "mark": {"type": "circle", "size": 80, "opacity": 1, "yOffset": place},
            "encoding": {"x": {"field": "mean", **x}, "color": colour},
        },
        {
            "data": rows,
            "transform": [{"filter": "datum._off"}],
            "mark": {
                "type": "point",
                "filled": True,
                "size": 90,
                "opacity": 1,
                "yOffset": place,
                "shape": {"expr": "datum._edge < 0 ? 'triangle-left' : 'triangle-right'"},
            },
            "encoding": {"x": {"field": "_edge", **x}, "color": colour},
        },
    ]


def _draw_labels(lines: int) -> list[Spec]:
    """The arm's name at the left; at the right the word, with its figures under it."""
    above = LINE_PIXELS // 2 * (lines - 1) - 11
    more = f"{LINE_PIXELS} * (datum.label.length - 1)"
    text: Spec = {"type": "text", "baseline": "middle"}
    first = wide(f"-{more} / 2", f"{above} - {more}")  # a name's first line; the others follow below
    name = {"align": "left", "fontWeight": 600, "lineHeight": LINE_PIXELS, "yOffset": first}
    right = {"align": wide("'left'", "'right'"), "x": wide(f"width - {WORDS - 20}", "width")}
    word = {**right, "fontWeight": 600, "yOffset": wide("-7", str(above)), "limit": WORDS - 20}
    said = {**right, "opacity": wide("0.75", "0"), "yOffset": 8}  # on a phone, only the table has them
    return [
        _write_text({**text, **name, "x": 0}, "label"),
        _write_text({**text, **word}, "word"),
        _write_text({**text, **said}, "said"),
    ]


def _write_text(mark: Spec, field: str) -> Spec:
    return {"data": {"name": "rows"}, "mark": mark, "encoding": {"text": {"field": field}}}
