"""What numbers are mounted on: colours as people choose them, and the textures of walls, doors and plates.

Colours are red, green, blue in 0..1. A texture is a factor's deviation from 1, so that it works on any
colour. This module does not know where in the picture the digits are.
"""

from typing import NamedTuple

import numpy as np

from paribus.data.streetnumbers.draws import F32, Bool, Draws, Int
from paribus.data.streetnumbers.sampling import TILES, look_up_noise

Colour = tuple[float, float, float]

# ----------------------------------------------------------------------------------------------- textures


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


class Wall(NamedTuple):
    share: float
    texture: str
    colour: Colour


class Palette(NamedTuple):
    """One way to put up a number; without a plate the ground is the wall itself, of the given texture."""

    share: float
    texture: str
    ground: Colour
    ink: Colour
    plate: bool = False
    metal: bool = False


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
    Palette(12, "smooth", (0.88, 0.87, 0.83), (0.09, 0.09, 0.10), plate=True),
    Palette(5, "smooth", (0.86, 0.87, 0.88), (0.10, 0.17, 0.45), plate=True),
    Palette(6, "smooth", (0.09, 0.16, 0.46), (0.90, 0.91, 0.92), plate=True),
    Palette(2, "smooth", (0.07, 0.30, 0.19), (0.88, 0.90, 0.85), plate=True),
    Palette(5, "smooth", (0.10, 0.10, 0.11), (0.88, 0.87, 0.84), plate=True),
    Palette(3, "smooth", (0.11, 0.10, 0.10), (0.78, 0.62, 0.30), plate=True, metal=True),
    Palette(3, "smooth", (0.74, 0.62, 0.34), (0.16, 0.11, 0.07), plate=True),
    Palette(3, "stone", (0.58, 0.57, 0.54), (0.15, 0.15, 0.16), plate=True),
    Palette(2, "smooth", (0.66, 0.67, 0.69), (0.20, 0.21, 0.23), plate=True),
    Palette(2, "smooth", (0.83, 0.76, 0.60), (0.52, 0.12, 0.10), plate=True),
    Palette(4, "planks", (0.34, 0.21, 0.13), (0.80, 0.64, 0.33), metal=True),
    Palette(4, "planks", (0.50, 0.34, 0.21), (0.10, 0.09, 0.09)),
    Palette(3, "smooth", (0.12, 0.24, 0.20), (0.79, 0.66, 0.38), metal=True),
    Palette(3, "smooth", (0.45, 0.10, 0.10), (0.82, 0.69, 0.42), metal=True),
    Palette(2, "smooth", (0.11, 0.15, 0.27), (0.80, 0.80, 0.79), metal=True),
    Palette(12, "stucco", (0.80, 0.75, 0.65), (0.12, 0.11, 0.11)),
    Palette(4, "stucco", (0.80, 0.66, 0.44), (0.15, 0.12, 0.11)),
    Palette(4, "stucco", (0.55, 0.53, 0.50), (0.13, 0.13, 0.14)),
    Palette(5, "stucco", (0.70, 0.60, 0.50), (0.40, 0.26, 0.16), metal=True),
    Palette(3, "stucco", (0.42, 0.42, 0.43), (0.84, 0.84, 0.83)),
    Palette(5, "brick", (0.50, 0.26, 0.20), (0.90, 0.88, 0.84)),
    Palette(4, "brick", (0.62, 0.42, 0.32), (0.09, 0.09, 0.10)),
    Palette(2, "brick", (0.45, 0.26, 0.20), (0.78, 0.64, 0.36), metal=True),
    Palette(9, "siding", (0.76, 0.77, 0.76), (0.10, 0.10, 0.11)),
    Palette(3, "siding", (0.40, 0.47, 0.52), (0.90, 0.90, 0.88)),
    Palette(4, "stone", (0.40, 0.39, 0.37), (0.76, 0.76, 0.77), metal=True),
    Palette(3, "stone", (0.62, 0.60, 0.56), (0.24, 0.24, 0.25), metal=True),
    Palette(4, "smooth", (0.13, 0.14, 0.16), (0.86, 0.87, 0.86)),
    Palette(4, "smooth", (0.68, 0.70, 0.71), (0.42, 0.44, 0.47), metal=True),
)


