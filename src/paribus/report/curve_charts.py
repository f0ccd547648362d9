"""Learning curves as charts: all arms in one, then each arm in a panel of its own beside the control."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from paribus.report.charts import Spec, draw_chart
from paribus.report.colours import GRAY, ArmStyle
from paribus.report.curve_frames import PADDING, Frame, draw_lines, draw_points, write_line, write_point
from paribus.report.curves import ArmCurves, Line

PANEL_PIXELS, OVERVIEW_PIXELS = 170, 300
LABEL_PIXELS = 15  # least distance of two labels
SEEDS_IN_OVERVIEW = 6  # arms; with more, the seeds' lines stay in the panels
BEST: Spec = {"shape": "circle", "size": 50, "filled": False, "strokeWidth": 1.2}
STOP: Spec = {"shape": "stroke", "angle": 90, "size": 90, "strokeWidth": 1.6}


def draw_overview(curves: Sequence[ArmCurves], frame: Frame, styles: dict[str, ArmStyle]) -> Spec:
    """Validation, arms together: means thick with a name at the end, seeds thin."""
    seeds = [
        (arm, f"{arm.arm}, seed {seed}", line)
        for arm in (curves if len(curves) <= SEEDS_IN_OVERVIEW else ())
        for seed, line in arm.validation.items()
    ]
    means = [(arm, arm.arm, arm.validation_mean) for arm in curves if arm.validation_mean]

    def write(lines: Sequence[tuple[ArmCurves, str, Line]]) -> list[Spec]:
        return [
            write_line(arm, (line.epochs, line.raw), frame, styles[arm.arm], name)
            for arm, name, line in lines
        ]

    height = max(OVERVIEW_PIXELS, LABEL_PIXELS * len(means))
    return draw_chart(
        height,
        padding=PADDING,
        usermeta=frame.in_steps(curves),
        datasets={
            "seeds": write(seeds),
            "means": write(means),
            "best": _mark_best_means(curves, frame, styles),
            "stops": [stop for arm in curves for stop in _mark_stops(arm, frame, styles[arm.arm])],
            "labels": _label_ends(curves, frame, styles, height),
        },
        layer=[
            draw_lines("seeds", frame, strokeWidth=0.8, strokeOpacity=0.3),
            draw_lines("means", frame, strokeWidth=2.2),
            draw_points("stops", frame, **STOP),
            draw_points("best", frame, **BEST | {"size": 70}),
            _draw_labels(frame, dx=8, fontWeight=600, limit=150),
        ],
    )


def draw_panel(
    arm: ArmCurves, control: ArmCurves | None, frame: Frame, style: ArmStyle, window: int, *, named: bool
) -> Spec:
    """One arm: training as a haze with smoothed lines on it, validation as dots joined by a line.

    Gray behind it is the control's validation. `named` writes at the lines which is which. The page smooths
    anew: `smooth` from `raw`, `train` from the mean of `raw` over finished runs.
    """
    plain = replace(style, dash=())  # a panel shows one arm: it needs no dashes
    validation_mean = [arm.validation_mean] if arm.validation_mean else []

    def write(line: Line, name: str, *, raw: bool = False) -> Spec:
        return write_line(arm, (line.epochs, line.raw if raw else line.smoothed), frame, plain, name)

    def write_control(of: ArmCurves) -> list[Spec]:
        line, gray = of.validation_mean, ArmStyle(GRAY)
        return [write_line(of, (line.epochs, line.raw), frame, gray, of.arm)] if line else []

    return draw_chart(
        PANEL_PIXELS,
        padding=PADDING,
        usermeta={**frame.in_steps([arm]), "window": window},
        datasets={
            "raw": [
                write(line, f"seed {seed}", raw=True) | {"finished": seed in arm.finished}
                for seed, line in arm.train.items()
            ],
            "smooth": [write(line, f"seed {seed}") for seed, line in arm.train.items()],
            "checks": [write(line, f"seed {seed}") for seed, line in arm.validation.items()],
            "control": write_control(control) if control else [],
            "train": [write(arm.train_mean, "mean")] if arm.train_mean else [],
            "validation": [write(line, "mean") for line in validation_mean],
            "best": _mark_best(arm, frame, plain),
            "stops": _mark_stops(arm, frame, plain),
            "labels": _label_kinds(arm, frame, plain) if named else [],
        },
        layer=[
            draw_lines("raw", frame, strokeWidth=0.5, strokeOpacity=0.16),
            draw_lines("smooth", frame, strokeWidth=0.6, strokeOpacity=0.4),
            draw_lines("checks", frame, strokeWidth=0.6, strokeOpacity=0.4),
            draw_lines("control", frame, strokeWidth=1.6),
            draw_lines("train", frame, strokeWidth=1.4, strokeOpacity=0.8),
            draw_lines("validation", frame, strokeWidth=2.2, point={"size": 30, "filled": True}),
            draw_points("stops", frame, **STOP),
            draw_points("best", frame, **BEST),
            _draw_labels(frame, align="right", fontSize=11, dx=-2, dy={"expr": "datum.dy"}),
        ],
    )


def _mark_best(arm: ArmCurves, frame: Frame, style: ArmStyle) -> list[Spec]:
    """Each run's best epoch, on its own line."""
    return [
        write_point(arm, (epoch, line.raw[epoch - 1]), frame, style, f"seed {seed}")
        for seed, epoch in arm.best.items()
        for line in [arm.validation[seed]]
        if epoch <= len(line.raw)
    ]


