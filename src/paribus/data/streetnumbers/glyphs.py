"""The shapes of the digits: skeletons, the fonts whose pens follow them, and an atlas of signed distances.

A skeleton is a path in hundredths of the digit's height, x to the right of its middle, y down from its top:

    M x y                      lift the pen and put it down there
    L x y                      straight on
    C x1 y1 x2 y2 x y          along a cubic Bezier curve
    E cx cy rx ry from to      on to and along an ellipse, degrees clockwise from the right
    A cx cy rx ry from to      the same with the pen lifted before
    O cx cy rx ry              a whole ellipse
    B cx cy r                  a ball

The atlas holds, for every font and digit, how far each point lies outside (positive) or inside (negative) of
the inked shape, so that any weight, size, slant and perspective can be drawn from one table. This module
knows nothing of colours or pictures.
"""

import functools
import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

# ---------------------------------------------------------------------------------------------- skeletons

SKELETONS: dict[str, str] = {
    "0 oval": "O 0 50 30 50",
    "0 wide": "O 0 50 38 50",
    "0 straight": "M 28 72 E 0 72 28 28 0 180 L -28 28 E 0 28 28 28 180 360 L 28 72",
    "0 block": "M 0 0 L 15 0 L 28 15 L 28 85 L 15 100 L -15 100 L -28 85 L -28 15 L -15 0 L 0 0",
    "1 bar": "M 0 0 L 0 100",
    "1 flag": "M -20 21 L 3 2 M 3 0 L 3 100",
    "1 hook": "M -19 20 C -6 17 2 10 5 0 L 5 100",
    "1 foot": "M -20 19 C -10 17 -2 10 2 0 L 2 100 M -21 100 L 25 100",
    "1 long": "M -28 37 L 7 2 M 7 0 L 7 100",
    "2 round": "A 0 28 28 28 187 390 C 15 58 -25 76 -29 100 L 30 100",
    "2 diagonal": "A 0 28 28 28 187 402 L -29 100 L 30 100",
    "2 wave": "A -2 25 26 25 190 395 C 10 62 -14 82 -31 97 C -18 86 -6 90 6 96 C 18 101 26 97 31 85",
    "2 ball": "A 0 27 27 27 190 390 C 15 58 -22 76 -28 99 L 28 99 L 30 82 B -22 25 9",
    "2 block": "M -28 19 L -28 15 L -15 0 L 15 0 L 28 15 L 28 38 L -28 82 L -28 100 L 28 100",
    "3 round": "A -2 25 25 25 205 435 M -10 50 L 4 50 A -1 75 29 25 270 515",
    "3 flat": "M -26 0 L 25 0 L -3 38 C 40 38 34 100 0 100 C -14 100 -24 94 -28 82",
    "3 ball": "A -2 25 25 25 205 450 A -2 75 29 25 270 515 B -22 18 9 B -25 82 9",
    "3 block": "M -28 15 L -15 0 L 15 0 L 28 15 L 28 38 L 17 49 L -10 49 "
    "M 17 49 L 28 61 L 28 85 L 15 100 L -15 100 L -28 85",
    "4 closed": "M 15 100 L 15 0 L 13 0 L -32 70 L 34 70",
    "4 open": "M -12 0 L -31 63 L 32 63 M 14 30 L 14 100",
    "4 foot": "M 12 100 L 12 0 L -34 69 L 32 69 M -5 100 L 29 100",
    "4 crossed": "M -4 0 L -33 68 L 33 68 M 13 44 L 13 100",
    "5 round": "M 25 0 L -20 0 L -24 47 E -1 67 30 33 221 512",
    "5 flag": "M 26 -2 C 12 5 -4 3 -19 1 L -22 48 E -2 67 29 33 225 510 B -24 81 9",
    "5 block": "M 27 0 L -27 0 L -27 43 L 15 43 L 28 57 L 28 85 L 15 100 L -15 100 L -28 85",
    "5 geometric": "M 26 0 L -14 0 L -22 44 C -2 34 31 40 31 68 C 31 98 -6 108 -28 86",
    "6 tail": "O 0 68 29 32 M 25 15 C 20 4 11 0 3 0 C -19 0 -29 24 -29 68",
    "6 leg": "O 0 69 30 31 M 12 0 L -26 53",
    "6 ball": "O 0 67 28 33 M 24 14 C 20 4 12 0 5 0 C -19 0 -29 30 -28 68 B 20 14 8",
    "6 block": "M 28 15 L 15 0 L -15 0 L -28 15 L -28 85 L -15 100 L 15 100 L 28 85 L 28 59 L 15 45 L -26 45",
    "7 straight": "M -29 0 L 29 0 L -9 100",
    "7 curved": "M -29 0 L 29 0 C 12 24 -6 56 -8 100",
    "7 crossed": "M -29 0 L 28 0 L -11 100 M -19 52 L 20 52",
    "7 serif": "M -29 20 L -27 1 L 29 1 C 14 28 -4 60 -7 100",
    "8 loops": "O 0 25 24 25 O 0 75 29 25",
    "8 equal": "O 0 25 26 25 O 0 75 27 25",
    "8 block": "M 0 0 L 15 0 L 27 14 L 27 36 L 16 48 L -16 48 L -27 36 L -27 14 L -15 0 L 0 0 "
    "M 0 48 L 16 48 L 28 61 L 28 86 L 15 100 L -15 100 L -28 86 L -28 61 L -16 48 L 0 48",
}


