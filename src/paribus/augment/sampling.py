"""Carrying maps out: whole-pixel maps by gathering, all others by one bilinear resampling.

`Moves` holds the maps of an epoch, made ready once; a step takes its rows.
"""

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

    maps: Tensor  # [images, 3, 3]; places in pixels from the centre, or in half sides where resampled
    folds: Tensor | None  # int8 [images], on the CPU: by how much each is averaged first; None: nobody
    whole_pixels: bool
    affine: bool
    reflects: bool
    enlarges: bool

    @classmethod
    def of(cls, maps: Tensor, deeds: list[Geometric], size: Size, device: str | torch.device) -> Self:
        """`maps` in pixels from the centre, composed of these deeds."""
        whole_pixels = all(deed.whole_pixels for deed in deeds)
        affine = all(deed.affine for deed in deeds)
        folds = None if whole_pixels else _folds(maps)
        if not whole_pixels:
            maps = maps * torch.tensor([2 / size.width, 2 / size.height, 1.0])[:, None]
            maps = maps[:, :2] if affine else maps
        reflects = any(deed.reflects for deed in deeds)
        enlarges = any(deed.enlarges for deed in deeds) and not reflects
        return cls(maps.to(device), folds, whole_pixels, affine, reflects, enlarges)

    def carry_out(self, pixels: Tensor, rows: slice) -> Tensor:
        """Of [images, channels, height, width]. Whole pixels keep their type; else the result is float."""
        if self.whole_pixels:
            return gather_pixels(pixels, self.maps[rows], reflect=self.reflects)
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
        if self.reflects:  # about the middle of the outermost pixels, as `gather_pixels` does
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


def gather_pixels(pixels: Tensor, maps: Tensor, *, reflect: bool) -> Tensor:
    """Moves whole pixels; [images, channels, height, width] keeps its type. Outside is black or reflected."""
    images, channels, height, width = pixels.shape
    columns = _sources(width, maps[:, 0, 0], maps[:, 0, 2])  # [images, width]
    rows = _sources(height, maps[:, 1, 1], maps[:, 1, 2])  # [images, height]
    if reflect:
        columns, rows = _reflected(columns, width), _reflected(rows, height)
    else:  # one black row and column on each side stand for everything outside
        pixels = functional.pad(pixels, (1, 1, 1, 1))
        columns, rows = columns.clamp(-1, width) + 1, rows.clamp(-1, height) + 1
    where = (rows[:, :, None] * pixels.shape[3] + columns[:, None, :]).view(images, 1, height * width)
    flat = pixels.reshape(images, channels, -1)
    return flat.gather(2, where.expand(-1, channels, -1)).view(images, channels, height, width)


def _folds(maps: Tensor) -> Tensor | None:
    """[images] 1, 2 or 4, by how much each map shrinks areas in the image's middle."""
    by_place = maps[:, :2, :2] - maps[:, :2, 2:] * maps[:, 2:, :2]  # the map's derivative
    shrinks = (by_place[:, 0, 0] * by_place[:, 1, 1] - by_place[:, 0, 1] * by_place[:, 1, 0]).abs().sqrt()
    folds = torch.ones(len(maps), dtype=torch.int8)
    for fold in _FOLDS:
        folds[shrinks > fold] = fold
    return folds if (folds > 1).any() else None


def _sources(size: int, scale: Tensor, shift: Tensor) -> Tensor:
    """[images] -> [images, size]: the index that each result pixel is taken from; may lie outside."""
    centre = (size - 1) / 2
    places = torch.arange(size, device=scale.device) - centre
    return (scale[:, None] * places + shift[:, None] + centre).round().long()


def _reflected(index: Tensor, size: int) -> Tensor:
    """Places from 0 to size - 1: mirrors about the outermost pixels, as often as needed."""
    period = max(2 * (size - 1), 1)
    index = index.remainder(period)
    return torch.minimum(index, period - index)
