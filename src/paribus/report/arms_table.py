"""The table of arms, and the table of every seed's value."""

from paribus.analysis.results import ArmResult, ContrastResult
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput, row_id
from paribus.report.markup import Html, element
from paribus.report.numerals import (
    as_count,
    as_duration,
    as_interval,
    as_percent,
    as_points,
    as_range,
    choose_decimals,
    count_of,
)
from paribus.report.published import beside, say_published
from paribus.report.strips import draw_strip
from paribus.report.tables import name_cell, write_table


def write_arms_table(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    published = any(say_published(arm, report.conclusion.split) for arm in report.conclusion.arms)
    metric = report.conclusion.metric.replace("_", " ")
    titles = {
        "arm": "",
        "runs": "",
        f"{metric}, %": "number",
        "95 % interval": "",
        "each seed": "",
        "minus control": "number",
        "interval, points": "",
        "verdict": "",
        **({"published, %": "number"} if published else {}),
        "parameters": "number",
        "time": "number",
    }
    rows = [_write_arm(report, arm, styles[arm.name], published=published) for arm in report.conclusion.arms]
    return write_table("arms", titles, rows, label="Table of arms", caption=_caption(report))


def write_seeds_table(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    decimals = choose_decimals(report.conclusion)
    seeds = report.conclusion.seeds
    rows = [
        element(
            "tr",
            name_cell(arm.name, styles[arm.name]),
            *(_write_cell(arm, seed, decimals) for seed in seeds),
        )
        for arm in report.conclusion.arms
    ]
    titles = {"arm": "", **{f"seed {seed}": "number" for seed in seeds}}
    caption = f"{report.conclusion.metric.replace('_', ' ').capitalize()} of each run, in per cent."
    return write_table("seeds", titles, rows, label="Each seed's value", caption=caption)


def _write_arm(report: ReportInput, arm: ArmResult, style: ArmStyle, *, published: bool) -> Html:
    decimals = choose_decimals(report.conclusion)
    contrast = report.contrast_of(arm.name)
    reference = element(
        "td",
        say_published(arm, report.conclusion.split),
        class_="number",
        title=arm.published_source or None,
        data_value=beside(arm, report.conclusion.split),
    )
    return element(
        "tr",
        name_cell(arm.name, style),
        element("td", _say_runs(arm)),
        element("td", as_percent(arm.mean, decimals), class_="number mean", data_value=arm.mean),
        element("td", as_range(arm.low, arm.high, decimals), class_="interval"),
        element("td", draw_strip(report, arm.name, style), class_="strip"),
        _write_difference(contrast),
        element("td", as_interval(contrast.low, contrast.high) if contrast else "", class_="interval"),
        element("td", report.outcome_of(arm.name), class_="word"),
        *([reference] if published else []),
        element("td", as_count(arm.parameters), class_="number"),
        element("td", as_duration(arm.seconds), class_="number", data_value=arm.seconds),
        id=row_id(report.number_of(arm.name)),
    )


def _write_difference(contrast: ContrastResult | None) -> Html:
    """Sorted by its full value, not by the digits shown."""
    if contrast is None:
        return element("td", class_="number")
    return element("td", as_points(contrast.difference), class_="number", data_value=contrast.difference)


def _write_cell(arm: ArmResult, seed: int, decimals: int) -> Html:
    score = arm.scores.get(seed)
    if score is not None:
        return element("td", as_percent(score, decimals), class_="number")
    state = arm.states.get(seed, "planned")
    return element("td", "no score" if state == "finished" else state, class_="number state")


def _say_runs(arm: ArmResult) -> str:
    """How many runs the figures rest on, and what became of the others."""
    others = {
        s: sum(state == s for state in arm.states.values()) for s in arm.states.values() if s != "finished"
    }
    if not others:
        return str(arm.finished)
    return f"{arm.finished} of {len(arm.states)}, " + ", ".join(f"{n} {state}" for state, n in others.items())


_WEIGHTS = {
    "last": "each run's last epoch",
    "best": "each run's best epoch",
    "each": "the best epoch of a run that may stop early, else its last",
}


def _caption(report: ReportInput) -> str:
    split = "test" if report.conclusion.split == "test" else "validation"
    weights = _WEIGHTS[report.conclusion.weights]
    sources = {arm.published_source for arm in report.conclusion.arms if arm.published_source}
    said = f" Published figures: {'; '.join(sorted(sources))}." if sources else ""
    return (
        f"{count_of(len(report.conclusion.arms), 'arm')}, "
        f"{count_of(len(report.conclusion.seeds), 'seed')} each, on the {split} split, "
        f"scored at {weights}; times are means of a run.{said}"
    )