class Font(NamedTuple):
    """How a pen follows the skeletons; lengths in digit heights."""

    name: str
    shapes: str  # the skeletons of 0 to 8; a 9 is the 6 turned by half
    upright: float  # half the width of a vertical stroke
    level: float  # half the width of a horizontal stroke
    width: float = 1.0  # how far the skeletons are stretched sideways
    slant: float = 0.0
    round_ends: bool = False


FONTS: tuple[Font, ...] = (
    Font("sans", "oval flag round round closed round tail straight loops", 0.070, 0.062),
    Font("bold", "oval flag round round closed round tail straight loops", 0.110, 0.090, 1.1),
    Font(
        "narrow",
        "straight hook diagonal round closed round tail straight equal",
        0.075,
        0.065,
        0.74,
    ),
    Font(
        "rounded",
        "oval long round round open round tail curved loops",
        0.072,
        0.072,
        round_ends=True,
    ),
    Font("serif", "oval foot ball ball foot flag ball serif loops", 0.085, 0.032),
    Font("brass", "oval hook wave ball crossed flag ball curved loops", 0.078, 0.045, 1, 0.14, True),
    Font(
        "plate",
        "straight long diagonal flat closed geometric leg crossed equal",
        0.068,
        0.060,
        0.92,
    ),
    Font("deco", "wide bar diagonal flat closed geometric leg straight equal", 0.042, 0.042, 1.05),
    Font(
        "painted",
        "oval bar wave flat open geometric leg crossed equal",
        0.060,
        0.052,
        0.95,
        0.08,
        True,
    ),
    Font("block", "block flag block block closed block block straight block", 0.085, 0.080, 0.95),
)


def skeleton_of(font: Font, digit: int) -> str:
    return SKELETONS[f"{digit} {font.shapes.split()[digit]}"]


# -------------------------------------------------------------------------------------------------- paths


class Ball(NamedTuple):
    centre: F64  # [2]
    radius: float


def _commands(path: str) -> Iterator[tuple[str, list[float]]]:
    letter, numbers = "", list[float]()
    for word in [*path.split(), "end"]:
        if not word.isalpha():
            numbers.append(float(word))
            continue
        if letter:
            yield letter, numbers
        letter, numbers = word, []


def _along_ellipse(numbers: list[float]) -> F64:
    cx, cy, rx, ry, first, last = numbers
    angles = np.radians(np.linspace(first, last, 97))
    return np.stack([cx + rx * np.cos(angles), cy + ry * np.sin(angles)], axis=1)


