"""Operations that no map of places or colours can say: steps, histograms, neighbours.

Each gets only the images that it touches: float [images, channels, height, width], 0 to 255, which it may
change, and each image's parameters.
"""

import math
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from paribus.augment.operations import Operation, Parameters, Pointwise, Size, single, spread
from paribus.specs.augments import Autocontrast, Blur, Equalize, Posterize, Sharpen, Solarize


def solarize(options: Solarize) -> Operation:
    return single(options, 0, SOLARIZE, partial(_constant, "threshold", options.threshold))


def posterize(options: Posterize) -> Operation:
    return single(options, 0, POSTERIZE, partial(_constant, "bits", options.bits))


def autocontrast(options: Autocontrast) -> Operation:
    return single(options, 0, AUTOCONTRAST, lambda _draws, _size: {})


def equalize(options: Equalize) -> Operation:
    return single(options, 0, EQUALIZE, lambda _draws, _size: {})


def sharpen(options: Sharpen) -> Operation:
    return single(options, 0, SHARPEN, partial(_constant, "factor", options.factor))


def blur(options: Blur) -> Operation:
    deed = Pointwise(partial(_blurred, math.ceil(3 * options.sigma[1])))
    return single(options, 1, deed, lambda draws, _size: {"sigma": spread(draws[:, 0], options.sigma)})


def _constant(name: str, value: float, draws: Tensor, _size: Size) -> Parameters:
    return {name: torch.full((len(draws),), float(value))}


def _by_image(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _solarized(pixels: Tensor, parameters: Parameters) -> Tensor:
    """Of whole values, and with room for the threshold's rounding: neither makes a bright pixel dark."""
    side = pixels.round().sub_(_by_image(parameters["threshold"]) - 1e-3).sign_()  # `where`: 9 times as long
    return pixels.sub_(127.5).mul_(side.neg_()).add_(127.5)


def _posterized(pixels: Tensor, parameters: Parameters) -> Tensor:
    step = _by_image(2 ** (8 - parameters["bits"]))
    return pixels.round_().div_(step).floor_().mul_(step)


def _stretched(pixels: Tensor, _parameters: Parameters) -> Tensor:
    """A channel of one value only stays as it is."""
    low, high = pixels.amin((2, 3), keepdim=True), pixels.amax((2, 3), keepdim=True)
    flat = high - low < 0.5
    scale = torch.where(flat, 1.0, 255 / (high - low).clamp(min=0.5))
    return pixels.sub_(torch.where(flat, 0.0, low)).mul_(scale)


def _equalized(pixels: Tensor, _parameters: Parameters) -> Tensor:
    """As Pillow does: each value becomes its rank in steps of 255, the brightest value's pixels left out."""
    images, channels, height, width = pixels.shape
    planes = images * channels
    values = pixels.round_().clamp_(0, 255).view(planes, height * width).long()
    first = torch.arange(0, 256 * planes, 256, device=pixels.device)[:, None]
    counts = torch.bincount((values + first).flatten(), minlength=256 * planes).view(planes, 256)
    brightest = values.amax(1, keepdim=True)
    step = (height * width - counts.gather(1, brightest)) // 255
    darker = counts.cumsum(1) - counts
    table = ((darker + step // 2) // step.clamp(min=1)).clamp_(max=255)
    table = torch.where(step > 0, table, torch.arange(256, device=pixels.device))  # too few pixels: as it is
    return table.gather(1, values).float().view_as(pixels)


def _sharpened(pixels: Tensor, parameters: Parameters) -> Tensor:
    """Away from, or towards, the mean of 3x3 in which the middle counts five times; the border stays."""
    height, width = pixels.shape[2:]
    if min(height, width) < 3:
        return pixels
    columns = pixels[..., :-2] + pixels[..., 1:-1] + pixels[..., 2:]
    soft = columns[:, :, :-2] + columns[:, :, 1:-1] + columns[:, :, 2:]
    inside = pixels[:, :, 1:-1, 1:-1]
    soft = soft.add_(inside, alpha=4).div_(13)
    inside.copy_(torch.lerp(soft, inside, _by_image(parameters["factor"])))
    return pixels.clamp_(0, 255)


def _blurred(reach: int, pixels: Tensor, parameters: Parameters) -> Tensor:
    """Rows, then columns, `reach` pixels either way; the image goes on mirrored beyond its border."""
    sigma = parameters["sigma"]
    reach = min(reach, min(pixels.shape[2:]) - 1)
    steps = torch.arange(-reach, reach + 1, device=pixels.device)
    weights = torch.exp(-0.5 * (steps / sigma[:, None]) ** 2)
    weights = weights / weights.sum(1, keepdim=True)  # [images, taps]
    for axis, pad in ((3, (reach, reach, 0, 0)), (2, (0, 0, reach, reach))):
        padded = functional.pad(pixels, pad, mode="reflect")
        pixels = torch.zeros_like(pixels)
        for tap in range(2 * reach + 1):
            part = padded.narrow(axis, tap, pixels.shape[axis])
            pixels.addcmul_(part, _by_image(weights[:, tap]))
    return pixels


SOLARIZE = Pointwise(_solarized)
POSTERIZE = Pointwise(_posterized)
AUTOCONTRAST = Pointwise(_stretched)
EQUALIZE = Pointwise(_equalized)
SHARPEN = Pointwise(_sharpened)
