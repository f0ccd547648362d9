"""A chain of operations on batches, in one pass.

All geometric operations compose into one map of places per image and are carried out by one resampling;
all colour operations into one map of colours, with one clamp; then come the others, one after another; then
mixing. Each kind in the order listed. All that follows from the random numbers alone is computed once an
epoch, for all its images (`Chain.draw`); a step takes its rows (`Variations.vary`).

What an operation draws depends on its name, the seed, the epoch and the image's position in its split: not on
the batch, the order or the other operations, so arms that share an operation vary each image alike.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.augment.colour_maps import ColourMap, Normalisation, recolour
from paribus.augment.composing import Tables, compose, join
from paribus.augment.mixing import Mixer, Mixture, draw_mixture
from paribus.augment.operations import Operation, Part, Pointwise, Size
from paribus.augment.sampling import Moves
from paribus.augment.shifting import Shifts
from paribus.specs import AUGMENTS, AugmentOptions, builder_of

_AT_ONCE = 2**14  # images whose numbers are drawn together


class Chain:
    """The operations of a recipe, ready to be drawn."""

    def __init__(self, operations: Sequence[AugmentOptions]) -> None:
        built = [builder_of(AUGMENTS, options)(options) for options in operations]
        self._operations = [one for one in built if isinstance(one, Operation)]
        self._mixers = [one for one in built if isinstance(one, Mixer)]

    def draw(
        self,
        positions: NDArray[np.int64],
        size: Size,
        seed: int,
        epoch: int,
        device: str | torch.device = "cpu",
    ) -> "Variations":
        """How the images at these positions of their split are varied; they come in this order."""
        portions = []
        for start in range(0, max(len(positions), 1), _AT_ONCE):
            some = positions[start : start + _AT_ONCE]
            parts = [part for one in self._operations for part in one.draw(some, size, seed, epoch)]
            portions.append(compose(parts, len(some), size))
        mixture = draw_mixture(self._mixers, positions, size, seed, epoch)
        return Variations(join(portions), size, device, mixture)


class Variations:
    """What happens to each image of an epoch; row i is the image that is shown as the i-th."""

    def __init__(
        self, tables: Tables, size: Size, device: str | torch.device = "cpu", mixture: Mixture | None = None
    ) -> None:
        self._moves: Shifts | Moves | None = None
        if tables.moves:
            by_rows = all(deed.whole_pixels for deed in tables.moves)
            self._moves = (Shifts if by_rows else Moves).of(tables.maps, tables.moves, size, device)
        self._colours: ColourMap | None = None
        self._sees_mean = False
        if tables.colours is not None:
            self._colours = tables.colours.to(device)
            self._sees_mean = bool(tables.colours.by_mean.any())
        self._others = [_placed(part, device) for part in tables.others]
        self._mixture = mixture and mixture.to(device)

    def vary(self, pixels: Tensor, norm: Normalisation, first: int = 0) -> Tensor:
        """uint8 [images, channels, height, width], of row `first` on -> a new float tensor, normalised."""
        rows = slice(first, first + len(pixels))
        varied = (self._moves.carry_out(pixels, rows) if self._moves else pixels).float()
        if self._colours is not None:
            in_passing = None if self._others else norm  # the map of colours normalises at no cost
            varied = recolour(varied, self._colours.rows(rows), in_passing, sees_mean=self._sees_mean)
            if in_passing:
                return varied
        for part in self._others:
            varied = _carry_out(part, varied, rows)
        return norm.carry_out(varied)

    def mix(self, images: Tensor, first: int = 0) -> tuple[Tensor, Tensor | None]:
        """Images and, where other images are mixed in, the share that each keeps of its own label."""
        if self._mixture is None:
            return images, None
        rows = slice(first, first + len(images))
        return self._mixture.carry_out(images, rows), self._mixture.shares[rows]


def _placed(part: Part, device: str | torch.device) -> Part:
    """Which images are touched is known to the CPU, so that a step waits for no accelerator."""
    return replace(part, parameters={name: values.to(device) for name, values in part.parameters.items()})


def _carry_out(part: Part, pixels: Tensor, rows: slice) -> Tensor:
    """Changes the images that the part touches, and no other."""
    assert isinstance(part.deed, Pointwise)
    chosen = part.touched[rows].nonzero()[:, 0]
    if len(chosen) == len(pixels):
        return part.deed.carry_out(pixels, {name: values[rows] for name, values in part.parameters.items()})
    if not len(chosen):
        return pixels
    chosen = chosen.to(pixels.device)
    parameters = {name: values[rows].index_select(0, chosen) for name, values in part.parameters.items()}
    pixels[chosen] = part.deed.carry_out(pixels.index_select(0, chosen), parameters)
    return pixels
