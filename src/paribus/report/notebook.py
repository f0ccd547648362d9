"""A result as a notebook shows it: verdicts and claims, their chart, the table of arms. No scripts.

The ink is the notebook's own, so that it is read by day and by night.
"""

import hashlib
import json
import re

import vl_convert

from paribus.analysis.claim_sentences import count_words
from paribus.report.charts import Spec
from paribus.report.colours import style_arms
from paribus.report.differences import draw_differences
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import (
    as_count,
    as_duration,
    as_interval,
    as_percent,
    as_points,
    as_range,
    choose_decimals,
)
from paribus.report.tables import swatch
from paribus.report.verdict import say_cost

WIDTH = 680  # pixels of the chart
_STYLE = """
.paribus { font: 14px/1.5 system-ui, sans-serif; max-width: 60rem; }
.paribus p { margin: 0 0 .5em; max-width: 42rem; }
.paribus .title { font-size: 1.25em; font-weight: 650; }
.paribus .claim { margin-left: 1.5em; }
.paribus .quiet { opacity: .7; font-size: .86em; }
.paribus svg { display: block; max-width: 100%; height: auto; margin: 1em 0; }
.paribus table { border-collapse: collapse; font-size: .92em; font-variant-numeric: tabular-nums; margin: 0 0 1em; }
.paribus .frame { overflow-x: auto; }
.paribus :is(th, td) { text-align: left; padding: .25em 1em .25em 0; white-space: nowrap; border: 0; background: none; }
.paribus thead th { font-weight: 400; opacity: .7; border-bottom: 1px solid currentColor; }
.paribus .number { text-align: right; }
.paribus .swatch { display: inline-block; width: 1em; border-top: 3px solid var(--arm); margin-right: .5em; vertical-align: .25em; }
"""  # noqa: E501
_TITLES = {
    "arm": "",
    "%": "number",
    "95 % interval": "",
    "minus control": "number",
    "interval, points": "",
    "verdict": "",
    "parameters": "number",
    "time": "number",
}


def build_fragment(report: ReportInput) -> Html:
    """What stands under a notebook's cell."""
    conclusion = report.conclusion
    verdicts = [element("p", contrast.sentence, dir="auto") for contrast in conclusion.contrasts]
    claims = [element("p", count_words(conclusion.claims))] if conclusion.claims else []
    claims += [
        element(
            "p", element("bdi", element("q", claim.claim)), " ", claim.sentence, dir="auto", class_="claim"
        )
        for claim in conclusion.claims
    ]
    notes = " ".join([say_cost(report), *conclusion.notes])
    return element(
        "div",
        element("style", Html(_STYLE)),
        element("p", conclusion.title, class_="title", dir="auto"),
        *verdicts,
        *claims,
        _draw_chart(report) if conclusion.contrasts else Html(""),
        element("div", _write_table(report), class_="frame"),
        element("p", notes, class_="quiet", dir="auto"),
        class_="paribus",
    )


def _draw_chart(report: ReportInput) -> Html:
    conclusion = report.conclusion
    styles = style_arms([arm.name for arm in conclusion.arms], conclusion.control)
    told = "; ".join(
        f"{c.arm}: {as_points(c.difference)} {as_interval(c.low, c.high)}" for c in conclusion.contrasts
    )
    return draw_inline(draw_differences(report, styles), f"Differences from {conclusion.control}. {told}")


def draw_inline(spec: Spec, told: str) -> Html:
    """A chart as SVG that may stand in a page beside others: its inner names are its own."""
    svg: str = vl_convert.vegalite_to_svg({**spec, "width": WIDTH})
    own = hashlib.sha256(json.dumps(spec).encode()).hexdigest()[:8]
    given = dict.fromkeys(re.findall(r'(?: id="|url\(#)([^")]+)', svg))  # they count on from chart to chart
    names = {name: f"p{own}-{k}" for k, name in enumerate(given)}
    svg = re.sub(r'( id="|url\(#)([^")]+)', lambda found: found[1] + names[found[2]], svg)
    return Html(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(told)}" ', 1))


def _write_table(report: ReportInput) -> Html:
    conclusion = report.conclusion
    metric = conclusion.metric.replace("_", " ")
    titles = {f"{metric}, %" if title == "%" else title: kind for title, kind in _TITLES.items()}
    head = [element("th", title, class_=kind or None, scope="col") for title, kind in titles.items()]
    return element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *(_write_row(report, k) for k in range(len(conclusion.arms)))),
    )


def _write_row(report: ReportInput, number: int) -> Html:
    arm, decimals = report.conclusion.arms[number], choose_decimals(report.conclusion)
    contrast = report.contrast_of(arm.name)
    styles = style_arms([each.name for each in report.conclusion.arms], report.conclusion.control)
    cells = [
        as_percent(arm.mean, decimals),
        as_range(arm.low, arm.high, decimals),
        as_points(contrast.difference) if contrast else "",
        as_interval(contrast.low, contrast.high) if contrast else "",
        report.outcome_of(arm.name),
        as_count(arm.parameters),
        as_duration(arm.seconds),
    ]
    kinds = list(_TITLES.values())[1:]
    return element(
        "tr",
        element("th", join(swatch(styles[arm.name]), write_name(arm.name)), scope="row"),
        *(element("td", cell, class_=kind or None) for cell, kind in zip(cells, kinds, strict=True)),
    )
