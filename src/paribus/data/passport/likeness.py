"""The second look at two images that are alike from afar: are they one picture?

Six traits are weighed, with weights fitted to pairs that people judged (docs/decisions/0013-twins.md): after
the best shift, how well details agree, how well bright places do and loud ones, how much is loud at all (two
apples on white agree in little but their outline), how far colours are apart, and whether one was mirrored.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from paribus.data.passport.details import blur, weigh, without_lines
from paribus.data.passport.thumbnails import SIDE, Floats, Numbers, brightness_of

SHIFT = 3  # pixels of a thumbnail, each way

_CORE = SIDE - 2 * SHIFT
_LOUD = 3.0  # gray levels: a place with weaker details is plain
_CENTRE = np.array(SHIFT)
_TILES = [slice(start, start + 8) for start in (1, 9, 17)]  # of the core


@dataclass(frozen=True)
class Traits:
    """What is compared of some thumbnails; each array is [images, ..., SIDE, SIDE]."""

    brightness: Floats
    details: Floats
    strength: Floats  # of details, in gray levels
    colour: Floats  # red and blue, less the brightness

    def of(self, images: Numbers) -> "Traits":
        return Traits(*(getattr(self, field.name)[images] for field in fields(self)))

    def parts(self, top: Numbers, left: Numbers) -> "Traits":
        """Of each image the part of the core's size that begins there."""
        every = np.arange(len(self.details))
        values = (getattr(self, field.name) for field in fields(self))
        windows = (sliding_window_view(value, (_CORE, _CORE), axis=(-2, -1)) for value in values)
        return Traits(*(window[every, ..., top, left, :, :] for window in windows))

    def mirrored(self, which: NDArray[np.bool_]) -> "Traits":
        """With these images the other way round."""
        values = (getattr(self, field.name) for field in fields(self))
        return Traits(*(np.where(_spread(which, value), value[..., ::-1], value) for value in values))


def find_traits(thumbnails: Floats) -> Traits:
    brightness = brightness_of(thumbnails)
    differences = blur(brightness, 0.6) - blur(brightness, 2.5)
    colour = thumbnails[:, ::2] - brightness[:, None]  # of a gray picture: nothing
    return Traits(
        brightness=brightness,
        details=weigh(differences, faint=4.0),
        strength=np.sqrt(np.maximum(blur(differences**2, 1.0), 0)),
        colour=colour,
    )


def compare(a: Traits, b: Traits, mirrored: NDArray[np.bool_]) -> Floats:
    """[pairs]: how likely the two are one picture, from 0 to 1."""
    b = b.mirrored(mirrored)
    a, b = a.parts(_CENTRE, _CENTRE), b.parts(*_best_shift(a.details, b.details))
    mine, other = without_lines(a.details), without_lines(b.details)
    loud = np.minimum(a.strength, b.strength) > _LOUD
    apart = np.sqrt(((a.colour - b.colour) ** 2).mean((1, 2, 3)))
    evidence = (
        10 * np.mean([_agreement(mine[:, y, x], other[:, y, x]) for y in _TILES for x in _TILES], axis=0)
        + 8 * _agreement(a.brightness, b.brightness)
        + 7 * _agreement(np.log(a.strength + 2), np.log(b.strength + 2))
        + 15 * loud.mean((1, 2))
        - 0.19 * apart
        - 3.2 * mirrored
        - 31
    )
    return np.asarray(1 / (1 + np.exp(-evidence)), np.float32)


def _best_shift(a: Floats, b: Floats) -> tuple[Numbers, Numbers]:
    """First row and column of that part of b in which the centre of a lies best; all are tried at once."""
    padded = np.zeros_like(a)
    padded[:, :_CORE, :_CORE] = without_lines(a[:, SHIFT:-SHIFT, SHIFT:-SHIFT])
    spectrum = np.conj(np.fft.rfft2(padded)) * np.fft.rfft2(b)
    products = np.fft.irfft2(spectrum, s=(SIDE, SIDE))[:, : 2 * SHIFT + 1, : 2 * SHIFT + 1]
    return np.divmod(products.reshape(len(a), -1).argmax(1), 2 * SHIFT + 1)


def _agreement(a: Floats, b: Floats) -> Floats:
    """Correlation of each pair of patches; plain ones agree with nothing."""
    a, b = (values.reshape(len(values), -1) for values in (a, b))
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    lengths = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    return np.asarray((a * b).sum(1) / np.maximum(lengths, 1e-3))


def _spread(which: NDArray[np.bool_], value: Floats) -> NDArray[np.bool_]:
    return which.reshape(-1, *[1] * (value.ndim - 1))
