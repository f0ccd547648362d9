"""The first sieve for near twins: pairs that look alike from afar, plain or mirrored.

Every image becomes a sketch: its brightness and its details, each on an 8x8 grid, centred and of one length,
so that brightness and contrast do not count. All pairs are compared but for those that cannot reach the
bound. Whether two are twins is the affair of `likeness.py`.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

import numpy as np
from numpy.typing import NDArray

from paribus.data.passport.details import blur, blur_weights, weigh, without_lines
from paribus.data.passport.thumbnails import SIDE, Floats, Numbers

Candidates = tuple[Numbers, NDArray[np.bool_], Floats]  # pairs [2, found], which mirrored, how alike

ALIKE = 0.8  # cosine of two sketches
SKETCH = 128  # numbers in one
NONE: Candidates = (np.empty((2, 0), np.int64), np.empty(0, bool), np.empty(0, np.float32))

_GRID = 8
_CELL = SIDE // _GRID
_LEAST_CONTRAST = 3.0  # gray levels, deviation on the grid: what is flatter is like everything
_BLOCK = 256  # sketches: products of two blocks stay in the processor's cache
_AXES = 4  # along which blocks are told apart


def sketch(brightness: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """[images, 128] of length one, and which images have contrast enough for that.

    The first half of a sketch is the same for a picture and its mirror image, the second changes its sign.
    """
    grid = brightness.reshape(-1, _GRID, _CELL, _GRID, _CELL).mean((2, 4))
    grid -= grid.mean((1, 2), keepdims=True)
    contrast = grid.std((1, 2))
    details = weigh(blur(brightness, 0.6) - blur(brightness, 2.5), faint=4.0)
    down = blur_weights(2.5).reshape(_GRID, _CELL, SIDE).mean(1)
    coarse = without_lines(down @ (details @ down.T))
    halves = [np.concatenate(parts, 1) for parts in zip(_folded(grid), _folded(coarse), strict=True)]
    return np.concatenate(halves, 1), contrast > _LEAST_CONTRAST


def _folded(grid: Floats) -> tuple[Floats, Floats]:
    """What is equal and what is opposite in both halves of each grid; together of length sqrt(1/2)."""
    mirrored, half = grid[:, :, ::-1], _GRID // 2
    even, odd = ((part[:, :, :half]).reshape(len(grid), -1) for part in (grid + mirrored, grid - mirrored))
    length = np.sqrt(2 * ((even**2).sum(1) + (odd**2).sum(1)))
    length = np.maximum(length, 1e-6)[:, None]
    return even / length, odd / length


def find_candidates(sketches: Floats, pool: Executor) -> Iterator[tuple[Candidates, int]]:
    """Pairs of sketches alike, the smaller number first; and how many sketches are done with."""
    order, boxes = _arrange(sketches)
    even, odd = (np.ascontiguousarray(half[order]) for half in np.split(sketches, 2, axis=1))
    rows = pool.map(lambda row: _search_row(row, boxes, even, odd), range(len(boxes)))
    for row, (pairs, mirrored, alike) in enumerate(rows):
        yield (np.sort(order[pairs], axis=0), mirrored, alike), min((row + 1) * _BLOCK, len(order))


def _search_row(row: int, boxes: Floats, even: Floats, odd: Floats) -> Candidates:
    """One block against itself and those behind it."""
    gaps = np.maximum(0, np.maximum(boxes[row:, 0] - boxes[row, 1], boxes[row, 0] - boxes[row:, 1]))
    near = np.flatnonzero((gaps**2).sum(1) <= 2 - 2 * ALIKE)  # squared distance of two of length one
    start, found = row * _BLOCK, [NONE]
    for other in (row + near) * _BLOCK:
        here, there = slice(start, start + _BLOCK), slice(other, other + _BLOCK)
        opposite = odd[here] @ odd[there].T
        alike = even[here] @ even[there].T
        alike += np.abs(opposite)
        hits = np.flatnonzero(alike > ALIKE)
        first, second = np.divmod(hits, alike.shape[1])
        pairs = np.stack([first + start, second + other])
        once = pairs[0] < pairs[1]
        hits = hits[once]
        found.append((pairs[:, once], opposite.ravel()[hits] < 0, alike.ravel()[hits]))
    return join(found)


def join(parts: Sequence[Candidates]) -> Candidates:
    pairs, mirrored, alike = zip(*parts, strict=True)
    return np.concatenate(pairs, 1), np.concatenate(mirrored), np.concatenate(alike)


def keep_likest(parts: Sequence[Candidates], count: int) -> Candidates:
    pairs, mirrored, alike = join(parts)
    best = np.argsort(-alike, kind="stable")[:count]
    return pairs[:, best], mirrored[best], alike[best]


def _arrange(sketches: Floats) -> tuple[Numbers, Floats]:
    """An order in which neighbours are alike, and the box around each block: [blocks, (low, high), axes].

    Boxes are along the main axes of the half that mirroring does not change: sketches whose boxes are further
    apart than the bound allows cannot be alike, whichever way round.
    """
    even = np.split(sketches, 2, axis=1)[0]
    sample = even[:: max(1, len(even) // 20_000)]
    axes = np.linalg.eigh(np.atleast_2d(np.cov(sample.T)))[1] if len(sample) > 1 else np.eye(even.shape[1])
    places = np.asarray(even @ axes[:, : -_AXES - 1 : -1], np.float32)
    count = -(-len(sketches) // _BLOCK)
    strips = max(1, round(np.sqrt(count)))
    strip = np.empty(len(sketches), np.int64)
    strip[np.argsort(places[:, 0], kind="stable")] = np.arange(len(sketches)) // (
        -(-count // strips) * _BLOCK
    )
    order = np.lexsort((places[:, 1], strip))
    blocks = [places[order[start : start + _BLOCK]] for start in range(0, len(order), _BLOCK)]
    return order, np.stack([np.stack([block.min(0), block.max(0)]) for block in blocks])
