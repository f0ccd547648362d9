"""What averaging the seeds of an arm gives: a table, and how it grows with the members."""

from collections.abc import Sequence

from paribus.analysis.ensembles import FEWEST_IMAGES, EnsembleResult
from paribus.report.charts import Spec, draw_chart
from paribus.report.colours import ArmStyle
from paribus.report.curve_frames import PADDING
from paribus.report.figures import Figure
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, join
from paribus.report.numerals import as_interval, as_percent, as_points
from paribus.report.tables import name_cell, write_table

PIXELS = 220
TITLE = "What averaging the seeds would give"
_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14, "titleX": 0}


def write_ensembles(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """The section with its title; nothing where no arm has two finished runs."""
    if not report.ensembles:
        return Html("")
    told = [result for result in report.ensembles if result.together is not None]
    content = (
        join(_write_table(report, told, styles), _write_growth(report, told, styles))
        if told
        else element("p", say_why_not(report.ensembles))
    )
    heading = element("h2", TITLE, id="ensembles-title")
    return element("section", heading, content, aria_labelledby="ensembles-title")


def say_why_not(results: Sequence[EnsembleResult]) -> str:
    """Why nothing can be told, and what would change that."""
    most = max(result.images for result in results)
    return (
        "The seeds of an arm can be averaged only on images that all of them judged. Each seed drew "
        f"validation images of its own, and {most or 'none'} of them {'is' if most == 1 else 'are'} common "
        f"to the runs of an arm; {FEWEST_IMAGES} are the least. The test set, once opened, is judged by all; "
        'so are validation images that are held, with a randomise that leaves out "split".'
    )


def say_caption(report: ReportInput) -> str:
    first = next(result for result in report.ensembles if result.together is not None)
    metric = report.conclusion.metric.replace("_", " ")
    sure = " Interval: 95 %, over images, for these very members." if first.low is not None else ""
    left = len(report.ensembles) - sum(result.together is not None for result in report.ensembles)
    missing = f" Of {left} more arms no images were judged by all seeds." if left else ""
    return (
        f"{metric.capitalize()} on {first.split} images that all runs of an arm judged: of one run, on "
        f"average, and of the mean of all their probabilities.{sure}{missing}"
    )


def _write_table(report: ReportInput, results: Sequence[EnsembleResult], styles: dict[str, ArmStyle]) -> Html:
    titles = {
        "arm": "",
        "members": "number",
        "images": "number",
        "one alone, %": "number",
        "together, %": "number",
        "gain, points": "number",
        "interval": "",
    }
    rows = [
        element("tr", name_cell(result.arm, styles[result.arm]), *_cells(describe_ensemble(result)))
        for result in results
    ]
    return write_table("ensembles", titles, rows, label="Ensembles", caption=say_caption(report))


def describe_ensemble(result: EnsembleResult) -> list[str]:
    """Members, images, one alone, together, gain, interval."""
    return [
        str(len(result.seeds)),
        f"{result.images:,}",
        as_percent(result.alone, 2),
        as_percent(result.together, 2),
        as_points(result.gain),
        as_interval(result.low, result.high),
    ]


def _cells(texts: Sequence[str]) -> list[Html]:
    kinds = ["number"] * (len(texts) - 1) + ["interval"]
    return [element("td", text, class_=kind) for text, kind in zip(texts, kinds, strict=True)]


def _write_growth(
    report: ReportInput, results: Sequence[EnsembleResult], styles: dict[str, ArmStyle]
) -> Html:
    told = "; ".join(
        f"{result.arm}: " + ", ".join(f"{as_percent(score)} % of {size}" for size, score in _growth(result))
        for result in results
    )
    metric = report.conclusion.metric.replace("_", " ")
    caption = f"{metric.capitalize()} by members, the mean over groups of that size. Gray: the control."
    return Figure("ensembles", _draw_growth(metric, results, styles), told, caption).write()


def _growth(result: EnsembleResult) -> list[tuple[int, float]]:
    return sorted((result.growth or {}).items())


def _draw_growth(metric: str, results: Sequence[EnsembleResult], styles: dict[str, ArmStyle]) -> Spec:
    most = max(len(result.seeds) for result in results)
    rows = [
        {
            "name": result.arm,
            "colour": styles[result.arm].colour,
            "dash": list(styles[result.arm].dash) or [1, 0],
            "members": size,
            "score": round(100 * score, 3),
        }
        for result in results
        for size, score in _growth(result)
    ]
    x = {
        "field": "members",
        "type": "quantitative",
        "scale": {"domain": [1, most], "nice": False},
        "axis": {
            "title": "members",
            "grid": False,
            "tickMinStep": 1,
            "tickCount": min(most, 8),
            "format": "d",
        },
    }
    y = {
        "field": "score",
        "type": "quantitative",
        "scale": {"zero": False},
        "axis": {"title": f"{metric}, %", "tickCount": 4, **_ABOVE},
    }
    encoding = {
        "x": x,
        "y": y,
        "detail": {"field": "name"},
        "color": {"field": "colour", "type": "nominal", "scale": None},
        "strokeDash": {"field": "dash", "type": "nominal", "scale": None},
        "tooltip": [{"field": "name"}, {"field": "members"}, {"field": "score"}],
    }
    mark = {"type": "line", "strokeWidth": 1.8, "point": {"size": 30, "filled": True}}
    return draw_chart(PIXELS, padding=PADDING, data={"values": rows}, mark=mark, encoding=encoding)