class Scheme(NamedTuple):
    """The chosen colours [images, 3, 1, 1] and textures [images, 1, 1] of a block."""

    wall: F32
    wall_kind: Int
    ground: F32
    ground_kind: Int
    ink: F32
    plate: Bool
    metal: Bool
    faded: Bool


def choose_scheme(draws: Draws) -> Scheme:
    palette = draws.pick("palette", [row.share for row in PALETTES])
    other = draws.pick("wall", [row.share for row in WALLS])
    plate = np.array([row.plate for row in PALETTES])[palette]
    metal = np.array([row.metal for row in PALETTES])[palette]
    ground_kind = np.array([KINDS.index(row.texture) for row in PALETTES])[palette]
    other_kind = np.array([KINDS.index(row.texture) for row in WALLS])[other]
    ground = _vary(draws, "ground", _colours([row.ground for row in PALETTES], palette))
    ink = _vary(draws, "ink", _colours([row.ink for row in PALETTES], palette))
    faded = draws.troubled("faded", 0.40)
    wall = _vary(draws, "wall", _colours([row.colour for row in WALLS], other))
    return Scheme(
        wall=np.where(plate[..., None], wall, ground),
        wall_kind=np.where(plate, other_kind, ground_kind),
        ground=ground,
        ground_kind=ground_kind,
        ink=_keep_apart(draws, ground, ink, faded),
        plate=plate,
        metal=metal,
        faded=faded,
    )


def _colours(table: list[Colour], rows: Int) -> F32:
    return np.array(table, dtype=np.float32)[rows[:, 0, 0], :, None, None]  # [images, 3, 1, 1]


def _vary(draws: Draws, name: str, colour: F32) -> F32:
    """Paler, darker and of another tint, as paint and years would have it."""
    brightness = 1 + draws.around_zero(f"{name} brightness", 0.14, (1, 1, 1))
    tint = draws.around_zero(f"{name} tint", 0.03, (3, 1, 1))
    return np.clip(colour * brightness + tint, 0.02, 0.98)


def _keep_apart(draws: Draws, ground: F32, ink: F32, faded: Bool) -> F32:
    """Ink that has faded towards the ground in some images, but nowhere beyond reading."""
    share = np.where(faded[..., None], draws.between("fading", 0.2, 0.8, (1, 1, 1)), np.float32(0))
    ink = ink + share * (ground - ink)
    least = draws.between("least contrast", 0.17, 0.30, (1, 1, 1))
    below = _brightness(ground)
    contrast = _brightness(ink) - below
    lighter = np.where(np.abs(contrast) > np.float32(0.1), contrast > 0, below < np.float32(0.5))
    wanted = np.where(lighter, np.maximum(contrast, least), np.minimum(contrast, -least))
    return np.asarray(np.clip(ink + wanted - contrast, 0.02, 0.98))


def _brightness(colour: F32) -> F32:
    red, green, blue = colour[:, 0:1], colour[:, 1:2], colour[:, 2:3]
    return np.asarray((red + 2 * green + blue) * np.float32(0.25))


def texture(draws: Draws, name: str, kind: Int, x: F32, y: F32) -> F32:
    """The deviation from an even surface, [images, height, width]."""
    rows = list(TEXTURES.values())
    strength, across, down, veins = (
        np.array([row[field] for row in rows], dtype=np.float32)[kind] for field in range(4)
    )
    zoom = draws.between(f"{name} zoom", 0.7, 1.4)
    shift_x, shift_y = draws.uniform(f"{name} right"), draws.uniform(f"{name} down")
    tile = draws.pick(f"{name} tile", [1.0] * TILES)
    noise = look_up_noise(tile, x * (across * zoom) + shift_x, y * (down * zoom) + shift_y)
    veined = np.flatnonzero(veins)
    wave = noise[veined] * veins[veined]
    noise[veined] += np.abs(wave - np.rint(wave)) * 4 - 1
    relief = noise * (strength * draws.between(f"{name} strength", 0.4, 1.3))
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
