"""Which digits a number has, in which font, and how they are set: spacing, weight, proportions.

Lengths are in digit heights, places on the wall are seen from the middle of the middle digit. This module
knows nothing of colours.
"""

from typing import NamedTuple

import numpy as np

from paribus.data.streetnumbers import glyphs
from paribus.data.streetnumbers.draws import F32, Bool, Draws, Int
from paribus.data.streetnumbers.sampling import look_up

# The shares of 0 to 9 in SVHN's training split (format 2), in per cent.
DIGIT_SHARES = (6.8, 18.9, 14.4, 11.6, 10.2, 9.4, 7.8, 7.6, 6.9, 6.4)
FONT_SHARES = (17, 12, 11, 10, 13, 10, 10, 6, 6, 5)  # of fonts.FONTS


class Number(NamedTuple):
    """A digit and its neighbours to the left and right, or above and below; a neighbour may be blank."""

    digit: Int  # [images], the middle one
    shapes: Int  # [images, 3], in the atlas
    places: F32  # [images, 3], their middles, along the number
    borders: F32  # [images, 2], between the three
    ends: F32  # [images, 2], where the whole number begins and ends
    stacked: Bool  # [images, 1, 1]
    weight: F32  # [images, 1, 1], added to half of every stroke's width
    waist: F32  # [images, 1, 1], how far the middle is raised
    bow: F32  # [images, 1, 1], how far the middle is moved aside

    def only(self, images: Int) -> "Number":
        return Number(*[field[images] for field in self])  # type: ignore[arg-type]


def choose_number(draws: Draws) -> Number:
    table = glyphs.atlas()
    font = draws.pick("font", FONT_SHARES, ()) * 10
    digit = draws.pick("digit", DIGIT_SHARES, ())
    exists = draws.happens("neighbours", 0.66, (2,))
    others = font[:, None] + draws.pick("neighbour digits", DIGIT_SHARES, (2,))
    others = np.where(exists, others, glyphs.BLANK)
    shapes = np.stack([others[:, 0], font + digit, others[:, 1]], axis=1)
    stacked = draws.happens("stacked", 0.05)
    halves = np.where(stacked[:, :, 0], np.float32(0.56), (table.right - table.left)[shapes] / 2)
    gap = draws.between("gap", 0.04, 0.22, ())
    borders = np.stack([-(halves[:, 1] + gap / 2), halves[:, 1] + gap / 2], axis=1)
    before = borders[:, 0] - gap / 2 - halves[:, 0]
    after = borders[:, 1] + gap / 2 + halves[:, 2]
    start = np.where(exists[:, 0], before - halves[:, 0], -halves[:, 1])
    end = np.where(exists[:, 1], after + halves[:, 2], halves[:, 1])
    return Number(
        digit=digit,
        shapes=shapes,
        places=np.stack([before, np.zeros_like(gap), after], axis=1),
        borders=borders,
        ends=np.stack([start, end], axis=1),
        stacked=stacked,
        weight=draws.between("weight", -0.016, 0.034),
        waist=draws.around_zero("waist", 0.20),
        bow=draws.around_zero("bow", 0.18),
    )


def distance_to_ink(number: Number, x: F32, y: F32) -> F32:
    """How far places [images, size, size] lie outside of the nearest strokes."""
    table = glyphs.atlas()
    along = np.where(number.stacked, y, x)
    before, after = (number.borders[:, side, None, None] for side in range(2))
    slot = np.int8(1) - (along < before) + (along > after)
    slot = slot + 3 * np.arange(len(number.digit))[:, None, None]
    shape, place = number.shapes.take(slot), number.places.take(slot)
    across = np.where(number.stacked, x, x - place) + ((table.left + table.right) / 2).take(shape)
    down = np.where(number.stacked, y - place, y)
    bend = np.clip(np.float32(0.25) - down * down, -0.25, 0.25)
    column = (across + number.bow * bend) * np.float32(glyphs.PITCH)
    row = (down + number.waist * bend) * np.float32(glyphs.PITCH)
    half, last = np.float32(glyphs.SIDE / 2 - 0.5), np.float32(glyphs.SIDE - 1.01)
    distance = look_up(table.distances, shape, np.clip(row + half, 0, last), np.clip(column + half, 0, last))
    return np.asarray(distance - number.weight)


def distance_to_frame(number: Number, x: F32, y: F32, margin: F32, corner: F32) -> F32:
    """How far places lie outside of a box with round corners around the whole number."""
    along, aside = np.where(number.stacked, y, x), np.where(number.stacked, x, y)
    start, end = (number.ends[:, side, None, None] for side in range(2))
    beyond = np.abs(along - (start + end) / 2) - ((end - start) / 2 + margin - corner)
    above = np.abs(aside) - (np.float32(0.56) + margin - corner)
    rounded = np.sqrt(np.maximum(beyond, 0) ** 2 + np.maximum(above, 0) ** 2)
    return np.asarray(rounded + np.minimum(np.maximum(beyond, above), 0) - corner)
