"""The pictures: a wall or plate is painted, digits are put on it, light falls, a camera takes it.

Image i of a split is the same whatever else is asked for: images are drawn in blocks, every random choice is
keyed by seed, split and block, and the choices do not depend on the size of the picture.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.data.streetnumbers import camera, lettering, schemes, surfaces
from paribus.data.streetnumbers.draws import BLOCK, F32, Draws, Flaw, Int

TROUBLES = {"train": 1.0, "test": 1.0, "extra": 0.3}  # how hard each split is to read


def draw_streetnumbers(
    count: int, *, split: str, size: int = 32, seed: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pixels [count, 3, size, size] and labels [count], each the digit in the middle of its picture.

    `split` is "train", "test" or the easier "extra". Asking for more only adds images.
    """
    if split not in TROUBLES:
        raise ValueError(f"streetnumbers: unknown split {split!r}; known: {', '.join(TROUBLES)}")
    pixels = np.empty((count, 3, size, size), dtype=np.uint8)
    labels = np.empty(count, dtype=np.int64)
    for start in range(0, count, BLOCK):
        part = slice(start, min(start + BLOCK, count))
        drawn = _draw_block(Draws(seed, split, start // BLOCK, TROUBLES[split]), size)
        pixels[part], labels[part] = (whole[: part.stop - start] for whole in drawn)
    return pixels, labels


class Scene(NamedTuple):
    """What is where, for every image of a block."""

    draws: Draws
    number: lettering.Number
    scheme: schemes.Scheme
    view: camera.View


def _draw_block(draws: Draws, size: int) -> tuple[NDArray[np.uint8], Int]:
    scene = Scene(
        draws,
        lettering.choose_number(draws),
        schemes.choose_scheme(draws),
        camera.look_at_wall(draws, size),
    )
    picture, relief = _paint_ground(scene)
    _put_digits(scene, picture, relief)
    picture *= camera.light_on(draws, scene.view)[:, None]
    camera.occlude(draws, scene.view, picture)
    return camera.expose(draws, camera.through_lens(draws, picture)), scene.number.digit


def _cover(outside: F32, pixels: F32) -> F32:
    """The share of each pixel that lies inside, given its distance to the outline and pixels in a height."""
    return np.asarray(np.clip(np.float32(0.5) - outside * pixels, 0.0, 1.0))


def _blend(picture: F32, images: Int | slice, cover: F32, colour: F32) -> None:
    """Put colour [images, 3, 1 or size, 1 or size] over some pictures where cover [images, size, size]."""
    under = picture[images]
    picture[images] = under + cover[:, None] * (colour - under)


# -------------------------------------------------------------------------------------------------- ground


def _paint_ground(scene: Scene) -> tuple[F32, F32]:
    """Wall and plate [images, 3, size, size], and the texture where digits will be [images, size, size]."""
    draws, number, scheme, view = scene
    margin, corner = draws.between("plate margin", 0.05, 0.4), draws.between("plate corner", 0.0, 0.2)
    outside = lettering.distance_to_frame(number, view.x, view.y, margin, corner)
    cover = np.where(scheme.plate, _cover(outside, view.pixels), np.float32(0))
    relief = surfaces.texture(draws, scheme.wall_kind, view.x, view.y)
    picture = scheme.wall + cover[:, None] * (scheme.ground - scheme.wall)
    _paint_neighbouring_wall(scene, picture, relief)
    _blend(picture, slice(None), cover, scheme.ground)
    evenness = draws.between("plate relief", 0.1, 0.6)
    relief = np.where(cover > 0, np.clip(relief, -0.3, 0.3) * evenness, relief)
    _frame_plate(scene, picture, relief, outside)
    picture *= 1 + relief[:, None]
    return picture, relief


def _paint_neighbouring_wall(scene: Scene, picture: F32, relief: F32) -> None:
    """A door frame, a corner or another house beside some numbers."""
    draws, number, _, view = scene
    images = np.flatnonzero(draws.troubled("edge", 0.28))
    place = draws.between("edge distance", 0.04, 0.3)[images]
    lean = draws.around_zero("edge lean", 0.05)[images]
    side = draws.pick("edge side", [2, 2, 1, 1])[images]
    start, end = (number.ends[images, None, None, at] for at in range(2))
    right, below = view.x[images] + lean * view.y[images], view.y[images] - lean * view.x[images]
    sides = [start - right, right - end, -np.float32(0.6) - below, below - np.float32(0.6)]
    beyond = np.choose(side, sides) - place
    cover = np.clip(beyond * view.pixels[images] + np.float32(0.5), 0.0, 1.0)
    colour = draws.between("edge grey", 0.05, 0.9, (1, 1, 1)) + draws.around_zero(
        "edge tint", 0.05, (3, 1, 1)
    )
    _blend(picture, images, cover, colour[images])
    relief[images] *= 1 - cover * np.float32(0.8)
    joint = np.clip(1 - np.abs(beyond) / np.float32(0.035), 0.0, 1.0)
    relief[images] -= joint * draws.between("edge joint", 0.0, 0.6)[images]


def _frame_plate(scene: Scene, picture: F32, relief: F32, outside: F32) -> None:
    """A painted line inside some plates' rims, and the shade under each."""
    draws, _, scheme, view = scene
    images = np.flatnonzero(scheme.plate & draws.happens("frame", 0.4))
    inset = draws.between("frame inset", 0.02, 0.07)[images]
    line = np.abs(outside[images] + inset) - draws.between("frame width", 0.008, 0.025)[images]
    _blend(picture, images, _cover(line, view.pixels[images]), scheme.ink[images])
    images = np.flatnonzero(scheme.plate)
    shade = np.clip(1 - np.abs(outside[images] - np.float32(0.02)) / np.float32(0.05), 0.0, 1.0)
    relief[images] -= shade * draws.between("plate shadow", 0.0, 0.6)[images]


# -------------------------------------------------------------------------------------------------- digits


def _put_digits(scene: Scene, picture: F32, relief: F32) -> None:
    """Cast shadow, outline and ink with its own light and wear, in place."""
    draws, number, scheme, view = scene
    _cast_shadow(scene, picture)
    outside = lettering.distance_to_ink(number, view.x, view.y)
    _outline(scene, picture, outside)
    hollow = np.flatnonzero(draws.has(Flaw.HOLLOW))
    shade = _shade(scene, outside)
    outside[hollow] = np.abs(outside[hollow]) - draws.between("hollow width", 0.018, 0.03)[hollow]
    shows = draws.between("texture shows", 0.1, 0.9) * ~scheme.metal
    colour = scheme.ink * (1 + shows * np.clip(relief, -0.4, 0.4) + shade)[:, None]
    cover = _cover(outside, view.pixels)
    worn = np.flatnonzero(draws.has(Flaw.WORN))
    cover[worn] *= 1 - np.clip(relief[worn] * 6 - np.float32(0.4), 0.0, 0.75)
    _blend(picture, slice(None), cover, colour)


def _cast_shadow(scene: Scene, picture: F32) -> None:
    draws, number, _, view = scene
    images = np.flatnonzero(draws.happens("shadow", 0.35))
    right = draws.between("shadow right", -0.09, 0.09)[images]
    down = draws.between("shadow down", 0.01, 0.09)[images]
    softness = draws.between("shadow softness", 0.02, 0.10)[images]
    depth = draws.between("shadow depth", 0.2, 0.6)[images]
    outside = lettering.distance_to_ink(number.only(images), view.x[images] - right, view.y[images] - down)
    picture[images] *= 1 - (depth * _cover(outside, 1 / softness))[:, None]


def _outline(scene: Scene, picture: F32, outside: F32) -> None:
    draws, _, scheme, view = scene
    images = np.flatnonzero(draws.happens("outline", 0.08))
    width = draws.between("outline width", 0.025, 0.06)[images]
    grey = draws.between("outline colour", 0.05, 0.9, (1, 1, 1))[images]
    colour = grey + np.float32(0.3) * (scheme.ground[images] - grey)
    _blend(picture, images, _cover(outside[images] - width, view.pixels[images]), colour)


def _shade(scene: Scene, outside: F32) -> F32:
    """Light on raised digits: bright on edges that face it, dark on the others; metal also shines."""
    draws, _, scheme, view = scene
    shade = np.zeros_like(outside)
    images = np.flatnonzero(draws.uniform("raised") < np.where(scheme.metal, 0.85, 0.25))
    field = outside[images]
    steepness = view.pixels[images] * np.float32(0.5)
    rise_x, rise_y = np.zeros_like(field), np.zeros_like(field)
    rise_x[:, :, 1:-1] = (field[:, :, 2:] - field[:, :, :-2]) * steepness
    rise_y[:, 1:-1] = (field[:, 2:] - field[:, :-2]) * steepness
    facing = rise_x * draws.around_zero("light right", 0.6)[images] - rise_y * np.float32(0.7)
    rim = np.clip(1 - np.abs(field + np.float32(0.03)) / np.float32(0.05), 0.0, 1.0)
    shade[images] = facing * rim * draws.between("raise", 0.2, 0.8)[images]
    shiny = np.flatnonzero(scheme.metal)
    shade[shiny] += draws.around_zero("shine", 0.35)[shiny] * view.y[shiny]
    return shade
