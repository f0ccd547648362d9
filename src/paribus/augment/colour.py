"""Operations on colours, each one affine map per image.

Brightness, contrast, saturation and hue keep each other's gray and scale about it, so that their maps
commute: only the one clamp at the end of a chain is not linear.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from paribus.augment.colour_maps import ColourMap
from paribus.augment.operations import Colour, Operation, Parameters, Size, pick, single, spread
from paribus.specs.augments import (
    Brightness,
    ChannelDrop,
    ColourJitter,
    Contrast,
    Grayscale,
    Hue,
    Invert,
    Saturation,
)
from paribus.specs.ranges import both_ends

_GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601: how much of each channel makes the gray that one sees
# The two axes of colour without gray, of equal length: from YIQ, in which television sent colour.
_CHROMA = ((0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


def brightness(options: Brightness) -> Operation:
    return single(options, 1, BRIGHTNESS, _one_factor(options.strength))


def contrast(options: Contrast) -> Operation:
    return single(options, 1, CONTRAST, _one_factor(options.strength))


def saturation(options: Saturation) -> Operation:
    return single(options, 1, SATURATION, _one_factor(options.strength))


def hue(options: Hue) -> Operation:
    ends = (-options.strength, options.strength)
    return single(options, 1, HUE, lambda draws, _size: {"turn": spread(draws[:, 0], ends)})


def colour_jitter(options: ColourJitter) -> Operation:
    ends = {
        "brightness": both_ends(options.brightness, around=1),
        "contrast": both_ends(options.contrast, around=1),
        "saturation": both_ends(options.saturation, around=1),
        "turn": both_ends(options.hue),
    }

    def parameters(draws: Tensor, _size: Size) -> Parameters:
        return {name: spread(draws[:, at], ends[name]) for at, name in enumerate(ends)}

    return single(options, len(ends), JITTER, parameters)


def grayscale(options: Grayscale) -> Operation:
    return single(options, 0, SATURATION, lambda draws, _size: {"factor": torch.zeros(len(draws))})


def channel_drop(options: ChannelDrop) -> Operation:
    return single(
        options, 1, CHANNEL_DROP, lambda draws, size: {"channel": pick(draws[:, 0], size.channels).long()}
    )


def invert(options: Invert) -> Operation:
    return single(options, 0, INVERT, lambda draws, _size: {"factor": torch.full((len(draws),), -1.0)})


def gray_weights(channels: int) -> Tensor:
    """[channels]: how a colour becomes its gray; of any but three channels it is the mean."""
    return torch.tensor(_GRAY) if channels == len(_GRAY) else torch.full((channels,), 1 / channels)


def _one_factor(strength: float) -> Callable[[Tensor, Size], Parameters]:
    ends = (1 - strength, 1 + strength)
    return lambda draws, _size: {"factor": spread(draws[:, 0], ends)}


def _scaled(factor: Tensor, channels: int) -> Tensor:
    return factor[:, None, None] * torch.eye(channels)


def _linear(matrix: Tensor) -> ColourMap:
    return ColourMap(matrix, torch.zeros_like(matrix), torch.zeros(*matrix.shape[:2], 1))


def _brightness_maps(parameters: Parameters, channels: int) -> ColourMap:
    return _linear(_scaled(parameters["factor"], channels))


def _contrast_maps(parameters: Parameters, channels: int) -> ColourMap:
    factor = parameters["factor"]
    by_mean = (1 - factor)[:, None, None] * gray_weights(channels).expand(channels, -1)
    return ColourMap(_scaled(factor, channels), by_mean, torch.zeros(len(factor), channels, 1))


def _saturation_maps(parameters: Parameters, channels: int) -> ColourMap:
    """Where there are no three channels there is no colour: images stay as they are."""
    factor = parameters["factor"]
    if channels != len(_GRAY):
        return _linear(_scaled(torch.ones_like(factor), channels))
    gray = gray_weights(channels).expand(channels, -1)
    return _linear(_scaled(factor, channels) + (1 - factor)[:, None, None] * gray)


def _hue_maps(parameters: Parameters, channels: int) -> ColourMap:
    """Turns colour about gray. In the plane of YIQ the colours go round as red, yellow, green, cyan, blue."""
    turn = parameters["turn"]
    if channels != len(_GRAY):
        return _linear(_scaled(torch.ones_like(turn), channels))
    gray, _, _ = _gray_and_chroma()
    return _linear(gray + _turned_chroma(turn))


def _jitter_maps(parameters: Parameters, channels: int) -> ColourMap:
    """All four at once: gray is made brighter, chroma is turned, scaled and made brighter with it."""
    brightness, flatness = parameters["brightness"], 1 - parameters["contrast"]
    by_mean = (brightness * flatness)[:, None, None] * gray_weights(channels).expand(channels, -1)
    strength = (brightness * parameters["contrast"])[:, None, None]
    if channels == len(_GRAY):
        gray, _, _ = _gray_and_chroma()
        chroma = parameters["saturation"][:, None, None] * _turned_chroma(parameters["turn"])
        matrix = strength * (gray + chroma)
    else:
        matrix = strength * torch.eye(channels)
    return ColourMap(matrix, by_mean, torch.zeros(len(matrix), channels, 1))


def _turned_chroma(turn: Tensor) -> Tensor:
    """[images, 3, 3]: colour -> its chroma, turned."""
    _, chroma, across = _gray_and_chroma()
    angle = (2 * math.pi * turn)[:, None, None]
    return angle.cos() * chroma + angle.sin() * across


def _gray_and_chroma() -> tuple[Tensor, Tensor, Tensor]:
    """3x3 each: colour -> its gray, its chroma, and its chroma a quarter turn further."""
    parts = torch.tensor((_GRAY, *_CHROMA), dtype=torch.float64)
    quarter = torch.tensor([[0, 0, 0], [0, 0, 1], [0, -1, 0]], dtype=torch.float64)
    gray = parts[:1].expand(3, -1)
    across = torch.linalg.inv(parts) @ quarter @ parts
    return gray.float(), (torch.eye(3) - gray).float(), across.float()


def _dropped_maps(parameters: Parameters, channels: int) -> ColourMap:
    """An only channel stays: a black image shows nothing."""
    dropped = parameters["channel"][:, None] == torch.arange(channels)
    return _linear(torch.diag_embed(1 - dropped.float() * (channels > 1)))


def _inverted_maps(parameters: Parameters, channels: int) -> ColourMap:
    matrix = _scaled(parameters["factor"], channels)
    return ColourMap(matrix, torch.zeros_like(matrix), torch.full((len(matrix), channels, 1), 255.0))


BRIGHTNESS = Colour(_brightness_maps)
CONTRAST = Colour(_contrast_maps)
SATURATION = Colour(_saturation_maps)
HUE = Colour(_hue_maps)
JITTER = Colour(_jitter_maps)
CHANNEL_DROP = Colour(_dropped_maps)
INVERT = Colour(_inverted_maps)
