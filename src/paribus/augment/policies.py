"""RandAugment and TrivialAugment: each image picks its own operations, made of the same deeds as all others.

Operations, strengths and their 31 steps are those of torchvision. Ours differ in three ways: of what an image
picks, geometry comes first, then colour, then the rest; places are resampled bilinearly and slants are about
the centre.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from paribus.augment.colour import BRIGHTNESS, CONTRAST, SATURATION
from paribus.augment.geometry import SHIFT, SLANT, TURN
from paribus.augment.operations import Deed, Draws, Operation, Parameters, Part, Size, pick
from paribus.augment.pointwise import AUTOCONTRAST, EQUALIZE, POSTERIZE, SHARPEN, SOLARIZE
from paribus.specs.augments import RandAugment, TrivialAugment

_BINS = 31
_DRAWS = 3  # which operation, how strong, which sign


@dataclass(frozen=True)
class _Wide:
    """The strongest of each operation."""

    shear: float
    shift: Callable[[int], float]  # side -> pixels
    degrees: float
    factor: float
    lost_bits: int


def rand_augment(options: RandAugment) -> Operation:
    wide = _Wide(0.3, lambda side: 150 / 331 * side, 30.0, 0.9, 4)
    strength = options.magnitude / (_BINS - 1)

    def parts(drawn: Draws) -> list[Part]:
        touched = drawn.table[:, -1] < options.probability
        slots = [drawn.table[:, _DRAWS * at : _DRAWS * (at + 1)] for at in range(options.operations)]
        fixed = torch.full((len(touched),), strength)
        return [part for slot in slots for part in _chosen(wide, slot, fixed, touched, drawn.size)]

    return Operation(options, _DRAWS * options.operations + 1, parts)


def trivial_augment(options: TrivialAugment) -> Operation:
    wide = _Wide(0.99, lambda _side: 32.0, 135.0, 0.99, 6)

    def parts(drawn: Draws) -> list[Part]:
        touched = drawn.table[:, -1] < options.probability
        strengths = pick(drawn.table[:, 1], _BINS) / (_BINS - 1)
        return list(_chosen(wide, drawn.table[:, :_DRAWS], strengths, touched, drawn.size))

    return Operation(options, _DRAWS + 1, parts)


def _chosen(wide: _Wide, draws: Tensor, strength: Tensor, touched: Tensor, size: Size) -> Iterator[Part]:
    """A part for each operation, which touches the images that picked it; one number more means none."""
    signed = torch.where(draws[:, 2] < 0.5, -strength, strength)
    menu = _menu(wide, signed, strength, size)
    picked = pick(draws[:, 0], len(menu) + 1)
    for number, (deed, parameters) in enumerate(menu):
        yield Part(deed, touched & (picked == number), parameters)


def _menu(wide: _Wide, signed: Tensor, strength: Tensor, size: Size) -> list[tuple[Deed, Parameters]]:
    """All of the fourteen but the identity, for strengths from 0 to 1 and the same with a sign."""
    still, slant = torch.zeros_like(signed), torch.rad2deg(torch.atan(wide.shear * signed))
    right, down = ((wide.shift(side) * signed).trunc() for side in (size.width, size.height))
    factor = {"factor": 1 + wide.factor * signed}
    return [
        (SLANT, {"x": slant, "y": still}),
        (SLANT, {"x": still, "y": slant}),
        (SHIFT, {"x": right, "y": still}),
        (SHIFT, {"x": still, "y": down}),
        (TURN, {"degrees": wide.degrees * signed}),
        (BRIGHTNESS, factor),
        (SATURATION, factor),
        (CONTRAST, factor),
        (SHARPEN, factor),
        (POSTERIZE, {"bits": (8 - wide.lost_bits * strength).round()}),
        (SOLARIZE, {"threshold": 255 * (1 - strength)}),
        (AUTOCONTRAST, {}),
        (EQUALIZE, {}),
    ]
