"""The schedule under the learning curves: the rate by epoch, of each arm that had another."""

from paribus.report.colours import ArmStyle
from paribus.report.figures import Figure
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html
from paribus.report.rate_charts import draw_schedules
from paribus.report.rate_lines import RateLine, trace_report

_NAMED = 2  # arms whose rates are alike that a line names


def write_schedules(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """Nothing where all arms had one rate that never changed."""
    groups = trace_report(report)
    if not groups or (len(groups) == 1 and groups[0][1].is_constant):
        return Html("")
    control = report.conclusion.control
    lines = {name_group(arms): _by_epoch(line) for arms, line in groups}
    chosen = {name_group(arms): styles[control if control in arms else arms[0]] for arms, _ in groups}
    told = "; ".join(f"{name_group(arms)}: {_say_ends(line)}" for arms, line in groups)
    caption = "Learning rate over the epochs, as each arm's first run had it. Gray: the control."
    own = {name_group(arms): _say_place(report, arms, line) for arms, line in groups}
    spec = draw_schedules(lines, chosen, "epoch", own) | {"usermeta": {"steps": {}}}
    return Figure("schedule", spec, f"Learning rate by epoch. {told}", caption).write()


def name_group(arms: tuple[str, ...]) -> str:
    """The arms of one line."""
    more = len(arms) - _NAMED
    return " and ".join(arms) if more <= 0 else f"{', '.join(arms[:_NAMED])} and {more} more"


def _say_place(report: ReportInput, arms: tuple[str, ...], line: RateLine) -> dict[str, object]:
    """What the page needs to leave a line out, and to count steps."""
    return {"_arms": [report.number_of(arm) for arm in arms], "_steps": line.steps_per_epoch}


def _by_epoch(line: RateLine) -> list[tuple[float, float]]:
    return [
        (round(step / line.steps_per_epoch, 4), float(f"{rate:.5g}"))
        for step, rate in zip(line.steps, line.rates, strict=True)
    ]


def _say_ends(line: RateLine) -> str:
    if line.is_constant:
        return f"{line.rates[0]:.3g} throughout"
    return f"first {line.rates[0]:.3g}, highest {line.peak[1]:.3g}, last {line.rates[-1]:.3g}"
