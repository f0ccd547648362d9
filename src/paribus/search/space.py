"""A search's space: its points, how they are drawn, and what each changes of a recipe."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

from paribus import chance
from paribus.specs.files import value_toml
from paribus.specs.search import RangeSpec, SearchSpec, places_in

# For each dimension which choice it is, or which of a range's values; the number itself where a range has
# more than can be counted.
Point = tuple[float, ...]

DIGITS = 4  # of a drawn number, so that people can write it into a study of their own
MOST_WALKED = 10_000  # points; what has more is never exhausted


def draw_point(search: SearchSpec, number: int) -> Point:
    """The point of that number; another dimension more or less changes none of the others' values."""
    return tuple(
        draw_value(dimension, float(chance.uniforms((1,), search.seed, "search", number, name)[0]))
        for name, dimension in search.space.items()
    )


def draw_value(dimension: Any, share: float) -> float:
    """The value at a share from 0 to 1 of what a dimension has."""
    if not isinstance(dimension, RangeSpec):
        return int(share * len(dimension))
    if dimension.count is None:
        ends = (dimension.low, dimension.high)
        return shorten(dimension, _between(*ends, share, log=dimension.log))
    if not dimension.log:
        return int(share * dimension.count)
    drawn = round(_between(dimension.low - 0.5, dimension.high + 0.5, share, log=True))
    return int(min(max(drawn, dimension.low), dimension.high) - dimension.low)


def _between(low: float, high: float, share: float, *, log: bool) -> float:
    if not log:
        return low + share * (high - low)
    return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))


def shorten(dimension: RangeSpec, value: float) -> float:
    """With so few digits that it can be written down; never beyond the ends."""
    return float(min(max(float(f"{value:.{DIGITS}g}"), dimension.low), dimension.high))


def count_points(search: SearchSpec) -> int | None:
    """How many there are; None where they cannot be counted, or are too many to be walked through."""
    counts = [
        dimension.count if isinstance(dimension, RangeSpec) else len(dimension)
        for dimension in search.space.values()
    ]
    total = math.prod(count or MOST_WALKED + 1 for count in counts)
    return total if total <= MOST_WALKED else None


def walk_points(search: SearchSpec) -> Iterator[Point]:
    """Every point of a space that can be counted, once, in an order that the search's seed draws."""
    total = count_points(search)
    if total is None:
        return
    axes = [
        range(dimension.count or 0) if isinstance(dimension, RangeSpec) else range(len(dimension))
        for dimension in search.space.values()
    ]
    points = list(itertools.product(*axes))
    for place in chance.permutation(total, search.seed, "search order"):
        yield points[place]


def find_changes(search: SearchSpec, point: Point) -> dict[str, Any]:
    """What a point sets, by place."""
    changes: dict[str, Any] = {}
    for (name, dimension), at in zip(search.space.items(), point, strict=True):
        value = _value_at(dimension, at)
        places = places_in(name)
        together = value if len(places) > 1 else [value]
        changes |= {place: _without_label(v) for place, v in zip(places, together, strict=True)}
    return changes


def name_values(search: SearchSpec, point: Point) -> dict[str, str]:
    """How each dimension's value is called, by the dimension's name."""
    found = {}
    for (name, dimension), at in zip(search.space.items(), point, strict=True):
        value = _value_at(dimension, at)
        together = value if len(places_in(name)) > 1 else [value]
        found[name] = ", ".join(_name(part) for part in together)
    return found


def _value_at(dimension: Any, at: float) -> Any:
    if not isinstance(dimension, RangeSpec):
        return dimension[int(at)]
    return float(at) if dimension.count is None else dimension.value_at(int(at))


def _without_label(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if key != "label"}
    return value


def _name(value: Any) -> str:
    if isinstance(value, dict) and "label" in value:
        return str(value["label"])
    return value if isinstance(value, str) else value_toml(value)
