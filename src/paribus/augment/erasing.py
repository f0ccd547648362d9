"""Covering a rectangle: random erasing, cutout."""

from typing import Literal

import torch
from torch import Tensor

from paribus.augment.grain import PLACES, Grain, grain_of
from paribus.augment.operations import Draws, Operation, Parameters, Part, Pointwise, pick
from paribus.augment.rectangles import RECTANGLE_DRAWS, draw_rectangles
from paribus.specs.augments import Erase

_DEVIATION = 73.9  # of values spread evenly from 0 to 255


def erase(options: Erase) -> Operation:
    """Where no rectangle fits, nothing is covered."""

    def parts(drawn: Draws) -> list[Part]:
        low, high = options.ratio  # height / width, as torchvision has it here
        found, _ = draw_rectangles(
            drawn.table[:, :RECTANGLE_DRAWS], drawn.size, options.area, (1 / high, 1 / low)
        )
        parameters = found | {"place": pick(drawn.table[:, RECTANGLE_DRAWS], PLACES).long()}
        grain = None
        if options.fill == "noise":
            grain = grain_of(options.name, drawn.size, drawn.seed, drawn.epoch)
        return [Part(erasing(options.fill, grain), drawn.table[:, -1] < options.probability, parameters)]

    return Operation(options, RECTANGLE_DRAWS + 2, parts)


def erasing(fill: Literal["zero", "mean", "noise"], grain: Grain | None = None) -> Pointwise:
    def cover(pixels: Tensor, parameters: Parameters) -> Tensor:
        inside = inside_of(parameters, pixels.shape[2], pixels.shape[3])[:, None]
        if fill == "zero":
            return pixels.masked_fill_(inside, 0.0)
        if grain is None:
            return torch.where(inside, pixels.mean((2, 3), keepdim=True), pixels)
        numbers = grain.of(parameters["place"], pixels)
        return torch.where(inside, (numbers * _DEVIATION + 127.5).clamp_(0, 255), pixels)

    return Pointwise(cover)


def inside_of(rectangles: Parameters, height: int, width: int) -> Tensor:
    """The pixels in each image's rectangle: bool [images, height, width]."""
    left, top = rectangles["left"][:, None], rectangles["top"][:, None]
    x = torch.arange(width, device=left.device)
    y = torch.arange(height, device=left.device)
    columns = (x >= left) & (x < left + rectangles["width"][:, None])
    rows = (y >= top) & (y < top + rectangles["height"][:, None])
    return rows[:, :, None] & columns[:, None, :]
