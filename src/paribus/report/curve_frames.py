"""What the charts of learning curves share: their axes, and lines as data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from paribus.report.charts import Spec
from paribus.report.colours import ArmStyle
from paribus.report.curves import ArmCurves, Line, Quantity
from paribus.report.scale import choose_reach
from paribus.report.smoothing import Values

UNITS: dict[Quantity, float] = {"loss": 1.0, "accuracy": 100.0}
TITLES: dict[Quantity, str] = {"loss": "loss, nats per image", "accuracy": "accuracy, %"}
PADDING = {"left": 1, "top": 20, "right": 1, "bottom": 1}  # the y axis has its title above it
NEAR = 0.05  # of the median: so far apart at the end, arms are never off the scale
OUTERMOST = 0.02  # of all values may leave a panel at either end


@dataclass(frozen=True)
class Frame:
    """The axes that all charts of one figure share."""

    quantity: Quantity
    title: str  # with unit and n
    first: float  # epoch
    last: float
    low: float
    high: float

    def x(self) -> Spec:
        scale = {"domain": [self.first, self.last], "nice": False}
        axis = {"title": "epoch", "values": choose_ticks(self.first, self.last), "grid": False, "format": "d"}
        return {"field": "x", "type": "quantitative", "scale": scale, "axis": axis}

    def y(self) -> Spec:
        scale = {"domain": [self.low, self.high], "nice": False, "zero": False}
        above = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -14, "titleX": 0}
        axis = {"title": self.title, "tickCount": 4, **above}
        return {"field": "y", "type": "quantitative", "scale": scale, "axis": axis}

    def in_steps(self, arms: Sequence[ArmCurves]) -> Spec:
        """What the page makes of x where it counts steps; nothing where an arm's were not kept."""
        steps = [arm.steps for arm in arms if arm.train]
        if not steps or not all(steps):
            return {}
        first, last = self.first * min(steps), self.last * max(steps)
        return {"steps": {"domain": [first, last], "values": choose_ticks(first, last)}}

    @property
    def holds(self) -> str:
        """Whether a point lies on the axes, as an expression; not for the page's axis of steps."""
        return f"datum.y >= {self.low} && datum.y <= {self.high}"

    def value(self, value: float) -> float:
        """In the axis' unit, with as many digits as a screen can show."""
        return float(f"{UNITS[self.quantity] * value:.5g}")


def frame_panels(curves: Sequence[ArmCurves], quantity: Quantity) -> Frame:
    """Over all lines but their outermost values, so that one wild run hides no other."""
    lines = [line for arm in curves for line in (*arm.train.values(), *arm.validation.values())]
    known = [line for line in lines if len(line.raw)]
    if not known:
        return Frame(quantity, TITLES[quantity], 0.0, 1.0, 0.0, 1.0)
    values = np.concatenate([line.smoothed for line in known])
    low, high = np.quantile(values, [OUTERMOST, 1 - OUTERMOST])
    return _make_frame(quantity, known, float(low), float(high))


def frame_overview(curves: Sequence[ArmCurves], quantity: Quantity) -> Frame:
    """Over the second half of training, where arms differ, and over the arms that learned."""
    means = [arm.validation_mean for arm in curves if arm.validation_mean]
    ends = np.array([line.raw[-1] for line in means])
    middle = float(np.median(ends))
    reach = choose_reach([abs(float(end) - middle) for end in ends], least=NEAR * middle)
    near = [line for line, end in zip(means, ends, strict=True) if abs(end - middle) <= reach]
    late = np.concatenate([line.raw[len(line.raw) // 2 :] for line in near])
    frame = _make_frame(quantity, means, float(late.min()), float(late.max()))
    first = min(float(line.epochs[len(line.raw) // 2]) for line in near)
    runs = [len(arm.finished) for arm in curves if arm.validation_mean]
    n = f"{min(runs)}" if min(runs) == max(runs) else f"{min(runs)} to {max(runs)}"
    title = f"validation {TITLES[quantity]} (mean of n = {n} runs)"
    return replace(frame, title=title, first=min(first, frame.last - 1))


def choose_ticks(first: float, last: float) -> list[int]:
    """Whole epochs, six at most, at steps of 1, 2 or 5 times a power of ten."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next(step for step in steps if (last - first) / step <= 5)
    return list(range(math.ceil(first / step) * step, math.floor(last) + 1, step))


def write_line(
    arm: ArmCurves, points: tuple[Values, Values], frame: Frame, style: ArmStyle, name: str
) -> Spec:
    """One line as one row of data, in columns: a third of the size of one row for each point.

    The page knows by `_arms` what to leave out, and by `_steps` an epoch's length.
    """
    return {
        "_arms": [arm.number],
        "_steps": arm.steps,
        "name": name,
        "colour": style.colour,
        "dash": list(style.dash) or [1, 0],
        "x": [round(float(value), 4) for value in points[0]],
        "y": [frame.value(float(value)) for value in points[1]],
    }


def write_point(arm: ArmCurves, point: tuple[float, float], frame: Frame, style: ArmStyle, name: str) -> Spec:
    return {
        "_arms": [arm.number],
        "_steps": arm.steps,
        "name": name,
        "colour": style.colour,
        "x": float(point[0]),
        "y": frame.value(float(point[1])),
    }


def draw_lines(data: str, frame: Frame, **mark: object) -> Spec:
    """Faint lines by `strokeOpacity`: with `opacity`, a PNG outside the browser takes twice as long."""
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


def draw_points(data: str, frame: Frame, **mark: object) -> Spec:
    return {
        "data": {"name": data},
        "transform": [{"filter": frame.holds}],
        "mark": {"type": "point", "opacity": 1, **mark},
        "encoding": {
            "x": frame.x(),
            "y": frame.y(),
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def _make_frame(quantity: Quantity, lines: Sequence[Line], low: float, high: float) -> Frame:
    unit = UNITS[quantity]
    room = 0.06 * (high - low) or 0.01
    top = min(high + room, 1.0) if quantity == "accuracy" else high + room
    last = max(float(line.epochs[-1]) for line in lines)
    return Frame(
        quantity, TITLES[quantity], 0.0, last, round(unit * max(0.0, low - room), 4), round(unit * top, 4)
    )
