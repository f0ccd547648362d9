"""Where in its dimension a value stands: as a number, and whether at an end."""

import math
from typing import Any, Literal

from paribus.specs.search import RangeSpec

NEAR = 0.02  # of a range that is not counted: so near to its end counts as the end
_FEWEST = 3  # values with an inside


def number_of(dimension: Any, at: float) -> float | None:
    """None of choices that are not all numbers."""
    if isinstance(dimension, RangeSpec):
        return float(at) if dimension.count is None else float(dimension.value_at(int(at)))
    return float(dimension[int(at)]) if _are_numbers(dimension) else None


def _are_numbers(choices: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in choices)


def find_side(dimension: Any, at: float) -> Literal["lowest", "highest"] | None:
    """Where a value is the first or the last that was to be had, so that a better one may lie beyond."""
    if not isinstance(dimension, RangeSpec):
        if len(dimension) < _FEWEST or not _are_numbers(dimension):
            return None
        value = dimension[int(at)]
        return "lowest" if value == min(dimension) else "highest" if value == max(dimension) else None
    if dimension.count is not None:
        if dimension.count < _FEWEST:
            return None
        return "lowest" if int(at) == 0 else "highest" if int(at) == dimension.count - 1 else None
    low, high, value = dimension.low, dimension.high, at
    if dimension.log:
        low, high, value = math.log(low), math.log(high), math.log(value)
    share = (value - low) / (high - low)
    return "lowest" if share <= NEAR else "highest" if share >= 1 - NEAR else None
