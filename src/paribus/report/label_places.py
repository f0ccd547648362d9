"""Which points of a chart can have their names beside them, so that nothing stands on anything else.

Places are found for the narrowest width that a chart has. In a wider one points move apart sideways and never
together, so what fits here fits there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LETTER_PIXELS, LINE_PIXELS = 6.3, 13.0
ASIDE, ABOVE = 8.0, 12.0  # pixels from a point to its name
RADIUS = 5.0

Align = Literal["left", "right", "center"]
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Point:
    """Where a point, its interval and its name are, in pixels from the left and from above."""

    name: str
    x: float
    y: float
    top: float  # of the interval
    bottom: float


@dataclass(frozen=True)
class Place:
    align: Align
    dx: float
    dy: float


def place_labels(
    points: Sequence[Point], width: float, height: float, lines: Sequence[Box] = ()
) -> list[Place | None]:
    """A place for each name in the order given, the first ones first; None where there is none.

    `lines` are what else names keep clear of.
    """
    placed: list[Place | None] = []
    names: list[Box] = []
    for point in points:
        others = [other for other in points if other is not point]
        under = [box for other in others if other.x == point.x for box in _marks(other)]  # they stay there
        beside = [box for other in others if other.x != point.x for box in _marks(other)]
        found = next(
            (
                place
                for place in _candidates(point)
                if _is_free(_reach(point, place), [*beside, *names])
                and _is_free(_box(point, place), [*under, *lines])
                and _is_inside(_box(point, place), width, height)
            ),
            None,
        )
        placed.append(found)
        if found:
            names.append(_reach(point, found))
    return placed


def _marks(point: Point) -> list[Box]:
    return [
        (point.x - RADIUS, point.y - RADIUS, point.x + RADIUS, point.y + RADIUS),
        (point.x - 2, point.top, point.x + 2, point.bottom),
    ]


def _candidates(point: Point) -> list[Place]:
    """At the point's side, then above and below its interval."""
    beyond = [point.top - point.y - ABOVE, point.bottom - point.y + ABOVE]
    return [
        Place("left", ASIDE, 0.0),
        Place("right", -ASIDE, 0.0),
        *(Place("center", 0.0, dy) for dy in beyond),
        *(Place("left", ASIDE, dy) for dy in (-ABOVE, ABOVE)),
        *(Place("left", -RADIUS, dy) for dy in beyond),
        *(Place("right", -ASIDE, dy) for dy in (-ABOVE, ABOVE)),
    ]


def _box(point: Point, place: Place) -> Box:
    wide = LETTER_PIXELS * len(point.name)
    left = {"left": 0.0, "right": -wide, "center": -wide / 2}[place.align] + point.x + place.dx
    top = point.y + place.dy - LINE_PIXELS / 2
    return left, top, left + wide, top + LINE_PIXELS


def _reach(point: Point, place: Place) -> Box:
    """The name with the way to its point: what stands between the two would move into it in a wider chart."""
    left, top, right, bottom = _box(point, place)
    return min(left, point.x), top, max(right, point.x), bottom


def _is_free(box: Box, taken: Sequence[Box]) -> bool:
    left, top, right, bottom = box
    return all(right <= x1 or left >= x2 or bottom <= y1 or top >= y2 for x1, y1, x2, y2 in taken)


def _is_inside(box: Box, width: float, height: float) -> bool:
    left, top, right, bottom = box
    return left >= -RADIUS and right <= width and top >= -LINE_PIXELS and bottom <= height
