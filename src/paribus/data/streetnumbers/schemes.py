"""What numbers are put up in: colours as people choose them, and years wear them.

Colours are red, green, blue in 0..1. This module does not know where in the picture anything is.
"""

from typing import NamedTuple

import numpy as np

from paribus.data.streetnumbers.draws import F32, Bool, Draws, Flaw, Int
from paribus.data.streetnumbers.surfaces import KINDS

Colour = tuple[float, float, float]

PLATE = "plate"


class Wall(NamedTuple):
    share: float
    texture: str
    colour: Colour


class Palette(NamedTuple):
    """One way to put up a number: straight on a wall of some texture, or on a plate before any wall."""

    share: float
    ground: str  # PLATE or the wall's texture
    colour: Colour  # of the ground
    ink: Colour
    metal: bool = False  # cast digits that shine, not paint


WALLS: tuple[Wall, ...] = (
    Wall(3, "brick", (0.52, 0.28, 0.22)),
    Wall(1, "brick", (0.62, 0.48, 0.36)),
    Wall(3, "stucco", (0.80, 0.75, 0.64)),
    Wall(2, "stucco", (0.62, 0.60, 0.57)),
    Wall(1, "stucco", (0.78, 0.62, 0.44)),
    Wall(2, "planks", (0.36, 0.23, 0.14)),
    Wall(1, "smooth", (0.20, 0.27, 0.24)),
    Wall(2, "siding", (0.74, 0.75, 0.74)),
    Wall(2, "stone", (0.48, 0.46, 0.43)),
    Wall(1, "smooth", (0.15, 0.15, 0.17)),
)

PALETTES: tuple[Palette, ...] = (
    Palette(14, PLATE, (0.88, 0.87, 0.83), (0.09, 0.09, 0.10)),
    Palette(6, PLATE, (0.86, 0.87, 0.88), (0.10, 0.17, 0.45)),
    Palette(6, PLATE, (0.09, 0.16, 0.46), (0.90, 0.91, 0.92)),
    Palette(2, PLATE, (0.07, 0.30, 0.19), (0.88, 0.90, 0.85)),
    Palette(4, PLATE, (0.10, 0.10, 0.11), (0.88, 0.87, 0.84)),
    Palette(3, PLATE, (0.11, 0.10, 0.10), (0.78, 0.62, 0.30), metal=True),
    Palette(3, PLATE, (0.74, 0.62, 0.34), (0.16, 0.11, 0.07)),
    Palette(4, PLATE, (0.58, 0.57, 0.54), (0.15, 0.15, 0.16)),
    Palette(2, PLATE, (0.66, 0.67, 0.69), (0.20, 0.21, 0.23)),
    Palette(2, PLATE, (0.83, 0.76, 0.60), (0.52, 0.12, 0.10)),
    Palette(4, "planks", (0.34, 0.21, 0.13), (0.80, 0.64, 0.33), metal=True),
    Palette(5, "planks", (0.50, 0.34, 0.21), (0.10, 0.09, 0.09)),
    Palette(3, "smooth", (0.12, 0.24, 0.20), (0.79, 0.66, 0.38), metal=True),
    Palette(3, "smooth", (0.45, 0.10, 0.10), (0.82, 0.69, 0.42), metal=True),
    Palette(2, "smooth", (0.11, 0.15, 0.27), (0.80, 0.80, 0.79), metal=True),
    Palette(14, "stucco", (0.80, 0.75, 0.65), (0.12, 0.11, 0.11)),
    Palette(6, "stucco", (0.80, 0.66, 0.44), (0.15, 0.12, 0.11)),
    Palette(4, "stucco", (0.55, 0.53, 0.50), (0.13, 0.13, 0.14)),
    Palette(5, "stucco", (0.70, 0.60, 0.50), (0.40, 0.26, 0.16), metal=True),
    Palette(3, "stucco", (0.42, 0.42, 0.43), (0.84, 0.84, 0.83)),
    Palette(5, "brick", (0.50, 0.26, 0.20), (0.90, 0.88, 0.84)),
    Palette(6, "brick", (0.62, 0.42, 0.32), (0.09, 0.09, 0.10)),
    Palette(2, "brick", (0.45, 0.26, 0.20), (0.78, 0.64, 0.36), metal=True),
    Palette(11, "siding", (0.76, 0.77, 0.76), (0.10, 0.10, 0.11)),
    Palette(3, "siding", (0.40, 0.47, 0.52), (0.90, 0.90, 0.88)),
    Palette(4, "stone", (0.40, 0.39, 0.37), (0.76, 0.76, 0.77), metal=True),
    Palette(4, "stone", (0.62, 0.60, 0.56), (0.24, 0.24, 0.25), metal=True),
    Palette(3, "smooth", (0.13, 0.14, 0.16), (0.86, 0.87, 0.86)),
    Palette(4, "smooth", (0.68, 0.70, 0.71), (0.42, 0.44, 0.47), metal=True),
)


