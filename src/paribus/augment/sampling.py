"""Carrying a map out: whole-pixel maps by gathering, all others by one resampling."""

import torch
from torch import Tensor
from torch.nn import functional


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


def resample(pixels: Tensor, maps: Tensor, *, reflect: bool) -> Tensor:
    """Bilinear, once: float [images, channels, height, width] in and out. Outside is black or reflected."""
    height, width = pixels.shape[2:]
    x = torch.arange(width, device=pixels.device) - (width - 1) / 2
    y = (torch.arange(height, device=pixels.device) - (height - 1) / 2)[:, None]
    maps = maps[:, :, :, None, None]
    sources = [maps[:, row, 0] * x + maps[:, row, 1] * y + maps[:, row, 2] for row in range(2)]
    if reflect:  # about the outermost pixels, as `gather_pixels` does; grid_sample mirrors about their edges
        sides = zip(sources, (width, height), strict=True)
        sources = [_reflected(place + (side - 1) / 2, side) - (side - 1) / 2 for place, side in sides]
    grid = torch.stack([2 * sources[0] / width, 2 * sources[1] / height], dim=-1)
    return functional.grid_sample(pixels, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


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
