"""The shapes of the digits, as an atlas of signed distances.

For every font and digit the atlas holds how far each point lies outside (positive) or inside (negative) of
the inked shape, so that any weight, size, slant and perspective can be drawn from one table. This module
knows nothing of colours or pictures.
"""

import functools
import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.data.streetnumbers.fonts import FONTS, Font, skeleton_of

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]

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
    # rounded, so that the last bit of a machine's cosine does not show
    distances[:-1] = np.rint(np.reshape(shapes, (-1, SIDE, SIDE)) * 2**16) / 2**16
    inked = (distances < 0).any(axis=1)  # [shapes + 1, SIDE]
    left = np.where(inked, at, np.inf).min(axis=1, initial=1.0)
    right = np.where(inked, at, -np.inf).max(axis=1, initial=-1.0)
    left[BLANK], right[BLANK] = -0.25, 0.25
    return Atlas(distances, left.astype(np.float32), right.astype(np.float32))
