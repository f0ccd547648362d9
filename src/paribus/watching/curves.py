"""The learning curves of a study that goes on: the report's charts, of what there is by now."""

from dataclasses import replace

from paribus.report.charts import Spec
from paribus.report.colours import ArmStyle, style_arms
from paribus.report.curve_charts import draw_overview, draw_panel
from paribus.report.curve_frames import Frame, frame_overview, frame_panels
from paribus.report.curves import ArmCurves, Quantity, trace_epochs
from paribus.watching.views import ArmView, StudyView

QUANTITIES: tuple[Quantity, ...] = ("accuracy", "loss")
MOST_PANELS = 12
BEGINNING = 12  # epochs; later ones are seen in their second half, where arms differ
MOST_LINES = 40  # arms in one chart: those that run, and the best


def style_view(view: StudyView) -> dict[str, ArmStyle]:
    """The colours that the report will have."""
    return style_arms([arm.name for arm in view.arms if not arm.is_aside], view.control)


def draw_overviews(view: StudyView) -> dict[str, Spec]:
    """Validation accuracy and loss of the arms, by what they measure; nothing before the first epoch."""
    arms, styles = _choose(view, MOST_LINES), style_view(view)
    charts: dict[str, Spec] = {}
    for quantity in QUANTITIES:
        curves = [curve for arm in arms if (curve := _trace(view, arm, quantity)).validation_mean]
        if curves:
            planned = max(run.epochs for arm in arms for run in arm.runs)
            frame = _frame_all(curves, quantity, planned)
            charts[quantity] = _dot_means(draw_overview(curves, frame, styles))
    return charts


def draw_panels(view: StudyView) -> dict[str, Spec]:
    """Accuracy in training and validation of each arm by its name, beside the control."""
    chosen, styles = {arm.name for arm in _choose(view, MOST_PANELS)}, style_view(view)
    curves = {arm.name: _trace(view, arm, "accuracy") for arm in view.arms if not arm.is_aside}
    shown = [curve for name, curve in curves.items() if name in chosen and curve.train]
    if not shown:
        return {}
    frame, control = frame_panels(shown, "accuracy"), curves[view.control]
    return {
        curve.arm: draw_panel(
            curve,
            None if curve is control else control,
            frame,
            styles[curve.arm],
            window=1,
            named=curve is shown[0],
        )
        for curve in shown
    }


def _frame_all(curves: list[ArmCurves], quantity: Quantity, planned: int) -> Frame:
    """As wide as training will be, so that one sees how far it is; in the beginning as high as all of it."""
    frame = replace(frame_overview(curves, quantity), first=0.0, last=float(planned))
    means = [arm.validation_mean.raw for arm in curves if arm.validation_mean]
    if max(len(line) for line in means) >= BEGINNING:
        return frame
    values = [frame.value(float(value)) for line in means for value in line]
    room = 0.06 * (max(values) - min(values))
    return replace(frame, low=min(frame.low, min(values) - room), high=max(frame.high, max(values) + room))


def _dot_means(chart: Spec) -> Spec:
    """After one epoch a line is a point, which only a dot shows."""
    for layer in chart["layer"]:
        if layer["data"] == {"name": "means"}:
            layer["mark"]["point"] = {"size": 24, "filled": True}
    return chart


def _choose(view: StudyView, most: int) -> list[ArmView]:
    """The control, then the arms that run, then the best; in the study's order."""
    running = {arm.name for arm, _ in view.running}
    arms = [arm for arm in view.arms if not arm.is_aside]
    ranked = sorted(
        arms,
        key=lambda arm: (arm.is_control, arm.name in running, -1.0 if arm.mean is None else arm.mean),
        reverse=True,
    )
    chosen = {arm.name for arm in ranked[:most]}
    return [arm for arm in arms if arm.name in chosen]


def _trace(view: StudyView, arm: ArmView, quantity: Quantity) -> ArmCurves:
    return trace_epochs(
        arm.name,
        view.arms.index(arm),
        {run.seed: run.history for run in arm.runs},
        [run.seed for run in arm.speaking],
        quantity,
    )
