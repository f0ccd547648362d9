"""What a reader may change of the learning curves: arms, the axis, smoothing. Scripts show and obey it."""

from collections.abc import Sequence

from paribus.report.colours import ArmStyle
from paribus.report.curves import ArmCurves, Traces
from paribus.report.markup import Html, element, join, write_name
from paribus.report.tables import swatch

MANY = 6  # arms, over which all of them can be switched at once
SHORTEST = 5  # points of a line that can be smoothed


def write_controls(traces: Traces, styles: dict[str, ArmStyle]) -> Html:
    """Hidden until a script shows it: without scripts there is nothing to switch."""
    arms = [arm for arm in traces.arms if arm.train]
    return element(
        "div",
        _write_arms(arms, styles) if len(arms) > 1 else Html(""),
        _write_axis() if all(arm.steps for arm in arms) else Html(""),
        class_="controls",
        hidden="",
    )


def write_slider(traces: Traces) -> Html:
    """The window of the smoothed training lines, odd; 1 shows them raw."""
    if traces.points < SHORTEST:
        return Html("")
    widest = max(traces.window, SHORTEST, traces.points // 3 - 1 | 1)
    slider = element(
        "input",
        type="range",
        min=1,
        max=widest,
        step=2,
        value=traces.window,
        data_block=traces.block,
        data_unit=unit_of(traces),
        aria_valuetext=say_window(traces),
    )
    shown = element("output", say_window(traces))
    return element("label", "Smoothing ", slider, shown, class_="slider", hidden="")


def say_window(traces: Traces) -> str:
    return f"{traces.window * traces.block:,} {unit_of(traces)}" if traces.window > 1 else "none"


def unit_of(traces: Traces) -> str:
    return "steps" if all(arm.steps for arm in traces.arms if arm.train) else "epochs"


def _write_arms(arms: Sequence[ArmCurves], styles: dict[str, ArmStyle]) -> Html:
    switches = [
        _write_button(join(swatch(styles[arm.arm]), write_name(arm.arm)), "true", data_arm=arm.number)
        for arm in arms
    ]
    every = [
        element("button", text, type="button", class_="every", data_every=data)
        for text, data in (("all", "on"), ("none", "off"))
        if len(arms) > MANY
    ]
    return element("div", *switches, *every, role="group", aria_label="Arms shown", class_="switches")


def _write_axis() -> Html:
    """By what the curves go."""
    choices = [
        _write_button(name, "true" if name == "epochs" else "false", data_axis=name)
        for name in ("epochs", "steps")
    ]
    return element("div", *choices, role="group", aria_label="Axis", class_="choices")


def _write_button(content: str, pressed: str, **data: str | int) -> Html:
    return element("button", content, type="button", aria_pressed=pressed, **data)