def _along_bezier(start: F64, numbers: list[float]) -> F64:
    t = np.linspace(0, 1, 49)[1:, None]
    a, b, end = np.array(numbers).reshape(3, 2)
    return np.asarray((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b + t**3 * end)


def trace(path: str) -> tuple[list[F64], list[Ball]]:
    """The pen's lines [points, 2], one for each time that it is put down, and the balls; in digit heights."""
    lines, balls = list[list[F64]](), list[Ball]()
    for letter, numbers in _commands(path):
        match letter:
            case "M":
                lines.append([np.array([numbers])])
            case "L":
                lines[-1].append(np.array([numbers]))
            case "C":
                lines[-1].append(_along_bezier(lines[-1][-1][-1], numbers))
            case "E":
                lines[-1].append(_along_ellipse(numbers))
            case "A":
                lines.append([_along_ellipse(numbers)])
            case "O":
                lines.append([_along_ellipse([*numbers, 0.0, 360.0])])
            case "B":
                balls.append(Ball(np.array(numbers[:2]) / 100, numbers[2] / 100))
            case _:
                raise AssertionError(f"unknown letter {letter!r} in {path!r}")
    return [np.concatenate(line) / 100 for line in lines], balls


def _without_repeats(line: F64) -> F64:
    moved = np.hypot(*np.diff(line, axis=0).T) > 1e-6
    return np.asarray(line[np.concatenate([[True], moved])])


def _split_at_corners(line: F64) -> list[F64]:
    """The smooth runs of a line; neighbours share the corner's point."""
    steps = np.diff(line, axis=0)
    steps /= np.hypot(*steps.T)[:, None]
    cosines = (steps[:-1] * steps[1:]).sum(axis=1)
    corners = np.flatnonzero(cosines < 0.85) + 1
    edges = [0, *corners.tolist(), len(line) - 1]
    return [line[a : b + 1] for a, b in itertools.pairwise(edges)]


def _resample(run: F64, step: float) -> F64:
    """The same run with equal segments of about `step`."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(run, axis=0).T))])
    count = max(1, round(lengths[-1] / step))
    at = np.linspace(0.0, lengths[-1], count + 1)
    return np.stack([np.interp(at, lengths, run[:, 0]), np.interp(at, lengths, run[:, 1])], axis=1)


# --------------------------------------------------------------------------------------------------- pens


class Run(NamedTuple):
    """A smooth part of a stroke as a chain of segments."""

    points: F64  # [segments + 1, 2]
    radii: F64  # [segments + 1]
    flat: tuple[bool, bool]  # whether the first and the last end are cut square


def _runs(font: Font, line: F64) -> list[Run]:
    """A stroke as chains that overlap or meet; square-cut pens get sharp corners, round pens round ones."""
    line = _without_repeats(line * np.array([font.width, 1.0]))
    closed = bool(np.hypot(*(line[0] - line[-1])) < 1e-6)
    step = max(0.08, font.upright)  # no shorter than a pen is wide, so that square ends stay square
    chains = [_resample(run, step) for run in _split_at_corners(line)]
    square = not font.round_ends
    extra = _run_on(chains, closed=closed) * font.level * square
    runs = list[Run]()
    for index, points in enumerate(chains):
        directions = np.gradient(points, axis=0)
        directions /= np.hypot(*directions.T)[:, None]
        radii = font.level + (font.upright - font.level) * np.abs(directions[:, 1]) ** 1.5
        points[0] -= extra[index, 0] * directions[0]
        points[-1] += extra[index, 1] * directions[-1]
        first, last = index == 0 and closed, index == len(chains) - 1 and closed
        runs.append(Run(points, radii, (square and not first, square and not last)))
    return runs


def _run_on(chains: list[F64], *, closed: bool) -> F64:
    """How many half pen widths to prolong each chain at both ends, [chains, 2].

    At a corner as far as fills it and does not stick out on the other side; at the lines above and below the
    digit by one, because what passes them is cut off.
    """
    extra = np.zeros((len(chains), 2))
    for index, (one, two) in enumerate(itertools.pairwise(chains)):
        arriving, leaving = one[-1] - one[-2], two[1] - two[0]
        cosine = arriving @ leaving / (np.hypot(*arriving) * np.hypot(*leaving))
        half_turn = np.sqrt((1 - cosine) / (1 + cosine))  # the tangent of half the angle
        extra[index, 1] = extra[index + 1, 0] = min(half_turn, 1 / half_turn)
    if not closed:
        extra[0, 0] = _is_at_line(chains[0][0])
        extra[-1, 1] = _is_at_line(chains[-1][-1])
    return extra


def _is_at_line(point: F64) -> bool:
    return bool(min(abs(point[1]), abs(point[1] - 1)) < 0.01)


def _distance_to_run(run: Run, x: F64, y: F64) -> F64:
    """Signed distance from points [n] to a chain of tapering segments."""
    start, step = run.points[:-1, None], np.diff(run.points, axis=0)[:, None]  # [segments, 1, 2]
    length = np.hypot(step[..., 0], step[..., 1])
    along = ((x - start[..., 0]) * step[..., 0] + (y - start[..., 1]) * step[..., 1]) / length**2
    nearest = np.clip(along, 0.0, 1.0)
    apart = np.hypot(x - start[..., 0] - nearest * step[..., 0], y - start[..., 1] - nearest * step[..., 1])
    distance = apart - (run.radii[:-1, None] + nearest * np.diff(run.radii)[:, None])  # [segments, n]
    if run.flat[0]:
        distance[0] = np.maximum(distance[0], -along[0] * length[0])
    if run.flat[1]:
        distance[-1] = np.maximum(distance[-1], (along[-1] - 1) * length[-1])
    return np.asarray(distance.min(axis=0))


def signed_distance(font: Font, digit: int, x: F64, y: F64) -> F64:
    """How far the points [n] lie outside of the digit, in digit heights."""
    if digit == 9:
        # turned about the middle, and slanted like its neighbours all the same
        return signed_distance(font, 6, -x, 1 - y)
    x = x - font.slant * (0.5 - y)
    lines, balls = trace(skeleton_of(font, digit))
    parts = [_distance_to_run(run, x, y) for line in lines for run in _runs(font, line)]
    if not font.round_ends:
        parts = [np.maximum(part, np.abs(y - 0.5) - 0.5 - font.level) for part in parts]
    parts += [np.hypot(x - b.centre[0] * font.width, y - b.centre[1]) - b.radius for b in balls]
    return np.asarray(np.minimum.reduce(parts))


# -------------------------------------------------------------------------------------------------- atlas

PITCH = 48  # atlas points in a digit's height
SIDE = 72  # atlas points in a row and in a column: a quarter of a height to spare on every side
BLANK = len(FONTS) * 10  # the number of a shape that is nowhere
FAR = 0.4  # the distance to it


class Atlas(NamedTuple):
    distances: F32  # [shapes + 1, SIDE, SIDE], shape = 10 font + digit
    left: F32  # [shapes + 1], where the ink begins, to the right of the skeleton's middle
    right: F32  # [shapes + 1], where it ends


@functools.cache
def atlas() -> Atlas:
    at = (np.arange(SIDE) + 0.5 - SIDE / 2) / PITCH
    x, y = np.meshgrid(at, at + 0.5)
    shapes = [signed_distance(font, digit, x.ravel(), y.ravel()) for font in FONTS for digit in range(10)]
    distances = np.full((len(shapes) + 1, SIDE, SIDE), FAR, dtype=np.float32)
    distances[:-1] = np.reshape(shapes, (-1, SIDE, SIDE))
    inked = (distances < 0).any(axis=1)  # [shapes + 1, SIDE]
    left = np.where(inked, at, np.inf).min(axis=1, initial=1.0)
    right = np.where(inked, at, -np.inf).max(axis=1, initial=-1.0)
    left[BLANK], right[BLANK] = -0.25, 0.25
    return Atlas(distances, left.astype(np.float32), right.astype(np.float32))
