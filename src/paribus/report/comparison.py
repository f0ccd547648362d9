"""Several studies in one page: what differs in their settings, and their arms side by side."""

from paribus.analysis.comparing import ComparedArm, ComparedTable, ComparisonResult
from paribus.report.charts import Spec
from paribus.report.colours import GRAY, OKABE_ITO, ArmStyle
from paribus.report.factor_rows import draw_factor_rows
from paribus.report.figures import Figure
from paribus.report.level_marks import as_score, frame_rows
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import (
    NOTHING,
    as_interval,
    as_level,
    as_list,
    as_percent,
    as_points,
    as_range,
    count_of,
)
from paribus.report.published import beside
from paribus.report.shell import fill_part, write_shell
from paribus.report.tables import name_cell, write_table

NO_WORD = (
    "No word such as better or worse: these comparisons were not registered before the runs. To decide "
    "between two of these arms, put them into one study."
)


def build_comparison(result: ComparisonResult) -> str:
    """One HTML file that needs no network."""
    title = say_title(result)
    body = join(
        element("p", say_runs(result)),
        *(element("p", sentence, dir="auto") for sentence in say_splits(result)),
        *(_write_table(result, number) for number in range(len(result.tables))),
        element("p", NO_WORD, class_="note"),
        _write_settings(result),
    )
    return write_shell(title, fill_part("chart.html", title=title, figure=body), charts=True)


def say_title(result: ComparisonResult) -> str:
    return f"{as_list(list(result.names))} side by side"


def say_runs(result: ComparisonResult) -> str:
    """How many runs each has, and how many they share."""
    each = as_list([f"{name} has {count}" for name, count in zip(result.names, result.runs, strict=True)])
    shared = (
        f"{count_of(result.shared, 'run')} {'is' if result.shared == 1 else 'are'}"
        if result.shared
        else "None is"
    )
    return f"Of runs, {each}. {shared} common to two or more, trained once."


def say_splits(result: ComparisonResult) -> list[str]:
    if len(result.tables) == 1:
        return []
    kinds = as_list([f"{table.metric.replace('_', ' ')} on {table.split}" for table in result.tables])
    return [f"The studies do not answer in one unit ({kinds}), so their arms stand in tables of their own."]


def describe_arm(compared: ComparedArm) -> list[str]:
    """Mean, interval, seeds, difference, its interval."""
    arm = compared.arm
    runs = str(arm.finished) if arm.finished == len(arm.states) else f"{arm.finished} of {len(arm.states)}"
    runs += f", {arm.diverged} diverged" if arm.diverged else ""
    difference = as_points(compared.difference) if compared.difference is not None else ""
    if compared.is_reference:
        difference = "the control"
    return [
        as_percent(arm.mean),
        as_range(arm.low, arm.high, 1),
        runs,
        difference,
        as_interval(compared.low, compared.high),
        f"{count_of(compared.pairs, 'pair')}" if compared.difference is not None else compared.apart or "",
    ]


def list_titles(table: ComparedTable) -> dict[str, str]:
    return {
        "study": "",
        "arm": "",
        f"{table.metric.replace('_', ' ')}, %": "number",
        "95 % interval": "",
        "runs": "",
        f"minus {table.reference.arm.name} of {table.reference.study}": "number",
        "interval, points": "",
        "paired by": "",
    }


def say_caption(table: ComparedTable) -> str:
    level = (
        f" Intervals of differences: {as_level(table.level)}, corrected for all of them."
        if table.level
        else ""
    )
    metric = table.metric.replace("_", " ")
    return (
        f"Arms by {metric} on the {table.split} split. Differences are paired by seed, "
        f"and stand only where both arms were judged by the same images.{level}"
    )


def _write_table(result: ComparisonResult, number: int) -> Html:
    table = result.tables[number]
    styles = {name: ArmStyle(OKABE_ITO[k % len(OKABE_ITO)]) for k, name in enumerate(result.names)}
    kinds = list(list_titles(table).values())[2:]
    rows = [
        element(
            "tr",
            name_cell(compared.study, styles[compared.study]),
            element("td", write_name(compared.arm.name)),
            *(
                element("td", text, class_=k or None)
                for text, k in zip(describe_arm(compared), kinds, strict=True)
            ),
        )
        for compared in table.arms
    ]
    written = write_table(
        f"compared-{number + 1}", list_titles(table), rows, label="Arms", caption=say_caption(table)
    )
    heading = element("h2", f"Arms on {table.split}, by {table.metric.replace('_', ' ')}")
    return element("section", heading, _draw(result, number, styles), written)


def _draw(result: ComparisonResult, number: int, styles: dict[str, ArmStyle]) -> Html:
    table = result.tables[number]
    rows = [_describe_row(compared, k, table.split, styles) for k, compared in enumerate(table.arms)]
    if all(row["mean"] is None for row in rows):
        return Html("")
    spec = draw_factor_rows(rows, frame_rows(rows), f"{table.split} {table.metric.replace('_', ' ')}, %")
    told = "; ".join(f"{c.study}, {c.arm.name}: {as_percent(c.arm.mean)} %" for c in table.arms)
    caption = (
        "Line: the 95 % interval of an arm's own mean; small dots: one seed each. Gray: the control of the "
        "first study. Two lines that overlap say little about a difference that is paired; the table has it."
    )
    return Figure(f"compared-{number + 1}", spec, told, caption).write()


def _describe_row(compared: ComparedArm, place: int, split: str, styles: dict[str, ArmStyle]) -> Spec:
    arm = compared.arm
    return {
        "_place": place,
        "study": compared.study,
        "label": f"{compared.study}, {arm.name}",
        "colour": GRAY if compared.is_reference else styles[compared.study].colour,
        "mean": as_score(arm.mean),
        "low": as_score(arm.low),
        "high": as_score(arm.high),
        "lost": f"{arm.diverged} of {len(arm.states)}" if arm.diverged else "",
        "published": as_score(beside(arm, split)),
        "dots": [
            {"value": as_score(score), "seed": seed, "_tip": f"{arm.name}, seed {seed}"}
            for seed, score in arm.scores.items()
            if score is not None
        ],
    }


def _write_settings(result: ComparisonResult) -> Html:
    heading = element("h2", "What differs in their settings")
    if not result.settings:
        return element(
            "section", heading, element("p", "Nothing: base recipe, question and arms are the same.")
        )
    rows = [
        element(
            "tr",
            element("th", element("code", place), scope="row"),
            *(element("td", element("code", value) if value else NOTHING) for value in values),
        )
        for place, values in result.settings
    ]
    titles = {"place": "", **dict.fromkeys(result.names, "")}
    caption = (
        "Places of the base recipe, of the question and of what varies, where the studies are not the same."
    )
    return element(
        "section", heading, write_table("settings", titles, rows, label="Settings", caption=caption)
    )
