"""Whether nets are right as often as they say: a diagram, a table, and the same in words."""

from collections.abc import Mapping, Sequence

from paribus.analysis.calibration import CalibrationResult
from paribus.analysis.calibration import Figure as Mean
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.figures import Figure
from paribus.report.images.views import ImagesSection
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_percent, as_points, as_range, count_of
from paribus.report.tables import name_cell, write_table

PIXELS = 340
_SHOWN = 2  # arms of the diagram
_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14, "titleX": 0}


def write_calibration(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    shown = section.calibrations[:_SHOWN]
    figure = Figure(
        "calibration",
        _draw(shown, styles),
        " ".join(_tell(found) for found in shown),
        _caption(section, shown),
    )
    return join(
        *(element("p", *_say(found)) for found in shown),
        figure.write(),
        _write_table(section, styles),
    )


def _say(found: CalibrationResult) -> list[Html]:
    excess, error = found.excess, found.error
    sure = excess.low is None or excess.high is None or excess.low > 0 or excess.high < 0
    if not sure:
        told = f" is as sure as it is right, within what {count_of(len(found.seeds), 'seed')} can tell"
    elif excess.mean > 0:
        told = f" is surer than it is right, by {as_points(excess.mean).lstrip('+')} points on average"
    else:
        told = (
            f" is right more often than it says, by {as_points(-excess.mean).lstrip('+')} points on average"
        )
    told += f". Its expected calibration error is {_in_points(error)} points"
    if found.by_chance > error.mean / 2:
        told += f"; of a net without fault so few images would show {as_percent(found.by_chance)}"
    return [write_name(found.arm), escape(f"{told}.")]


def _in_points(figure: Mean) -> str:
    return f"{as_percent(figure.mean)} {as_range(figure.low, figure.high, 1)}".strip()


def _tell(found: CalibrationResult) -> str:
    dots = "; ".join(
        f"{as_percent(dot.confidence)} % sure, {as_percent(dot.accuracy)} % right" for dot in found.dots
    )
    return f"{found.arm}: {dots}."


def _caption(section: ImagesSection, shown: Sequence[CalibrationResult]) -> str:
    first = shown[0]
    several = len(first.seeds) > 1
    over = (
        "over seeds, or over the images of one where all say the same" if several else "Wilson's, over images"
    )
    images = sorted({dot.images for found in shown for dot in found.dots})
    n = f"{images[0]:,}" if images[0] == images[-1] else f"{images[0]:,} to {images[-1]:,}"
    gray = " Gray: the control." if len(shown) > 1 and first.arm == section.control else ""
    each = f"{n}{' over all seeds' if several else ''}"
    return (
        f"Dots hold as many {section.split} images each, {each}, by how sure the net is of its guess. Lines: "
        f"95 %, {over}. On the diagonal a net is right exactly as often as it says; below it, it is too "
        f"sure.{gray}"
    )


def _draw(shown: Sequence[CalibrationResult], styles: Mapping[str, ArmStyle]) -> Spec:
    rows = [
        {
            "arm": found.arm,
            "colour": styles[found.arm].colour,
            "sure": round(100 * dot.confidence, 2),
            "right": round(100 * dot.accuracy, 2),
            "low": round(100 * dot.low, 2),
            "high": round(100 * dot.high, 2),
            "images": dot.images,
        }
        for found in shown
        for dot in found.dots
    ]
    lowest = 100 * min(min(dot.confidence, dot.low) for found in shown for dot in found.dots)
    least = max(10 * int(lowest // 10), 0)
    domain = {"domain": [least, 100], "nice": False}
    ticks = {"tickCount": 6, "grid": True}
    x = {"type": "quantitative", "scale": domain, "axis": {"title": "how sure, %", **ticks}}
    y = {"type": "quantitative", "scale": domain, "axis": {"title": "how often right, %", **ticks, **_ABOVE}}
    colour = {"field": "colour", "type": "nominal", "scale": None}
    tooltip = [{"field": name} for name in ("arm", "sure", "right", "low", "high", "images")]
    line = [{"sure": least, "right": least}, {"sure": 100, "right": 100}]
    return draw_chart(
        PIXELS,
        padding={"top": 24, "left": 1, "right": 8, "bottom": 1},
        data={"values": rows},
        encoding={"x": {"field": "sure", **x}},
        layer=[
            {
                "data": {"values": line},
                "mark": {
                    "type": "line",
                    "color": INK,
                    "opacity": 0.5,
                    "strokeWidth": 1,
                    "strokeDash": [4, 3],
                },
                "encoding": {"y": {"field": "right", **y}},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 1.5, "opacity": 0.6},
                "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "line", "strokeWidth": 1, "opacity": 0.5},
                "encoding": {"y": {"field": "right", **y}, "color": colour, "detail": {"field": "arm"}},
            },
            {
                "mark": {"type": "circle", "size": 56, "opacity": 1},
                "encoding": {"y": {"field": "right", **y}, "color": colour, "tooltip": tooltip},
            },
        ],
    )


def _write_table(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    titles = {
        "arm": "",
        "calibration error, points": "number",
        "95 %": "",
        "by equal widths": "number",
        "without fault": "number",
        "sure minus right, points": "number",
        "interval": "",
        "log loss, nats": "number",
        "its interval": "",
    }
    rows = [
        element("tr", name_cell(found.arm, styles[found.arm]), *_cells(found))
        for found in section.calibrations
    ]
    images = sorted({found.images for found in section.calibrations})
    n = f"{images[0]:,}" if images[0] == images[-1] else f"{images[0]:,} to {images[-1]:,}"
    caption = (
        f"On {section.split} images, {n} a run; means over seeds, with Student's intervals. The error is the "
        "mean distance of sure and right over images, in bins that hold as many images each; beside it in 15 "
        "bins of equal width, as most papers have it. It is never negative: without fault is what as many "
        "images would show by chance of a net that is right exactly as often as it says. Log loss is the "
        "negative log likelihood of the right class."
    )
    return write_table("calibration", titles, rows, label="Calibration of each arm", caption=caption)


def _cells(found: CalibrationResult) -> list[Html]:
    loss = found.loss
    between = "" if loss.low is None or loss.high is None else f"[{loss.low:.3f}, {loss.high:.3f}]"
    texts = [
        ("number", as_percent(found.error.mean)),
        ("interval", as_range(found.error.low, found.error.high, 1)),
        ("number", as_percent(found.error_by_width.mean)),
        ("number", as_percent(found.by_chance)),
        ("number", as_points(found.excess.mean)),
        ("interval", _signed(found.excess)),
        ("number", f"{loss.mean:.3f}"),
        ("interval", between),
    ]
    return [element("td", text, class_=kind) for kind, text in texts]


def _signed(figure: Mean) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"[{as_points(figure.low)}, {as_points(figure.high)}]"
