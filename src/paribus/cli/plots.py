"""Lines in a terminal: two by four dots a letter, figures at the axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Curve = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 64, 10  # letters of the canvas
_LABEL = 9  # letters for the figures at the left
_BLANK = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # [row][column] of a letter's dots


@dataclass(frozen=True)
class Axis:
    """From the lowest to the highest value; `log`: by decades."""

    low: float
    high: float
    log: bool = False

    @classmethod
    def over(cls, values: Sequence[float], *, log: bool = False) -> "Axis":
        return cls(min(values), max(values), log)

    def share(self, value: float) -> float:
        """Where the value stands, from 0 to 1 and beyond."""
        low, high, at = (math.log(x) if self.log else x for x in (self.low, self.high, value))
        return (at - low) / (high - low) if high > low else 0.5


def draw_plot(curves: Sequence[Curve], x: Axis, y: Axis, *, marks: Sequence[float] = ()) -> str:
    """The curves in one picture; `marks` are places on x that an upright line shows."""
    dots = [[0] * WIDTH for _ in range(HEIGHT)]
    for place in marks:
        column = round(x.share(place) * (2 * WIDTH - 1))
        for row in range(0, 4 * HEIGHT, 2):
            _set(dots, column, row)
    for curve in curves:
        _join(dots, [(_column(x, a), _row(y, b)) for a, b in curve])
    rows = ["".join(chr(_BLANK + letter) for letter in row) for row in dots]
    labels = {0: y.high, HEIGHT - 1: y.low}
    left = [f"{labels[k]:.3g}" if k in labels else "" for k in range(HEIGHT)]
    lines = [f"{label:>{_LABEL}} {row}" for label, row in zip(left, rows, strict=True)]
    first, last = f"{x.low:.3g}", f"{x.high:.3g}"
    under = first + " " * max(WIDTH - len(first) - len(last), 1) + last
    return "\n".join([*lines, " " * (_LABEL + 1) + under])


def _column(axis: Axis, value: float) -> int:
    return round(axis.share(value) * (2 * WIDTH - 1))


def _row(axis: Axis, value: float) -> int:
    """From the top."""
    return round((1 - axis.share(value)) * (4 * HEIGHT - 1))


def _join(dots: list[list[int]], points: Sequence[tuple[int, int]]) -> None:
    """A dot for each point, and for each place between two."""
    for (column, row), (next_column, next_row) in zip(points, [*points[1:], points[-1]], strict=True):
        steps = max(abs(next_column - column), abs(next_row - row), 1)
        for k in range(steps + 1):
            _set(
                dots,
                round(column + (next_column - column) * k / steps),
                round(row + (next_row - row) * k / steps),
            )


def _set(dots: list[list[int]], column: int, row: int) -> None:
    """Nothing where that is outside."""
    if 0 <= column < 2 * WIDTH and 0 <= row < 4 * HEIGHT:
        dots[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
