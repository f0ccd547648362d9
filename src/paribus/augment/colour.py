"""Colour operations. Each gives one matrix and one offset per image; a chain of them composes into one.

A colour is a column of channels with values 0 to 255. Draws are uniform numbers in [0, 1).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from paribus.specs.augments import Brightness, Contrast

_GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601: how much of each channel makes the gray that one sees


@dataclass(frozen=True)
class ColourMap:
    """colour -> matrix @ colour + offset, for each image."""

    matrix: Tensor  # [images, channels, channels]
    offset: Tensor  # [images, channels, 1]

    def after(self, first: "ColourMap") -> "ColourMap":
        """One map that does `first`, then this."""
        return ColourMap(self.matrix @ first.matrix, self.matrix @ first.offset + self.offset)


@dataclass(frozen=True)
class Colour:
    """One operation: how many draws it takes, and the maps that it makes of them."""

    options: Brightness | Contrast
    draws: int

    def maps(self, draws: Tensor, mean: Tensor) -> ColourMap:
        """[images, draws] and the images' mean colours [images, channels, 1] -> their maps."""
        strength = self.options.strength
        factor = 1 + strength * (2 * draws[:, 0] - 1)
        factor = torch.where(draws[:, -1] < self.options.probability, factor, 1.0)[:, None, None]
        matrix = factor * torch.eye(mean.shape[1], device=mean.device)
        if isinstance(self.options, Contrast):
            return ColourMap(matrix, (1 - factor) * gray_of(mean).expand_as(mean))
        return ColourMap(matrix, torch.zeros_like(mean))


def brightness(options: Brightness) -> Colour:
    return Colour(options, draws=2)


def contrast(options: Contrast) -> Colour:
    return Colour(options, draws=2)


def gray_of(colour: Tensor) -> Tensor:
    """[images, channels, 1] -> [images, 1, 1]."""
    if colour.shape[1] != len(_GRAY):
        return colour.mean(1, keepdim=True)
    return (colour * torch.tensor(_GRAY, device=colour.device)[:, None]).sum(1, keepdim=True)
