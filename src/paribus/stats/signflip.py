"""The sign-flip test: the second opinion that stands beside the t test and never decides.

If arm and control were the same, each paired difference could as well have had the other sign.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus import chance
from paribus.stats.intervals import finite_values

EXACT_UP_TO = 20  # seeds: 2**19 sums take 5 ms
DRAWS = 49_999  # above that: standard error 0.001 at p = 0.05


def flip_signs(differences: ArrayLike) -> float:
    """Two-sided p: the share of sign patterns whose mean is as far from zero as the one seen.

    All patterns are counted up to `EXACT_UP_TO` seeds; above, `DRAWS` patterns are drawn, the
    same in every call.
    """
    values = finite_values(differences)
    # Equal sums differ by rounding when they are added in another order.
    bound = abs(values.sum()) - 1e-12 * np.abs(values).sum()
    if len(values) <= EXACT_UP_TO:
        return float(np.mean(np.abs(_all_sums(values)) >= bound))
    hits = np.count_nonzero(np.abs(_drawn_sums(values)) >= bound)
    return float((1 + hits) / (1 + DRAWS))


def _all_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums under every pattern that leaves the first sign; the others mirror them."""
    sums = values[:1]
    for value in values[1:]:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def _drawn_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(DRAWS)
    for start in range(0, len(values), 64):
        block = values[start : start + 64]
        drawn = chance.words(DRAWS, 0, "sign-flip", start).astype("<u8").view(np.uint8)
        bits = np.unpackbits(drawn.reshape(DRAWS, 8), axis=1)[:, : len(block)]  # [draw, seed]
        sums += block.sum() - 2 * (bits @ block)
    return sums
