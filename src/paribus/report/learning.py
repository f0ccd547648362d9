"""The learning curves: arms together, then one panel an arm."""

from paribus.report.colours import ArmStyle
from paribus.report.curve_charts import draw_overview, draw_panel
from paribus.report.curve_frames import frame_overview, frame_panels
from paribus.report.curves import ArmCurves, Quantity, choose_points, trace_arms
from paribus.report.figures import write_chart
from paribus.report.inputs import ReportInput, row_id
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import as_percent, count_of
from paribus.report.schedules import write_schedules
from paribus.report.tables import swatch

QUANTITIES: tuple[Quantity, ...] = ("accuracy", "loss")


def write_learning(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    curves = {quantity: trace_arms(report, quantity) for quantity in QUANTITIES}
    if not any(arm.train for arm in curves["loss"]):
        return element("p", "No epoch has been recorded yet.")
    return join(
        element("div", *(_write_overview(curves[q], q, styles) for q in QUANTITIES), class_="pair"),
        write_schedules(report, styles),
        *(_write_panels(report, curves[quantity], quantity, styles) for quantity in QUANTITIES),
    )


def _write_overview(curves: list[ArmCurves], quantity: Quantity, styles: dict[str, ArmStyle]) -> Html:
    if not any(arm.validation_mean for arm in curves):
        return Html("")
    frame = frame_overview(curves, quantity)
    caption = (
        f"Validation {quantity}, measured after each epoch. "
        "Thick: the mean of an arm's finished runs; thin: each seed. "
        "Second half of training; the panels below show all of it."
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
    report: ReportInput, curves: list[ArmCurves], quantity: Quantity, styles: dict[str, ArmStyle]
) -> Html:
    frame = frame_panels(curves, quantity)
    most = choose_points(curves)
    control = next(arm for arm in curves if arm.arm == report.conclusion.control)
    panels = [
        element(
            "div",
            element("p", swatch(styles[arm.arm]), write_name(arm.arm), _say_runs(arm), class_="panel-title"),
            write_chart(
                f"{quantity}-of-{row_id(report.number_of(arm.arm))}",
                draw_panel(
                    arm,
                    None if arm is control else control,
                    frame,
                    styles[arm.arm],
                    most,
                    named=arm is curves[0],
                ),
                f"{quantity} of {arm.arm} by epoch. {_tell_ends([arm], quantity)}",
            ),
            class_="panel",
        )
        for arm in curves
        if arm.train
    ]
    return element(
        "figure",
        element("div", *panels, class_="panels"),
        element("figcaption", _caption(curves, quantity)),
        class_="wide",
    )


def _caption(curves: list[ArmCurves], quantity: Quantity) -> str:
    window = max(arm.window for arm in curves)
    smoothed = (
        f"Haze: {quantity} of each training step; thin: the same, Savitzky-Golay smoothed "
        f"(window {window} steps, order 2), each seed and their mean. "
        if window > 1
        else "Thin: training, each seed and their mean. "
    )
    return (
        f"{quantity.capitalize()} of each arm. {smoothed}Dots: validation, the mean of finished runs. "
        "Gray, in every panel: the control's validation."
    )


def _say_runs(arm: ArmCurves) -> Html:
    others = len(arm.train) - arm.finished
    return element(
        "span", f" n = {arm.finished}{f' + {others} unfinished' if others else ''}", class_="quiet"
    )


def _tell_ends(curves: list[ArmCurves], quantity: Quantity) -> str:
    """The last value of each arm's validation mean, for who cannot see the lines."""
    means = {arm.arm: arm.validation_mean.raw[-1] for arm in curves if arm.validation_mean}
    ends = [
        f"{arm} ends at " + (f"{as_percent(end)} %" if quantity == "accuracy" else f"{end:.3f}")
        for arm, end in means.items()
    ]
    return "; ".join(ends) or f"{count_of(sum(len(arm.train) for arm in curves), 'run')}, none finished"