class Scheme(NamedTuple):
    """The colours [images, 3, 1, 1] and kinds [images, 1, 1] chosen for a block."""

    wall: F32
    wall_kind: Int  # in surfaces.KINDS
    ground: F32  # the plate, or the wall again
    ink: F32
    plate: Bool
    metal: Bool


def choose_scheme(draws: Draws) -> Scheme:
    palette = draws.pick("palette", [row.share for row in PALETTES])
    behind = draws.pick("wall", [row.share for row in WALLS])
    ground = _vary(draws, "ground", _colours([row.colour for row in PALETTES], palette))
    ink = _vary(draws, "ink", _colours([row.ink for row in PALETTES], palette))
    wall = _vary(draws, "wall", _colours([row.colour for row in WALLS], behind))
    plate = np.array([row.ground == PLATE for row in PALETTES])[palette]
    kinds = np.array([(PLATE, *KINDS).index(row.ground) - 1 for row in PALETTES])
    kinds_behind = np.array([KINDS.index(row.texture) for row in WALLS])
    return Scheme(
        wall=np.where(plate[..., None], wall, ground),
        wall_kind=np.where(plate, kinds_behind[behind], kinds[palette]),
        ground=ground,
        ink=_keep_apart(draws, ground, ink),
        plate=plate,
        metal=np.array([row.metal for row in PALETTES])[palette],
    )


def _colours(table: list[Colour], rows: Int) -> F32:
    return np.array(table, dtype=np.float32)[rows[:, 0, 0], :, None, None]  # [images, 3, 1, 1]


def _vary(draws: Draws, name: str, colour: F32) -> F32:
    """Paler, darker and of another tint, as paint and years would have it."""
    brightness = 1 + draws.around_zero(f"{name} brightness", 0.14, (1, 1, 1))
    tint = draws.around_zero(f"{name} tint", 0.03, (3, 1, 1))
    return np.clip(colour * brightness + tint, 0.02, 0.98)


def _keep_apart(draws: Draws, ground: F32, ink: F32) -> F32:
    """Ink that has faded towards the ground in some images, but nowhere beyond reading."""
    faded = draws.has(Flaw.FADED)[..., None]
    share = np.where(faded, draws.between("fading", 0.3, 0.85, (1, 1, 1)), np.float32(0))
    ink = ink + share * (ground - ink)
    least = np.where(faded, draws.between("least contrast", 0.15, 0.3, (1, 1, 1)), np.float32(0.33))
    below = _brightness(ground)
    contrast = _brightness(ink) - below
    lighter = np.where(np.abs(contrast) > np.float32(0.1), contrast > 0, below < np.float32(0.5))
    wanted = np.where(lighter, np.maximum(contrast, least), np.minimum(contrast, -least))
    return np.asarray(np.clip(ink + wanted - contrast, 0.02, 0.98))


def _brightness(colour: F32) -> F32:
    red, green, blue = colour[:, 0:1], colour[:, 1:2], colour[:, 2:3]
    return np.asarray((red + 2 * green + blue) * np.float32(0.25))
