"""Two images in one: mixup and cutmix. The partner is the image before in the batch, the last for the first.

Shares and rectangles are drawn for each image, by its position in its split; labels are mixed by whoever has
them. Where both are listed, each image gets one of the two, with even odds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import betaincinv
from torch import Tensor

from paribus.augment.erasing import inside_of
from paribus.augment.operations import Parameters, Size, draw_numbers, pick
from paribus.specs.augments import Cutmix, Mixup


@dataclass(frozen=True)
class Mixer:
    """Mixup or cutmix as asked for."""

    options: Mixup | Cutmix


def mixup(options: Mixup) -> Mixer:
    return Mixer(options)


def cutmix(options: Cutmix) -> Mixer:
    return Mixer(options)


@dataclass(frozen=True)
class Mixture:
    """What is mixed into each image of an epoch, in the order in which they are shown."""

    blended: Tensor  # [images]: the share that an image keeps of every pixel
    pasted: Parameters | None  # left, top, width, height of what is pasted; all 0 where nothing is
    shares: Tensor  # [images]: what an image keeps in all, pixels and label alike

    def to(self, device: str | torch.device) -> "Mixture":
        pasted = self.pasted and {name: values.to(device) for name, values in self.pasted.items()}
        return Mixture(self.blended.to(device), pasted, self.shares.to(device))

    def carry_out(self, images: Tensor, rows: slice) -> Tensor:
        """[images, channels, height, width] floats, mixed with their partners."""
        partners = images.roll(1, 0)
        mixed = torch.lerp(partners, images, self.blended[rows, None, None, None])
        if self.pasted is None:
            return mixed
        rectangles = {name: values[rows] for name, values in self.pasted.items()}
        inside = inside_of(rectangles, *images.shape[2:])[:, None]
        return torch.where(inside, partners, mixed)


def draw_mixture(
    mixers: Sequence[Mixer],
    positions: NDArray[np.int64],
    size: Size,
    seed: int,
    epoch: int,
) -> Mixture | None:
    """None where nothing is to be mixed."""
    if not mixers:
        return None
    choice = draw_numbers("mixing", positions, 1, seed, epoch)[:, 0]
    blended = torch.ones(len(positions))
    shares, pasted = blended, None
    for number, mixer in enumerate(mixers):
        draws = draw_numbers(mixer.options.name, positions, 4, seed, epoch)
        touched = (draws[:, -1] < mixer.options.probability) & (pick(choice, len(mixers)) == number)
        kept = torch.where(touched, beta_quantile(draws[:, 0], mixer.options.alpha), 1.0)
        if isinstance(mixer.options, Mixup):
            blended = kept
        else:
            pasted = _rectangles(kept, draws, size)
            kept = 1 - pasted["width"] * pasted["height"] / (size.width * size.height)
        shares = torch.minimum(shares, kept)
    return Mixture(blended, pasted, shares)


def beta_quantile(draw: Tensor, alpha: float) -> Tensor:
    """Of Beta(alpha, alpha), at the middle of each of the 2^24 steps that a draw can have."""
    found = betaincinv(alpha, alpha, draw.double().numpy() + 2.0**-25)
    return torch.from_numpy(found).float().clamp_(0, 1)


def _rectangles(kept: Tensor, draws: Tensor, size: Size) -> Parameters:
    """Of the image's shape and 1 - kept of its area, about any pixel; what lies outside is cut off."""
    half = 0.5 * (1 - kept).sqrt()
    found = {}
    for at, (start, length, side) in enumerate(
        [("left", "width", size.width), ("top", "height", size.height)], start=1
    ):
        middle, reach = pick(draws[:, at], side), (half * side).floor()
        found[start] = (middle - reach).clamp(min=0)
        found[length] = (middle + reach).clamp(max=side) - found[start]
    return found
