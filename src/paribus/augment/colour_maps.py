"""Affine maps of colours: how they compose, and how they are carried out.

A map is affine in a pixel's colour and in the image's mean colour, because contrast is about the mean. The
mean of a mapped image is linear in the mean of the image, so a chain of maps is again one such map, which
follows from the draws alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class ColourMap:
    """colour -> matrix @ colour + by_mean @ mean colour + offset, for each image."""

    matrix: Tensor  # [images, channels, channels]
    by_mean: Tensor  # [images, channels, channels]
    offset: Tensor  # [images, channels, 1]

    def after(self, first: "ColourMap") -> "ColourMap":
        """One map that does `first`, then this."""
        return ColourMap(
            self.matrix @ first.matrix,
            self.matrix @ first.by_mean + self.by_mean @ (first.matrix + first.by_mean),
            (self.matrix + self.by_mean) @ first.offset + self.offset,
        )

    def to(self, device: str | torch.device) -> "ColourMap":
        return ColourMap(self.matrix.to(device), self.by_mean.to(device), self.offset.to(device))

    def rows(self, rows: Tensor | slice) -> "ColourMap":
        return ColourMap(self.matrix[rows], self.by_mean[rows], self.offset[rows])

    def replace_rows(self, rows: Tensor, by: "ColourMap") -> None:
        self.matrix[rows], self.by_mean[rows], self.offset[rows] = by.matrix, by.by_mean, by.offset


@dataclass(frozen=True)
class Normalisation:
    """value -> (value - mean) * scale, by channel."""

    mean: Tensor  # [channels, 1], of values from 0 to 255
    scale: Tensor  # [channels, 1], positive

    @classmethod
    def by(
        cls, mean: Sequence[float], deviation: Sequence[float], device: str | torch.device = "cpu"
    ) -> Self:
        """From the mean and the deviation of each channel."""
        numbers = torch.tensor([mean, deviation], dtype=torch.float32, device=device)[:, :, None]
        return cls(numbers[0], 1 / numbers[1])

    def carry_out(self, pixels: Tensor) -> Tensor:
        """Changes the floats that it is given."""
        return pixels.sub_(self.mean[:, :, None]).mul_(self.scale[:, :, None])


def identity_map(images: int, channels: int) -> ColourMap:
    none = torch.zeros(images, channels, channels)
    return ColourMap(torch.eye(channels).repeat(images, 1, 1), none, torch.zeros(images, channels, 1))


def recolour(pixels: Tensor, maps: ColourMap, norm: Normalisation | None, *, sees_mean: bool) -> Tensor:
    """[images, channels, height, width] floats: mapped, clamped to 0..255 and normalised, all at once."""
    colours = pixels.flatten(2)  # [images, channels, pixels]
    matrix, offset = maps.matrix, maps.offset
    if sees_mean:
        offset = torch.baddbmm(offset, maps.by_mean, colours.mean(2, keepdim=True))
    if norm is None:
        return torch.baddbmm(offset, matrix, colours).clamp_(0, 255).view_as(pixels)
    found = torch.baddbmm((offset - norm.mean) * norm.scale, matrix * norm.scale, colours)
    torch.maximum(found, -norm.mean * norm.scale, out=found)  # `clamp_` with tensors takes 8 times as long
    torch.minimum(found, (255 - norm.mean) * norm.scale, out=found)
    return found.view_as(pixels)
