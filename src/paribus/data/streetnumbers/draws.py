"""The random choices of one block of images, each looked up by its name.

A choice is a column with one entry per image, shaped to broadcast against planes [images, height, width].
Because every column has a key of its own, a new choice changes none of the old ones. This module does not
know what is chosen.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus import chance

BLOCK = 64  # images drawn together: small enough that a picture plane stays in the processor's cache

F32 = NDArray[np.floating[Any]]  # float32 when it runs; NumPy's stubs take float32 / int for float64
Int = NDArray[np.intp]
Bool = NDArray[np.bool_]


class Flaw(IntEnum):
    """What makes a digit hard to see. An image has one at most: two together can hide it from people too."""

    NONE = 0
    FADED = 1  # ink close to its ground
    HAZY = 2  # little contrast in the whole picture
    GRAINY = 3
    SOFT = 4  # out of focus, moved or enlarged
    WORN = 5  # paint come off in places
    HOLLOW = 6  # only the digit's outline
    COVERED = 7  # by a bar or leaves


FLAW_SHARES = (0.16, 0.22, 0.12, 0.14, 0.22, 0.04, 0.04, 0.06)


class Draws(NamedTuple):
    """`trouble` scales what makes an image hard: 1 in train and test, less in extra."""

    seed: int
    split: str
    block: int
    trouble: float

    def uniform(self, name: str, shape: tuple[int, ...] = (1, 1)) -> F32:
        """Numbers in [0, 1), [BLOCK, *shape]."""
        return chance.uniforms((BLOCK, *shape), self.seed, "streetnumbers", self.split, self.block, name)

    def between(self, name: str, low: float, high: float, shape: tuple[int, ...] = (1, 1)) -> F32:
        """Numbers in [low, high), all equally likely."""
        return np.float32(low) + np.float32(high - low) * self.uniform(name, shape)

    def around_zero(self, name: str, deviation: float, shape: tuple[int, ...] = (1, 1)) -> F32:
        """Bell-shaped numbers with this standard deviation and none beyond 3 of them.

        The sum of three uniforms has variance 1/4; it needs no libm that could differ between machines.
        """
        three = self.uniform(name, (3, *shape))
        total = three[:, 0] + three[:, 1] + three[:, 2]
        return (total - np.float32(1.5)) * np.float32(2.0 * deviation)

    def happens(self, name: str, share: float, shape: tuple[int, ...] = (1, 1)) -> Bool:
        """True for this share of the images."""
        return np.asarray(self.uniform(name, shape) < np.float32(share))

    def has(self, flaw: Flaw) -> Bool:
        """The images with this flaw, [BLOCK, 1, 1]."""
        none, *others = FLAW_SHARES
        shares = [none + (1 - self.trouble) * sum(others), *[share * self.trouble for share in others]]
        return np.asarray(self.pick("flaw", shares) == flaw)

    def troubled(self, name: str, share: float) -> Bool:
        """True for this share of the images, and for fewer where the split is easier."""
        return self.happens(name, share * self.trouble)

    def pick(self, name: str, shares: Sequence[float], shape: tuple[int, ...] = (1, 1)) -> Int:
        """The numbers 0..len(shares)-1 in these proportions."""
        edges = np.cumsum(np.asarray(shares, dtype=np.float64))
        edges /= edges[-1]
        return np.searchsorted(edges[:-1], self.uniform(name, shape), side="right").astype(np.intp)

    def noise_bytes(self, name: str, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Random bytes [*shape], eight from every word."""
        count = int(np.prod(shape))
        drawn = chance.words((count + 7) // 8, self.seed, "streetnumbers", self.split, self.block, name)
        return drawn.astype("<u8").view(np.uint8)[:count].reshape(shape)
