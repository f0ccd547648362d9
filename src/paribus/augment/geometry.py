"""Geometric operations. Each gives one 3x3 map per image, from places in the result to places in it.

Places are (x, y, 1) in pixels from the image's centre. Draws are uniform numbers in [0, 1).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from paribus.specs.augments import Flip, Rotate, ShiftCrop


@dataclass(frozen=True)
class Geometric:
    """One operation: how many draws it takes, and the maps that it makes of them."""

    options: Flip | Rotate | ShiftCrop
    draws: int
    make: Callable[[Any, Tensor], Tensor]  # (options, [images, draws]) -> [images, 3, 3]
    whole_pixels: bool  # maps pixels onto pixels: nothing needs to be resampled

    @property
    def reflects(self) -> bool:
        return isinstance(self.options, ShiftCrop) and self.options.padding == "reflect"

    def maps(self, draws: Tensor) -> Tensor:
        """[images, draws] -> [images, 3, 3]; where the last draw says no, the identity."""
        maps = self.make(self.options, draws)
        touched = draws[:, -1] < self.options.probability
        return torch.where(touched[:, None, None], maps, torch.eye(3, device=draws.device))


def flip(options: Flip) -> Geometric:
    return Geometric(options, 1, _flip_maps, whole_pixels=True)


def shift_crop(options: ShiftCrop) -> Geometric:
    return Geometric(options, 3, _shift_maps, whole_pixels=True)


def rotate(options: Rotate) -> Geometric:
    return Geometric(options, 2, _rotation_maps, whole_pixels=False)


def _flip_maps(_options: Flip, draws: Tensor) -> Tensor:
    return torch.diag(torch.tensor([-1.0, 1.0, 1.0], device=draws.device)).expand(len(draws), 3, 3)


def _shift_maps(options: ShiftCrop, draws: Tensor) -> Tensor:
    maps = torch.eye(3, device=draws.device).repeat(len(draws), 1, 1)
    choices = 2 * options.pixels + 1
    maps[:, :2, 2] = (draws[:, :2] * choices).floor() - options.pixels
    return maps


def _rotation_maps(options: Rotate, draws: Tensor) -> Tensor:
    angle = (draws[:, 0] * 2 - 1) * math.radians(options.degrees)
    cosine, sine = angle.cos(), angle.sin()
    maps = torch.eye(3, device=draws.device).repeat(len(draws), 1, 1)
    maps[:, 0, 0], maps[:, 0, 1] = cosine, -sine
    maps[:, 1, 0], maps[:, 1, 1] = sine, cosine
    return maps
