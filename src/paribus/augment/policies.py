"""RandAugment and TrivialAugment: each image picks its own operations, made of the same deeds as all others.

Operations, strengths and their 31 steps are those of torchvision. Ours differ in three ways: of what an image
picks, geometry comes first, then colour, then the rest; places are resampled bilinearly and slants are about
the centre.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from paribus.augment.colour import BRIGHTNESS, CONTRAST, SATURATION
from paribus.augment.geometry import SHIFT, SLANT, TURN
from paribus.augment.operations import (
    Colour,
    Draws,
    Geometric,
    Operation,
    Parameters,
    Part,
    Pointwise,
    Size,
    pick,
)
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


@dataclass(frozen=True)
class _Choice:
    """One of fourteen: a deed, and its parameters of signed and unsigned strengths, 0 to 1."""

    deed: Geometric | Colour | Pointwise
    parameters: Callable[[Tensor, Tensor, Size], Parameters] = field(
        default=lambda _signed, _plain, _size: {}
    )


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
    choices = _choices(wide)
    picked = pick(draws[:, 0], len(choices) + 1)
    signed = torch.where(draws[:, 2] < 0.5, -strength, strength)
    for number, choice in enumerate(choices):
        yield Part(choice.deed, touched & (picked == number), choice.parameters(signed, strength, size))


def _choices(wide: _Wide) -> list[_Choice]:
    """All but the identity."""

    def slant(signed: Tensor) -> Tensor:
        return torch.rad2deg(torch.atan(wide.shear * signed))

    def factor(signed: Tensor, _plain: Tensor, _size: Size) -> Parameters:
        return {"factor": 1 + wide.factor * signed}

    def still(signed: Tensor) -> Tensor:
        return torch.zeros_like(signed)

    return [
        _Choice(SLANT, lambda signed, _plain, _size: {"x": slant(signed), "y": still(signed)}),
        _Choice(SLANT, lambda signed, _plain, _size: {"x": still(signed), "y": slant(signed)}),
        _Choice(
            SHIFT,
            lambda signed, _plain, size: {"x": (wide.shift(size.width) * signed).trunc(), "y": still(signed)},
        ),
        _Choice(
            SHIFT,
            lambda signed, _plain, size: {
                "x": still(signed),
                "y": (wide.shift(size.height) * signed).trunc(),
            },
        ),
        _Choice(TURN, lambda signed, _plain, _size: {"degrees": wide.degrees * signed}),
        _Choice(BRIGHTNESS, factor),
        _Choice(SATURATION, factor),
        _Choice(CONTRAST, factor),
        _Choice(SHARPEN, factor),
        _Choice(POSTERIZE, lambda _signed, plain, _size: {"bits": (8 - wide.lost_bits * plain).round()}),
        _Choice(SOLARIZE, lambda _signed, plain, _size: {"threshold": 255 * (1 - plain)}),
        _Choice(AUTOCONTRAST),
        _Choice(EQUALIZE),
    ]
