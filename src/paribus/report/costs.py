"""The section on cost against what comes out: parameters, FLOPs, training time."""

from collections.abc import Callable
from dataclasses import dataclass

from paribus.nets.layer_table import say_amount
from paribus.report.charts import Spec
from paribus.report.colours import ArmStyle
from paribus.report.cost_charts import Priced, draw_costs, list_front
from paribus.report.curve_charts import shorten_names
from paribus.report.figures import Figure, write_chart
from paribus.report.inputs import ReportInput
from paribus.report.level_marks import Frame, frame_rows
from paribus.report.markup import Html, element
from paribus.report.numerals import as_duration, as_list

_MACHINE = ("processor", "device", "threads")


@dataclass(frozen=True)
class _Cost:
    """One thing that an arm costs."""

    name: str
    title: str  # of its axis, with the unit
    form: str
    say: Callable[[float], str]
    by_arm: dict[str, float]


def write_costs(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """The section with its title; nothing where all arms cost the same."""
    figures = draw_cost_figures(report, styles)
    if not figures:
        return Html("")
    panels = [
        element("div", write_chart(figure.name, figure.spec, figure.told), class_="panel")
        for figure in figures
    ]
    figure = element(
        "figure", element("div", *panels, class_="panels"), element("figcaption", figures[0].caption)
    )
    heading = element("h2", "What it costs", id="costs-title")
    return element("section", heading, figure, aria_labelledby="costs-title")


def draw_cost_figures(report: ReportInput, styles: dict[str, ArmStyle]) -> list[Figure]:
    """One for each cost in which arms differ, all with one axis of scores."""
    priced = [(cost, _price(report, cost)) for cost in _list_costs(report)]
    priced = [(cost, arms) for cost, arms in priced if len({arm.cost for arm in arms}) > 1]
    frame = _frame([arm for _, arms in priced for arm in arms])
    metric = report.conclusion.metric.replace("_", " ")
    titles = [f"{report.conclusion.split} {metric}, %"] + [""] * 3
    return [
        Figure(
            f"cost-{cost.name}",
            draw_costs(arms, frame, styles, (cost.title, title), cost.form),
            _tell(cost, arms),
            _caption(report),
        )
        for (cost, arms), title in zip(priced, titles, strict=False)
    ]


def _list_costs(report: ReportInput) -> list[_Cost]:
    arms = report.conclusion.arms
    parameters = {arm.name: float(arm.parameters) for arm in arms if arm.parameters is not None}
    flops = {arm: float(model.table.flops) for model in report.models for arm in model.arms}
    seconds = {arm.name: arm.seconds for arm in arms if arm.seconds is not None}
    costs = []
    if len(set(parameters.values())) > 1:
        costs.append(_Cost("parameters", "parameters", "~s", lambda n: f"{n:,.0f} parameters", parameters))
    if len(set(flops.values())) > 1:
        costs.append(_Cost("flops", "FLOPs of one image", "~s", lambda n: say_amount(n, "FLOP"), flops))
    if _times_differ(report):
        costs.append(_Cost("seconds", "training of a run, seconds", "~g", as_duration, seconds))
    return costs


def _times_differ(report: ReportInput) -> bool:
    """Whether some arm's every run took longer than some other's: on one kind of machine, and no other."""
    runs = [run for seeds in report.runs.values() for run in seeds.values() if run.state == "finished"]
    if len({tuple((run.machine or {}).get(key) for key in _MACHINE) for run in runs}) > 1:
        return False
    times = [
        [run.seconds for run in seeds.values() if run.state == "finished" and run.seconds is not None]
        for seeds in report.runs.values()
    ]
    known = [of_arm for of_arm in times if of_arm]
    return bool(known) and max(map(min, known)) > min(map(max, known))


def _price(report: ReportInput, cost: _Cost) -> list[Priced]:
    arms = [arm for arm in report.conclusion.arms if arm.mean is not None and arm.name in cost.by_arm]
    shorts = shorten_names([arm.name for arm in arms]) if arms else []
    return [
        Priced(
            arm.name,
            short,
            cost.by_arm[arm.name],
            round(100 * (arm.mean or 0.0), 3),
            None if arm.low is None else round(100 * arm.low, 3),
            None if arm.high is None else round(100 * arm.high, 3),
            f"{arm.name}: {100 * (arm.mean or 0.0):.1f} %, {cost.say(cost.by_arm[arm.name])}",
        )
        for arm, short in zip(arms, shorts, strict=True)
    ]


def _frame(arms: list[Priced]) -> Frame:
    rows: list[Spec] = [
        {"mean": arm.mean, "low": arm.low, "high": arm.high, "published": None, "dots": []} for arm in arms
    ]
    return frame_rows(rows)


def _tell(cost: _Cost, arms: list[Priced]) -> str:
    front = as_list([arm.tip for arm in list_front(arms)], most=len(arms))
    return f"Against {cost.title}. No arm is better for as much or less: {front}"


def _caption(report: ReportInput) -> str:
    return (
        f"{report.conclusion.metric.replace('_', ' ').capitalize()} against what an arm costs; upright: the "
        "95 % interval. Step line: the best mean to be had for so much. Pale: another arm is better and "
        "costs no more. By means alone: where intervals overlap, a step may be luck."
    )
