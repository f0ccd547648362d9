"""Images as arrays: what every data set becomes, and what a reader hands over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Split = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Images:
    """The images of one split with their labels."""

    pixels: NDArray[np.uint8]  # [images, channels, height, width], usually mapped from the cache
    labels: NDArray[np.int64]  # [images]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Reading:
    """All that a reader found. `validation` is absent unless the set has its own."""

    splits: dict[Split, Images]
    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()  # files that could not be read and were passed over


@dataclass(frozen=True)
class Source:
    """A data set that can be read. Making one is cheap; reading may be long, and happens once."""

    key: str  # what the cache knows it by: another key, another reading
    read: Callable[[], Reading]
    fingerprint: str | None = None  # None: known by its pixels


def resized(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Each image squashed to `side` x `side`, antialiased as Pillow does it."""
    if pixels.shape[2:] == (side, side):
        return pixels
    result = np.empty((*pixels.shape[:2], side, side), np.uint8)
    for image, target in zip(
        pixels.reshape(-1, *pixels.shape[2:]), result.reshape(-1, side, side), strict=True
    ):
        small = Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR, reducing_gap=3.0)
        target[:] = np.asarray(small)
    return result
