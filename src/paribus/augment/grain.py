"""Noise that is looked up: a table of normal numbers, drawn for each epoch, in which an image has its place.

Drawing a number for every pixel would take longer than all else that is done to a batch. A place is one of a
million, so two images hardly ever get the same noise, though parts of it overlap.
"""

from functools import lru_cache

import numpy as np
import torch
from scipy.special import ndtri
from torch import Tensor

from paribus import chance
from paribus.augment.operations import Draws, Operation, Parameters, Part, Pointwise, Size, pick
from paribus.specs.augments import Noise

PLACES = 2**20


class Grain:
    """Standard normal numbers for the images of one epoch, as they are needed."""

    def __init__(self, name: str, size: Size, seed: int, epoch: int) -> None:
        self._length = size.channels * size.height * size.width
        count = PLACES + self._length
        drawn = chance.uniforms((count,), seed, "augment", name, epoch, "grain")
        self._numbers = torch.from_numpy(ndtri(drawn + np.float32(2.0**-25)).astype(np.float32))

    def of(self, places: Tensor, pixels: Tensor) -> Tensor:
        """[images] places in the table -> numbers in the shape of `pixels`, on their device."""
        if self._numbers.device != pixels.device:
            self._numbers = self._numbers.to(pixels.device)
        windows = self._numbers.unfold(0, self._length, 1)
        return windows.index_select(0, places).view_as(pixels)


@lru_cache(maxsize=2)
def grain_of(name: str, size: Size, seed: int, epoch: int) -> Grain:
    """The table of an epoch; made once, however many portions its images are drawn in."""
    return Grain(name, size, seed, epoch)


def noise(options: Noise) -> Operation:
    def parts(drawn: Draws) -> list[Part]:
        grain = grain_of(options.name, drawn.size, drawn.seed, drawn.epoch)
        images = len(drawn.table)
        parameters = {
            "place": pick(drawn.table[:, 0], PLACES).long(),
            "sigma": torch.full((images,), 255 * options.sigma),
        }
        return [Part(noise_of(grain), drawn.table[:, -1] < options.probability, parameters)]

    return Operation(options, 2, parts)


def noise_of(grain: Grain) -> Pointwise:
    def add(pixels: Tensor, parameters: Parameters) -> Tensor:
        numbers = grain.of(parameters["place"], pixels)
        return pixels.addcmul_(numbers, parameters["sigma"][:, None, None, None]).clamp_(0, 255)

    return Pointwise(add)
