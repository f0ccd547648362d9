"""The learning curves: arms together, then one panel an arm."""

from collections.abc import Sequence

from paribus.report.colours import ArmStyle
from paribus.report.controls import SHORTEST, say_window, unit_of, write_controls, write_slider
from paribus.report.curve_charts import draw_overview, draw_panel
from paribus.report.curve_frames import frame_overview, frame_panels
from paribus.report.curves import ArmCurves, Quantity, Traces, trace_arms
from paribus.report.figures import write_chart
from paribus.report.inputs import ReportInput, row_id
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_percent, count_of
from paribus.report.schedules import write_schedules
from paribus.report.tables import swatch

QUANTITIES: tuple[Quantity, ...] = ("accuracy", "loss")


def write_learning(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    traces = {quantity: trace_arms(report, quantity) for quantity in QUANTITIES}
    if not any(arm.train for arm in traces["loss"].arms):
        return element("p", "No epoch has been recorded yet.")
    return element(
        "div",
        write_controls(traces["accuracy"], styles),
        element("div", *(_write_overview(traces[q].arms, q, styles) for q in QUANTITIES), class_="pair"),
        write_schedules(report, styles),
        *(_write_panels(report, traces[quantity], quantity, styles) for quantity in QUANTITIES),
        class_="curves",
    )


def _write_overview(curves: Sequence[ArmCurves], quantity: Quantity, styles: dict[str, ArmStyle]) -> Html:
    if not any(arm.validation_mean for arm in curves):
        return Html("")
    frame = frame_overview(curves, quantity)
    stops = " Tick: early stopping ended a run." if any(arm.stopped for arm in curves) else ""
    caption = (
        f"Validation {quantity}, measured after each epoch. "
        "Thick: the mean of an arm's finished runs; thin: each seed. Ring: where the mean is best."
        f"{stops} Second half of training; the panels below show all of it."
    )
    return element(
        "figure",
        write_chart(
            f"{quantity}-by-epoch",
            draw_overview(curves, frame, styles),
            f"Validation {quantity} by epoch. {_tell_ends(curves, quantity)}",
        ),
        element("figcaption", caption),
    )


def _write_panels(
    report: ReportInput, traces: Traces, quantity: Quantity, styles: dict[str, ArmStyle]
) -> Html:
    curves = traces.arms
    frame = frame_panels(curves, quantity)
    control = next(arm for arm in curves if arm.arm == report.conclusion.control)
    panels = [
        element(
            "div",
            element("p", swatch(styles[arm.arm]), write_name(arm.arm), _say_runs(arm), class_="panel-title"),
            write_chart(
                f"{quantity}-of-{row_id(arm.number)}",
                draw_panel(
                    arm,
                    None if arm is control else control,
                    frame,
                    styles[arm.arm],
                    traces.window,
                    named=arm is curves[0],
                ),
                f"{quantity} of {arm.arm} by epoch. {_tell_ends([arm], quantity)}",
            ),
            class_="panel",
            data_arm=arm.number,
        )
        for arm in curves
        if arm.train
    ]
    return element(
        "figure",
        write_slider(traces),
        element("div", *panels, class_="panels"),
        element("figcaption", _caption(traces, quantity)),
        class_="wide",
    )


def _caption(traces: Traces, quantity: Quantity) -> Html:
    curves, unit = traces.arms, unit_of(traces)
    point = f"the mean of {traces.block} {unit}" if traces.block > 1 else f"each {unit[:-1]}"
    said = element("span", say_window(traces), class_="window")
    smoothed = (
        join(
            f"Haze: training {quantity}, {point}; thin: the same, Savitzky-Golay smoothed (window ",
            said,
            ", order 2), each seed and their mean. ",
        )
        if traces.points >= SHORTEST
        else escape("Thin: training, each seed and their mean. ")
    )
    marks = (
        "Ring: a run's best epoch; tick: early stopping ended it. "
        if any(arm.stopped for arm in curves)
        else "Ring: a run's best epoch. "
    )
    return join(
        f"{quantity.capitalize()} of each arm. ",
        smoothed,
        "Dots: validation, the mean of finished runs. ",
        marks if any(arm.best for arm in curves) else "",
        "Gray, in every panel: the control's validation.",
    )


def _say_runs(arm: ArmCurves) -> Html:
    others = len(arm.train) - len(arm.finished)
    return element(
        "span", f" n = {len(arm.finished)}{f' + {others} unfinished' if others else ''}", class_="quiet"
    )


def _tell_ends(curves: Sequence[ArmCurves], quantity: Quantity) -> str:
    """The last value of each arm's validation mean, for who cannot see the lines."""
    means = {arm.arm: arm.validation_mean.raw[-1] for arm in curves if arm.validation_mean}
    ends = [
        f"{arm} ends at " + (f"{as_percent(end)} %" if quantity == "accuracy" else f"{end:.3f}")
        for arm, end in means.items()
    ]
    return "; ".join(ends) or f"{count_of(sum(len(arm.train) for arm in curves), 'run')}, none finished"
