"""Looking up tables at fractional places, and the noise tiles that textures are made of."""

import functools

import numpy as np

from paribus import chance
from paribus.data.streetnumbers.draws import F32, Int

TILES = 24
TILE_SIDE = 64


def look_up(tables: F32, which: Int, row: F32, column: F32) -> F32:
    """Values of `tables` [tables, height, width] between their points; `row` and `column` must lie inside."""
    _, height, width = tables.shape
    flat = tables.reshape(-1)
    top, left = np.floor(row), np.floor(column)
    down, right = row - top, column - left
    at = (which * height + top.astype(np.intp)) * width + left.astype(np.intp)
    above = flat.take(at)
    above += right * (flat.take(at + 1) - above)
    below = flat.take(at + width)
    below += right * (flat.take(at + (width + 1)) - below)
    return np.asarray(above + down * (below - above))


def look_up_noise(which: Int, x: F32, y: F32) -> F32:
    """Noise in [-1, 1] at any place of the endless plane that a tile repeats; one unit is one tile."""
    column = np.float32(TILE_SIDE) * (x - np.floor(x))
    row = np.float32(TILE_SIDE) * (y - np.floor(y))
    return look_up(noise_tiles(), which, np.minimum(row, 63.99), np.minimum(column, 63.99))


@functools.cache
def noise_tiles() -> F32:
    """Cloudy noise [TILES, TILE_SIDE + 1, TILE_SIDE + 1] that repeats without a seam: four octaves."""
    total = np.zeros((TILES, TILE_SIDE + 1, TILE_SIDE + 1), dtype=np.float32)
    for octave, side in enumerate((8, 16, 32, 64)):
        lattice = chance.uniforms((TILES, side, side), 0, "streetnumbers", "noise", octave)
        lattice = np.pad(lattice, ((0, 0), (0, 1), (0, 1)), mode="wrap")
        lattice = np.pad(
            lattice, ((0, 0), (0, 1), (0, 1)), mode="edge"
        )  # the last point's neighbour, weight 0
        at = np.arange(TILE_SIDE + 1, dtype=np.float32) * np.float32(side / TILE_SIDE)
        tile = np.arange(TILES)[:, None, None]
        total += np.float32(2.0**-octave) * (look_up(lattice, tile, at[:, None], at) - np.float32(0.5))
    return total * np.float32(1.5)
