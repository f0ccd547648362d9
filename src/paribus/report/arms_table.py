"""The table of arms, and the table of every seed's value."""

from paribus.analysis.results import ArmResult
from paribus.report.charts import say_outcome
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput, row_id
from paribus.report.markup import Html, element, join
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
from paribus.report.strips import draw_strip

LONG_NAME = 32  # letters; longer names are broken into lines


def write_arms_table(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    published = any(arm.reference is not None for arm in report.conclusion.arms)
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
    }
    titles |= ({"published, %": "number"} if published else {}) | {
        "parameters": "number",
        "time a run": "number",
    }
    head = element("tr", *(element("th", t, scope="col", class_=kind or None) for t, kind in titles.items()))
    rows = [_write_arm(report, arm, styles[arm.name], published=published) for arm in report.conclusion.arms]
    return _scrolling(
        "Table of arms",
        element(
            "table",
            element("caption", _caption(report)),
            element("thead", head),
            element("tbody", *rows),
            class_="arms",
        ),
    )


def write_seeds_table(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    decimals = choose_decimals(report.conclusion)
    seeds = report.conclusion.seeds
    titles = [element("th", "arm", scope="col")]
    titles += [element("th", f"seed {seed}", scope="col", class_="number") for seed in seeds]
    rows = [
        element(
            "tr",
            name_cell(arm.name, styles[arm.name]),
            *(_write_cell(arm, seed, decimals) for seed in seeds),
        )
        for arm in report.conclusion.arms
    ]
    caption = f"{report.conclusion.metric.replace('_', ' ').capitalize()} of each run, in per cent."
    return _scrolling(
        "Each seed's value",
        element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *titles)),
            element("tbody", *rows),
            class_="seeds",
        ),
    )


def name_cell(name: str, style: ArmStyle) -> Html:
    """A row's title: the arm's name beside a stroke of its colour."""
    return element(
        "th",
        swatch(style),
        element("bdi", name),
        scope="row",
        class_="long" if len(name) > LONG_NAME else None,
    )


def swatch(style: ArmStyle) -> Html:
    return element("span", class_="swatch dashed" if style.dash else "swatch", style=f"--arm:{style.colour}")


def _write_arm(report: ReportInput, arm: ArmResult, style: ArmStyle, *, published: bool) -> Html:
    decimals = choose_decimals(report.conclusion)
    contrast = report.contrast_of(arm.name)
    reference = element(
        "td",
        "" if arm.reference is None else as_percent(arm.reference, 2).rstrip("0").rstrip("."),
        class_="number",
        title=arm.reference_source or None,
    )
    return element(
        "tr",
        name_cell(arm.name, style),
        element("td", _say_runs(arm)),
        element("td", as_percent(arm.mean, decimals), class_="number mean"),
        element("td", as_range(arm.low, arm.high, decimals), class_="interval"),
        element("td", draw_strip(report, arm.name, style), class_="strip"),
        element("td", as_points(contrast.difference) if contrast else "", class_="number"),
        element("td", as_interval(contrast.low, contrast.high) if contrast else "", class_="interval"),
        element("td", say_outcome(report, arm.name), class_="word"),
        *([reference] if published else []),
        element("td", as_count(arm.parameters), class_="number"),
        element("td", as_duration(arm.seconds), class_="number"),
        id=row_id(report.number_of(arm.name)),
    )


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


def _caption(report: ReportInput) -> Html:
    split = "test" if report.conclusion.split == "test" else "validation"
    weights = "last" if report.conclusion.weights == "last" else "best"
    sources = {arm.reference_source for arm in report.conclusion.arms if arm.reference_source}
    said = f" Published figures: {'; '.join(sorted(sources))}." if sources else ""
    return join(
        f"{count_of(len(report.conclusion.arms), 'arm')}, "
        f"{count_of(len(report.conclusion.seeds), 'seed')} each, on the {split} split, "
        f"scored at each run's {weights} epoch.{said}"
    )


def _scrolling(label: str, table: Html) -> Html:
    return element("div", table, class_="scrolling", role="region", aria_label=label, tabindex=0)
