"""Operations on places that are affine: flips, shifts, turns, slants and scales.

Each gives one 3x3 map per image, from places in the result to places in the image: the inverse of what one
sees happening. Places are (x, y, 1) in pixels from the image's centre, y downward.
"""

from dataclasses import replace

import torch
from torch import Tensor

from paribus.augment.operations import Geometric, Operation, Parameters, Size, pick, single, spread
from paribus.specs.augments import Affine, Flip, FlipVertical, Rotate, Scale, Shear, ShiftCrop, Translate
from paribus.specs.ranges import both_ends


def flip(options: Flip) -> Operation:
    return single(options, 0, MIRROR, lambda draws, _size: {"x": -_ones(draws), "y": _ones(draws)})


def flip_vertical(options: FlipVertical) -> Operation:
    return single(options, 0, MIRROR, lambda draws, _size: {"x": _ones(draws), "y": -_ones(draws)})


def shift_crop(options: ShiftCrop) -> Operation:
    deed = replace(SHIFT, reflects=options.padding == "reflect")
    choices, most = 2 * options.pixels + 1, options.pixels

    def parameters(draws: Tensor, _size: Size) -> Parameters:
        return {"x": most - pick(draws[:, 0], choices), "y": most - pick(draws[:, 1], choices)}

    return single(options, 2, deed, parameters)


def translate(options: Translate) -> Operation:
    return single(options, 2, SHIFT, lambda draws, size: _shifts(draws, size, options.share))


def rotate(options: Rotate) -> Operation:
    ends = both_ends(options.degrees)
    return single(options, 1, TURN, lambda draws, _size: {"degrees": spread(draws[:, 0], ends)})


def scale(options: Scale) -> Operation:
    return single(options, 1, ZOOM, lambda draws, _size: {"factor": spread(draws[:, 0], options.factor)})


def shear(options: Shear) -> Operation:
    sideways, vertical = both_ends(options.degrees), both_ends(options.vertical)

    def parameters(draws: Tensor, _size: Size) -> Parameters:
        return {"x": spread(draws[:, 0], sideways), "y": spread(draws[:, 1], vertical)}

    return single(options, 2, SLANT, parameters)


def affine(options: Affine) -> Operation:
    """Slants first, then scales, turns and shifts, as torchvision does."""
    degrees, slant = both_ends(options.degrees), both_ends(options.shear)

    def parameters(draws: Tensor, size: Size) -> Parameters:
        return {
            "degrees": spread(draws[:, 0], degrees),
            "factor": spread(draws[:, 1], options.scale),
            "shear": spread(draws[:, 2], slant),
        } | _shifts(draws[:, 3:], size, options.translate)

    return single(options, 5, AFFINE, parameters)


def _shifts(draws: Tensor, size: Size, share: float) -> Parameters:
    """How far the picture moves right and down, in whole pixels."""
    ends = {"x": share * size.width, "y": share * size.height}
    return {name: spread(draws[:, at], (-end, end)).round() for at, (name, end) in enumerate(ends.items())}


def _ones(draws: Tensor) -> Tensor:
    return torch.ones(len(draws))


def _maps(images: int, **entries: Tensor) -> Tensor:
    """The identity but for some entries, named by row and column: `_maps(n, at02=...)`."""
    maps = torch.eye(3).repeat(images, 1, 1)
    for name, values in entries.items():
        maps[:, int(name[-2]), int(name[-1])] = values
    return maps


def _mirror_maps(parameters: Parameters) -> Tensor:
    """-1 mirrors along x or y."""
    return _maps(len(parameters["x"]), at00=parameters["x"], at11=parameters["y"])


def _shift_maps(parameters: Parameters) -> Tensor:
    """x, y: how far the picture moves right and down."""
    return _maps(len(parameters["x"]), at02=-parameters["x"], at12=-parameters["y"])


def _turn_maps(parameters: Parameters) -> Tensor:
    """degrees: how far the picture turns against the clock."""
    angle = torch.deg2rad(parameters["degrees"])
    cosine, sine = angle.cos(), angle.sin()
    return _maps(len(angle), at00=cosine, at01=-sine, at10=sine, at11=cosine)


def _zoom_maps(parameters: Parameters) -> Tensor:
    """factor: how many times larger the picture becomes."""
    factor = parameters["factor"]
    return _maps(len(factor), at00=1 / factor, at11=1 / factor)


def _slant_maps(parameters: Parameters) -> Tensor:
    """x, y: degrees by which the picture's columns and rows lean; first x, then y."""
    x, y = (torch.deg2rad(parameters[name]).tan() for name in ("x", "y"))
    return _maps(len(x), at01=x) @ _maps(len(x), at10=y)


def _affine_maps(parameters: Parameters) -> Tensor:
    shear = parameters["shear"]
    slanted = _slant_maps({"x": shear, "y": torch.zeros_like(shear)}) @ _zoom_maps(parameters)
    return slanted @ _turn_maps(parameters) @ _shift_maps(parameters)


MIRROR = Geometric(_mirror_maps, whole_pixels=True)
SHIFT = Geometric(_shift_maps, whole_pixels=True)
TURN = Geometric(_turn_maps)
ZOOM = Geometric(_zoom_maps)
SLANT = Geometric(_slant_maps)
AFFINE = Geometric(_affine_maps)
