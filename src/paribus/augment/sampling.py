"""Carrying out maps that do not move whole pixels: one bilinear resampling, however many were composed."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional

from paribus.augment.operations import Geometric, Size

_HORIZON = 1e-3  # a place this far or farther behind the eye is nowhere in the image
_FOLDS = (2, 4)  # by how much an image is averaged first, where its map shrinks it by more than that


@dataclass(frozen=True)
class Moves:
    """One map per image, from places in the result to places in it."""

    maps: Tensor  # [images, 3, 3], or [images, 2, 3] where all are affine; from pixels to half sides
    folds: Tensor | None  # int8 [images], on the CPU: by how much each is averaged first; None: nobody
    affine: bool
    reflects: bool
    enlarges: bool

    @classmethod
    def of(cls, maps: Tensor, deeds: list[Geometric], size: Size, device: str | torch.device) -> Self:
        """`maps` in pixels from the centre, composed of these deeds."""
        affine = all(deed.affine for deed in deeds)
        folds = _folds(maps)
        maps = maps * torch.tensor([2 / size.width, 2 / size.height, 1.0])[:, None]
        maps = maps[:, :2] if affine else maps
        reflects = any(deed.reflects for deed in deeds)
        enlarges = any(deed.enlarges for deed in deeds) and not reflects
        return cls(maps.to(device), folds, affine, reflects, enlarges)

    def carry_out(self, pixels: Tensor, rows: slice) -> Tensor:
        """Of [images, channels, height, width]; the result is float."""
        pixels = pixels.float()
        places = self._places(self.maps[rows], *pixels.shape[2:])
        found = self._sample(pixels, places)
        return found if self.folds is None else self._average(found, pixels, places, self.folds[rows])

    def _average(self, found: Tensor, pixels: Tensor, places: Tensor, folds: Tensor) -> Tensor:
        """The images that shrink, sampled anew from a copy of which each pixel is the mean of many."""
        height, width = pixels.shape[2:]
        for fold in _FOLDS:
            chosen = (folds == fold).nonzero()[:, 0].to(pixels.device)
            if len(chosen):
                pooled = functional.adaptive_avg_pool2d(
                    pixels[chosen], (-(-height // fold), -(-width // fold))
                )
                found[chosen] = self._sample(pooled, places[chosen])
        return found

    def _places(self, maps: Tensor, height: int, width: int) -> Tensor:
        """[images, 2, height, width]: x and y of each result pixel's source; -1 and 1 are the image's edges.

        Linear forms of column and row, as broadcast sums: a sixth of what multiplying matrices costs.
        """
        x = torch.arange(width, device=maps.device) - (width - 1) / 2
        y = torch.arange(height, device=maps.device) - (height - 1) / 2
        by_column = maps[:, :, 0, None] * x + maps[:, :, 2, None]  # [images, forms, width]
        by_row = maps[:, :, 1, None] * y  # [images, forms, height]
        forms = by_column[:, :, None, :] + by_row[:, :, :, None]
        if self.affine:
            return forms
        return forms[:, :2].mul_(forms[:, 2:].clamp_(min=_HORIZON).reciprocal_())

    def _sample(self, pixels: Tensor, places: Tensor) -> Tensor:
        height, width = pixels.shape[2:]
        last = torch.tensor([1 - 1 / width, 1 - 1 / height], device=places.device)[:, None, None]
        if self.reflects:  # about the middle of the outermost pixels, as shifts do
            places = places / last.clamp(min=1e-6)
        elif self.enlarges:  # the image begins at its edge, not in the middle of its first pixel
            beyond = places - torch.minimum(torch.maximum(places, -last), last)
            places = places - torch.minimum(torch.maximum(beyond, last - 1), 1 - last)
        return functional.grid_sample(
            pixels,
            places.permute(0, 2, 3, 1),
            mode="bilinear",
            padding_mode="reflection" if self.reflects else "zeros",
            align_corners=self.reflects,
        )


def _folds(maps: Tensor) -> Tensor | None:
    """[images] 1, 2 or 4, by how much each map shrinks areas in the image's middle."""
    by_place = maps[:, :2, :2] - maps[:, :2, 2:] * maps[:, 2:, :2]  # the map's derivative
    shrinks = (by_place[:, 0, 0] * by_place[:, 1, 1] - by_place[:, 0, 1] * by_place[:, 1, 0]).abs().sqrt()
    folds = torch.ones(len(maps), dtype=torch.int8)
    for fold in _FOLDS:
        folds[shrinks > fold] = fold
    return folds if (folds > 1).any() else None
