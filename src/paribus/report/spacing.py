"""How a factor's numbers were spaced, and so on which axis they belong."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

Spacing = Literal["linear", "log", "even"]

APART = 10.0  # times: two numbers so far apart were spaced by a ratio
CLOSEST = 0.04  # of the axis: nearer than this, two values stand on each other


def choose_spacing(numbers: Sequence[float]) -> Spacing:
    """Log where ratios are more alike than steps, else linear; even where such an axis would not serve.

    Even: in their order, at equal distances. So stand a zero beside numbers spaced by ratios, which has no
    place on a log axis, and numbers of which two would stand on each other.
    """
    values = sorted(set(numbers))
    positive = [value for value in values if value > 0]
    by_ratio = values[0] >= 0 and _are_spaced_by_ratio(positive)
    if by_ratio and values[0] == 0:
        return "even"
    places = np.log(values) if by_ratio else np.asarray(values, float)
    crowded = len(values) > 1 and np.diff(places).min() < CLOSEST * np.ptp(places)
    return "even" if crowded else "log" if by_ratio else "linear"


def _are_spaced_by_ratio(values: Sequence[float]) -> bool:
    if len(values) <= 2:
        return len(values) == 2 and values[1] >= APART * values[0]
    steps, ratios = np.diff(values), np.diff(np.log(values))
    return bool(ratios.max() / ratios.min() < steps.max() / steps.min())
