"""What an operation is: random numbers become parameters, and a deed is done with the parameters.

Three kinds of deed: a map of places, a map of colours, or any change of pixels. `Part` binds a deed to the
parameters of each image, for one epoch; a part knows nothing of the other parts of its chain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus import chance
from paribus.augment.colour_maps import ColourMap
from paribus.specs.augments import AugmentOptions

Parameters = dict[str, Tensor]  # name -> [images], or [images, ...]

_BLOCK = 4096  # positions whose numbers are drawn together: so a few images of a large split cost little


@dataclass(frozen=True)
class Size:
    """Of all images of a data set."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class Geometric:
    """One 3x3 map per image, from places in the result to places in it.

    Places are (x, y, 1) in pixels from the image's centre.
    """

    maps: Callable[[Parameters], Tensor]  # -> [images, 3, 3]
    whole_pixels: bool = False  # maps pixels onto pixels: nothing needs to be resampled
    affine: bool = True  # the last row is 0, 0, 1
    reflects: bool = False  # what comes in from outside is the image mirrored, not black
    enlarges: bool = False  # enlarges up to the border, which must not fade to black


@dataclass(frozen=True)
class Colour:
    """One affine map of colours per image; colours are columns of channels, 0 to 255."""

    maps: Callable[[Parameters, int], ColourMap]  # (parameters, channels)


@dataclass(frozen=True)
class Pointwise:
    """Whatever else. [images, channels, height, width] floats, 0 to 255, in and out; the input may change."""

    carry_out: Callable[[Tensor, Parameters], Tensor]


Deed = Geometric | Colour | Pointwise


@dataclass(frozen=True)
class Part:
    """One deed in one epoch."""

    deed: Deed
    touched: Tensor  # bool [images]
    parameters: Parameters


@dataclass(frozen=True)
class Draws:
    """One operation's random numbers of one epoch."""

    table: Tensor  # [images, draws], in [0, 1)
    size: Size
    seed: int
    epoch: int


@dataclass(frozen=True)
class Operation:
    """What a builder makes of options: how many numbers it takes for each image, and what they become."""

    options: AugmentOptions
    draws: int
    parts: Callable[[Draws], list[Part]]

    def draw(self, positions: NDArray[np.int64], size: Size, seed: int, epoch: int) -> list[Part]:
        table = draw_numbers(self.options.name, positions, self.draws, seed, epoch)
        return self.parts(Draws(table, size, seed, epoch))


def single(
    options: AugmentOptions,
    draws: int,
    deed: Deed,
    parameters: Callable[[Tensor, Size], Parameters],
) -> Operation:
    """An operation of one deed. One draw more than `parameters` takes decides whether an image is touched."""

    def parts(drawn: Draws) -> list[Part]:
        touched = drawn.table[:, -1] < options.probability
        return [Part(deed, touched, parameters(drawn.table, drawn.size))]

    return Operation(options, draws + 1, parts)


def draw_numbers(name: str, positions: NDArray[np.int64], draws: int, seed: int, epoch: int) -> Tensor:
    """[images, draws] in [0, 1), looked up by the operation's name and the images' places in their split."""
    table = np.empty((len(positions), draws), np.float32)
    blocks, places = np.divmod(positions, _BLOCK)
    order = np.argsort(blocks, kind="stable")
    cuts = np.flatnonzero(np.diff(blocks[order])) + 1
    for rows in np.split(order, cuts):
        if len(rows):
            drawn = chance.uniforms((_BLOCK, draws), seed, "augment", name, epoch, int(blocks[rows[0]]))
            table[rows] = drawn[places[rows]]
    return torch.from_numpy(table)


def spread(draw: Tensor, ends: Sequence[float]) -> Tensor:
    """Evenly from the low end to the high one."""
    return ends[0] + draw * (ends[1] - ends[0])


def pick(draw: Tensor, count: Any) -> Tensor:
    """0 to count - 1, each as likely, as floats; `count` may differ by image."""
    return torch.minimum((draw * count).floor(), torch.as_tensor(count - 1, dtype=draw.dtype))
