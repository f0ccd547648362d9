"""Images of any size as small ones of one size, by area averaging: what twins are looked for in."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.data.measuring import Pixels, blocks

SIDE = 32

_LUMA = (0.299, 0.587, 0.114)  # as ITU-R BT.601 weighs red, green and blue

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]


class Gallery:
    """The images of several splits under one row of numbers, read as thumbnails when asked for."""

    def __init__(self, splits: Sequence[Pixels]) -> None:
        self._splits = splits
        self.starts = np.cumsum([0, *(len(pixels) for pixels in splits)])
        height, width = splits[0].shape[2:]
        self._down, self._across = area_weights(height), area_weights(width).T

    def __len__(self) -> int:
        return int(self.starts[-1])

    def thumbnails(self, numbers: Numbers) -> Floats:
        """[images, channels, SIDE, SIDE], values from 0 to 255; the numbers must ascend."""
        split_of = np.searchsorted(self.starts, numbers, side="right") - 1
        return np.concatenate(
            [
                self._shrunk(block)
                for split, pixels in enumerate(self._splits)
                if (inside := numbers[split_of == split]).size
                for block in blocks(pixels[inside - self.starts[split]])
            ]
        )

    def _shrunk(self, pixels: Pixels) -> Floats:
        values = pixels.astype(np.float32)
        if values.shape[2:] == (SIDE, SIDE):
            return values
        return np.asarray(self._down @ (values @ self._across))


def area_weights(side: int, to: int = SIDE) -> Floats:
    """[to, side]: how much of each old pixel lies in each new one; rows add up to one."""
    edges = np.linspace(0, side, to + 1)
    low, high = edges[:-1, None], edges[1:, None]
    pixel = np.arange(side)[None]
    overlap = np.clip(np.minimum(high, pixel + 1) - np.maximum(low, pixel), 0, None)
    return np.asarray(overlap / overlap.sum(1, keepdims=True), np.float32)


def brightness_of(thumbnails: Floats) -> Floats:
    """[images, SIDE, SIDE]: how bright the eye finds them."""
    if thumbnails.shape[1] == 1:
        return thumbnails[:, 0]
    return np.asarray(np.einsum("c,nchw->nhw", np.array(_LUMA, np.float32), thumbnails))
