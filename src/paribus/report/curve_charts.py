"""Learning curves as charts: all arms in one, then each arm in a panel of its own beside the control."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import GRAY, ArmStyle
from paribus.report.curves import ArmCurves, Line, Quantity, thin_line
from paribus.report.smoothing import Values

PANEL_PIXELS = 170
OVERVIEW_PIXELS = 300
LABEL_PIXELS = 15  # least distance of two labels
SEEDS_IN_OVERVIEW = 6  # arms; with more, the seeds' lines stay in the panels
UNITS: dict[Quantity, float] = {"loss": 1.0, "accuracy": 100.0}
TITLES: dict[Quantity, str] = {"loss": "loss, nats per image", "accuracy": "accuracy, %"}


@dataclass(frozen=True)
class Frame:
    """The axes that all charts of one quantity share."""

    quantity: Quantity
    epochs: float
    low: float
    high: float

    def x(self, field: str = "x") -> Spec:
        scale = {"domain": [0, self.epochs], "nice": False}
        axis = {"title": "epoch", "tickMinStep": 1, "tickCount": 5, "grid": False, "format": "d"}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    def y(self, field: str = "y") -> Spec:
        scale = {"domain": [self.low, self.high], "nice": False, "zero": False}
        axis = {
            "title": TITLES[self.quantity],
            "tickCount": 4,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleY": -12,
            "titleX": 0,
        }
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def frame_panels(curves: Sequence[ArmCurves], quantity: Quantity) -> Frame:
    lines = [line for arm in curves for line in (*arm.train.values(), *arm.validation.values())]
    return _frame(lines, quantity, raw_share=0.98)


def frame_overview(curves: Sequence[ArmCurves], quantity: Quantity) -> Frame:
    return _frame([arm.validation_mean for arm in curves if arm.validation_mean], quantity, raw_share=1.0)


def draw_overview(curves: Sequence[ArmCurves], frame: Frame, styles: dict[str, ArmStyle]) -> Spec:
    """Validation, arms together: means thick with a name at the end, seeds thin."""
    drawn = [arm for arm in curves if arm.validation_mean]
    means = [arm.validation_mean for arm in drawn if arm.validation_mean]
    seeds = curves if len(curves) <= SEEDS_IN_OVERVIEW else ()
    ends = [frame_value(line.smoothed[-1], frame) for line in means]
    labels = [
        {"x": round(float(line.epochs[-1]), 3), "y": y, "name": arm.arm, "colour": styles[arm.arm].colour}
        for arm, line, y in zip(drawn, means, spread_labels(ends, frame, OVERVIEW_PIXELS), strict=True)
    ]
    thin_lines = [
        _columns(line.epochs, line.raw, frame, styles[arm.arm], f"{arm.arm}\t{seed}")
        for arm in seeds
        for seed, line in arm.validation.items()
    ]
    thick = [
        _columns(line.epochs, line.smoothed, frame, styles[arm.arm], arm.arm)
        for arm, line in zip(drawn, means, strict=True)
    ]
    return draw_chart(
        OVERVIEW_PIXELS,
        padding={"left": 1, "top": 18, "right": 1, "bottom": 1},
        datasets={"seeds": thin_lines, "means": thick, "labels": labels},
        layer=[
            _draw_lines("seeds", frame, strokeWidth=0.8, opacity=0.3),
            _draw_lines("means", frame, strokeWidth=2.2),
            _draw_end_labels(frame),
        ],
    )


def draw_panel(arm: ArmCurves, control: ArmCurves | None, frame: Frame, style: ArmStyle, most: int) -> Spec:
    """One arm: raw training lines as a haze, smoothed ones on it, their mean thick; validation as dots."""
    train = {seed: thin_line(line, most) for seed, line in arm.train.items()}
    plain = ArmStyle(style.colour)
    ghost = [
        _columns(line.epochs, line.smoothed, frame, ArmStyle(GRAY), kind)
        for kind, line in _means(control, most)
    ]
    means = dict(_means(arm, most))
    return draw_chart(
        PANEL_PIXELS,
        padding={"left": 1, "top": 18, "right": 1, "bottom": 1},
        datasets={
            "raw": [_columns(line.epochs, line.raw, frame, plain, f"{k}") for k, line in train.items()],
            "smooth": [
                _columns(line.epochs, line.smoothed, frame, plain, f"{k}") for k, line in train.items()
            ],
            "checks": [
                _columns(line.epochs, line.raw, frame, plain, f"{k}") for k, line in arm.validation.items()
            ],
            "ghost": ghost,
            "train": [_columns(m.epochs, m.smoothed, frame, plain, k) for k, m in means.items() if k == "t"],
            "validation": [
                _columns(m.epochs, m.smoothed, frame, plain, k) for k, m in means.items() if k == "v"
            ],
        },
        layer=[
            _draw_lines("raw", frame, strokeWidth=0.5, opacity=0.16),
            _draw_lines("ghost", frame, strokeWidth=1.6, opacity=0.9),
            _draw_lines("smooth", frame, strokeWidth=0.7, opacity=0.55),
            _draw_lines("checks", frame, strokeWidth=0.7, opacity=0.45),
            _draw_lines("train", frame, strokeWidth=2.2),
            _draw_lines("validation", frame, point={"size": 26, "filled": True}, strokeWidth=2.2),
        ],
    )


def frame_value(value: float, frame: Frame) -> float:
    return float(f"{UNITS[frame.quantity] * value:.5g}")


def spread_labels(ends: Sequence[float], frame: Frame, pixels: int) -> list[float]:
    """Labels at the lines' ends, moved apart as little as needed, in their order."""
    gap = LABEL_PIXELS * (frame.high - frame.low) / pixels
    order = sorted(range(len(ends)), key=lambda k: ends[k])
    placed = [0.0] * len(ends)
    lowest = -np.inf
    for k in order:
        placed[k] = lowest = max(ends[k], lowest + gap)
    highest = frame.high + gap
    for k in reversed(order):
        placed[k] = highest = min(placed[k], highest - gap)
    return [round(value, 4) for value in placed]