def _mark_best_means(curves: Sequence[ArmCurves], frame: Frame, styles: dict[str, ArmStyle]) -> list[Spec]:
    """Where each arm's mean is best."""
    best = np.argmin if frame.quantity == "loss" else np.argmax
    return [
        write_point(arm, (line.epochs[k], line.raw[k]), frame, styles[arm.arm], arm.arm)
        for arm in curves
        for line in [arm.validation_mean]
        if line is not None
        for k in [int(best(line.raw))]
    ]


def _mark_stops(arm: ArmCurves, frame: Frame, style: ArmStyle) -> list[Spec]:
    """Where early stopping ended runs."""
    return [
        write_point(arm, (line.epochs[-1], line.raw[-1]), frame, style, f"{arm.arm}, seed {seed}")
        for seed in arm.stopped
        for line in [arm.validation[seed]]
        if len(line.raw)
    ]


def spread_labels(ends: Sequence[float], frame: Frame, pixels: int) -> list[float]:
    """Labels at the lines' ends, moved apart as little as needed, in their order, inside the frame."""
    gap = LABEL_PIXELS * (frame.high - frame.low) / pixels
    order = sorted(range(len(ends)), key=lambda k: ends[k])
    placed = [0.0] * len(ends)
    lowest = frame.low - gap
    for k in order:
        placed[k] = lowest = max(ends[k], lowest + gap)
    highest = frame.high + gap
    for k in reversed(order):
        placed[k] = highest = min(placed[k], highest - gap)
    return [round(value, 4) for value in placed]


def shorten_names(names: Sequence[str]) -> list[str]:
    """`lr=0.1`, `lr=0.01` are told apart by `0.1`, `0.01`: where space is scarce, that is enough.

    Arms of a grid, `a=1,b=2` and `a=1,b=3`, are told apart by the values that differ.
    """
    parts = [[part.partition("=") for part in name.split(",")] for name in names]
    keys = {tuple(f"{key}{equals}" for key, equals, _ in of_name) for of_name in parts}
    if len(keys) > 1 or not all(key.endswith("=") for key in next(iter(keys))):
        return [*names]
    columns = [[value for _, _, value in column] for column in zip(*parts, strict=True)]
    differing = [column for column in columns if len(set(column)) > 1] or columns
    return [", ".join(values) for values in zip(*differing, strict=True)]


def _label_ends(
    curves: Sequence[ArmCurves], frame: Frame, styles: dict[str, ArmStyle], pixels: int
) -> list[Spec]:
    means = {arm.arm: (arm, arm.validation_mean) for arm in curves if arm.validation_mean}
    if not means:
        return []
    ends = [frame.value(line.raw[-1]) for _, line in means.values()]
    heights = spread_labels(ends, frame, pixels)
    names = [name + _point_to(end, frame) for name, end in zip(shorten_names([*means]), ends, strict=True)]
    return [
        write_point(arm, (line.epochs[-1], 0.0), frame, styles[arm.arm], name) | {"y": height}
        for (arm, line), name, height in zip(means.values(), names, heights, strict=True)
    ]


def _point_to(end: float, frame: Frame) -> str:
    """An arrow and the figure, for a line that ends off the axis."""
    if frame.low <= end <= frame.high:
        return ""
    arrow = "\N{DOWNWARDS ARROW}" if end < frame.low else "\N{UPWARDS ARROW}"
    return f" {arrow} {end:.3g}"


def _label_kinds(arm: ArmCurves, frame: Frame, style: ArmStyle) -> list[Spec]:
    """`training` and `validation` at their lines' ends, clear of both."""
    if arm.train_mean is None or arm.validation_mean is None:
        return []
    ends = {"training": arm.train_mean.smoothed[-1], "validation": arm.validation_mean.raw[-1]}
    heights = {kind: float(np.clip(frame.value(end), frame.low, frame.high)) for kind, end in ends.items()}
    upper, lower = sorted(heights, key=lambda kind: -heights[kind])
    low = heights[lower] < frame.low + 0.25 * (frame.high - frame.low)  # then both stand above
    rises = {upper: -28, lower: -14} if low else {upper: -16, lower: 20}
    return [
        write_point(arm, (frame.last, 0.0), frame, style, kind) | {"y": height, "dy": rises[kind]}
        for kind, height in heights.items()
    ]


def _draw_labels(frame: Frame, **mark: object) -> Spec:
    return {
        "data": {"name": "labels"},
        "mark": {"type": "text", "align": "left", **mark},
        "encoding": {
            "x": frame.x(),
            "y": frame.y(),
            "text": {"field": "name"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
