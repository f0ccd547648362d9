"""Images as arrays: what every data set becomes, and what a reader hands over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from paribus.data.album import Album

Split = Literal["train", "validation", "test", "unlabeled"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test", "unlabeled")


@dataclass(frozen=True)
class Images:
    """The images of one split with their labels."""

    pixels: NDArray[np.uint8]  # [images, channels, height, width], usually mapped from the cache
    labels: NDArray[np.int64]  # [images]; -1 where nobody knows

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Reading:
    """What a reader tells of the images that it put into the album."""

    classes: tuple[str, ...]
    skipped: tuple[str, ...] = ()  # files that could not be read and were passed over, each with the reason
    # How often what was met among the originals: {"size": {"640 x 480": 12}, "mode": {"RGB": 12}}
    met: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A data set that can be read. Making one is cheap; reading may be long, and happens once."""

    key: str  # what the cache knows it by: another key, another reading
    read: Callable[["Album"], Reading]
    fingerprint: str | None = None  # None: known by its pixels