def _frame(lines: Iterable[Line], quantity: Quantity, *, raw_share: float) -> Frame:
    """Axes over the lines; the outermost hundredths of raw values may leave the frame."""
    known = [line for line in lines if len(line.raw)]
    if not known:
        return Frame(quantity, 1.0, 0.0, 1.0)
    values = UNITS[quantity] * np.concatenate([line.smoothed for line in known])
    low, high = np.quantile(values, [1 - raw_share, raw_share])
    room = 0.04 * (high - low) or 0.5
    low = max(0.0, low - room)
    high = min(high + room, 100.0) if quantity == "accuracy" else high + room
    epochs = max(float(line.epochs[-1]) for line in known)
    return Frame(quantity, epochs, float(f"{low:.3g}"), float(f"{high:.4g}"))


def _means(arm: ArmCurves | None, most: int) -> list[tuple[str, Line]]:
    found = [("t", arm.train_mean), ("v", arm.validation_mean)] if arm else []
    return [(kind, thin_line(line, most)) for kind, line in found if line is not None]


def _columns(x: Values, y: Values, frame: Frame, style: ArmStyle, name: str) -> Spec:
    return {
        "name": name,
        "colour": style.colour,
        "dash": list(style.dash) or [1, 0],
        "x": [round(float(value), 3) for value in x],
        "y": [frame_value(float(value), frame) for value in y],
    }


def _draw_lines(data: str, frame: Frame, **mark: object) -> Spec:
    return {
        "data": {"name": data},
        "transform": [{"flatten": ["x", "y"]}],
        "mark": {"type": "line", "clip": True, "strokeJoin": "round", **mark},
        "encoding": {
            "x": frame.x(),
            "y": frame.y(),
            "detail": {"field": "name"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "strokeDash": {"field": "dash", "type": "nominal", "scale": None},
        },
    }


def _draw_end_labels(frame: Frame) -> Spec:
    return {
        "data": {"name": "labels"},
        "mark": {"type": "text", "align": "left", "dx": 8, "limit": 130, "color": INK, "fontWeight": 600},
        "encoding": {
            "x": frame.x(),
            "y": frame.y(),
            "text": {"field": "name"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
