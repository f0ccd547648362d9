"""The textures of walls: plaster, bricks, boards, stone.

A texture is a factor's deviation from 1, so that it works on any colour. This module does not know which
colours there are, nor where in the picture the digits will be.
"""

from typing import NamedTuple

import numpy as np

from paribus.data.streetnumbers.draws import F32, Draws, Int
from paribus.data.streetnumbers.sampling import TILES, look_up_noise


class Texture(NamedTuple):
    """Cloudy noise, stretched; a wave of the noise makes veins."""

    strength: float
    across: float  # noise tiles in a digit's height, to the right
    down: float  # the same, downwards
    veins: float = 0.0  # waves between the noise's lows and highs


TEXTURES: dict[str, Texture] = {
    "smooth": Texture(0.05, 0.3, 0.3),
    "stucco": Texture(0.22, 1.3, 1.3),
    "brick": Texture(0.20, 0.6, 0.9),
    "planks": Texture(0.16, 1.1, 0.10, veins=2.0),
    "siding": Texture(0.07, 0.1, 0.6),
    "stone": Texture(0.26, 0.5, 0.5),
}
KINDS = tuple(TEXTURES)


def texture(draws: Draws, kind: Int, x: F32, y: F32) -> F32:
    """The deviation from an even surface, [images, height, width]."""
    rows = list(TEXTURES.values())
    strength, across, down, veins = (
        np.array([row[field] for row in rows], dtype=np.float32)[kind] for field in range(4)
    )
    zoom = draws.between("texture zoom", 0.7, 1.4)
    shift_x, shift_y = draws.uniform("texture right"), draws.uniform("texture down")
    tile = draws.pick("texture tile", [1.0] * TILES)
    noise = look_up_noise(tile, x * (across * zoom) + shift_x, y * (down * zoom) + shift_y)
    veined = np.flatnonzero(veins)
    wave = noise[veined] * veins[veined]
    noise[veined] += np.abs(wave - np.rint(wave)) * 4 - 1
    relief = noise * (strength * draws.between("texture strength", 0.4, 1.3))
    _lay_bricks(draws, relief, np.flatnonzero(kind == KINDS.index("brick")), x, y)
    _lay_boards(draws, relief, np.flatnonzero(kind == KINDS.index("siding")), y)
    _lay_boards(draws, relief, np.flatnonzero(kind == KINDS.index("planks")), x)
    return relief


def _lay_bricks(draws: Draws, relief: F32, images: Int, x: F32, y: F32) -> None:
    """Rows of bricks, every second one moved by half, with lighter or darker joints."""
    height = draws.between("brick height", 0.26, 0.55)[images]
    joint = draws.between("joint width", 0.018, 0.04)[images]
    colour = draws.between("joint colour", -0.35, 0.55)[images]
    row = y[images] / height + draws.uniform("brick row")[images] * 8
    course = np.floor(row)
    column = x[images] / (height * 2.7) + draws.uniform("brick column")[images] * 8 + 0.5 * course
    brick = np.floor(column)
    to_bed = (0.5 - np.abs(row - course - 0.5)) * height
    to_head = (0.5 - np.abs(column - brick - 0.5)) * (height * 2.7)
    mortar = np.clip(1.5 - np.minimum(to_bed, to_head) / joint, 0.0, 1.0)
    hue = course * np.float32(0.382) + brick * np.float32(0.618)
    hue = (hue - np.floor(hue) - 0.5) * np.float32(0.22)
    relief[images] += hue + mortar * (colour - hue)


def _lay_boards(draws: Draws, relief: F32, images: Int, across: F32) -> None:
    """Boards that overlap: brighter towards one edge, dark at the joint; `across` counts over them."""
    size = draws.between("board width", 0.35, 1.1)[images]
    place = across[images] / size + draws.uniform("board place")[images]
    board = np.floor(place)
    within = place - board
    gap = np.clip(1.4 - (1 - within) * size / np.float32(0.035), 0.0, 1.0)
    tone = board * np.float32(0.618)
    tone = (tone - np.floor(tone) - 0.5) * np.float32(0.12)
    relief[images] += tone + np.float32(0.10) * (0.5 - within) - np.float32(0.45) * gap
