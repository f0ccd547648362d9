"""Rectangles of random size, shape and place; and the operation that enlarges one."""

import torch
from torch import Tensor

from paribus.augment.operations import Geometric, Operation, Parameters, Size, pick, single, spread
from paribus.specs.augments import ResizedCrop

RECTANGLE_DRAWS = 22  # ten times a size and a shape, then the place
_TRIES = 10


def draw_rectangles(
    draws: Tensor, size: Size, area: tuple[float, float], ratio: tuple[float, float]
) -> tuple[Parameters, Tensor]:
    """left, top, width, height in whole pixels, and where none of ten tries had fitted into the image.

    Areas are spread evenly and ratios, width / height, evenly in their logarithm; the first that fits is
    taken, as torchvision does. Where none fits, all are 0.
    """
    tries = draws[:, : 2 * _TRIES].reshape(-1, _TRIES, 2)
    areas = spread(tries[:, :, 0], area) * (size.width * size.height)
    ratios = spread(tries[:, :, 1], torch.tensor(ratio).log().tolist()).exp()
    widths, heights = (areas * ratios).sqrt().round(), (areas / ratios).sqrt().round()
    fits = (widths >= 1) & (widths <= size.width) & (heights >= 1) & (heights <= size.height)
    first = fits.int().argmax(1, keepdim=True)
    none = ~fits.any(1)
    width, height = (sides.gather(1, first)[:, 0] * ~none for sides in (widths, heights))
    found = {
        "left": pick(draws[:, -2], size.width - width + 1) * ~none,
        "top": pick(draws[:, -1], size.height - height + 1) * ~none,
        "width": width,
        "height": height,
    }
    return found, none


def resized_crop(options: ResizedCrop) -> Operation:
    def parameters(draws: Tensor, size: Size) -> Parameters:
        found, none = draw_rectangles(draws[:, :RECTANGLE_DRAWS], size, options.scale, options.ratio)
        return crop_parameters(found, none, size, options.ratio)

    return single(options, RECTANGLE_DRAWS, CROP, parameters)


def crop_parameters(found: Parameters, none: Tensor, size: Size, ratio: tuple[float, float]) -> Parameters:
    """Where no rectangle had fitted, the largest one in the middle of an allowed shape."""
    width, height = size.width, size.height
    if width / height < ratio[0]:
        height = max(round(width / ratio[0]), 1)
    elif width / height > ratio[1]:
        width = max(round(height * ratio[1]), 1)
    middle = {
        "left": (size.width - width) // 2,
        "top": (size.height - height) // 2,
        "width": width,
        "height": height,
    }
    cut = {name: torch.where(none, float(middle[name]), found[name]) for name in middle}
    sides = {"of_width": float(size.width), "of_height": float(size.height)}
    return cut | {name: torch.full_like(cut["left"], side) for name, side in sides.items()}


def _crop_maps(parameters: Parameters) -> Tensor:
    """left, top, width, height of the rectangle, and the sides of the image, of_width and of_height."""
    maps = torch.eye(3).repeat(len(parameters["left"]), 1, 1)
    for axis, (start, length, side) in enumerate(
        [("left", "width", "of_width"), ("top", "height", "of_height")]
    ):
        whole = parameters[side]
        maps[:, axis, axis] = parameters[length] / whole
        maps[:, axis, 2] = parameters[start] + parameters[length] / 2 - whole / 2
    return maps


CROP = Geometric(_crop_maps, enlarges=True)
