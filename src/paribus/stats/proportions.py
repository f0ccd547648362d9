"""The interval of a share: of images, what one run can say of itself; of runs, how many diverge."""

import math

from scipy.special import bdtr, betaincinv, ndtri

from paribus.stats.intervals import IntervalResult


def wilson_interval(hits: int, n: int, level: float = 0.95) -> IntervalResult:
    """Wilson's score interval, which has a width even where all or none of the images are right."""
    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"{hits} of {n} is no share")
    z = float(ndtri((1 + level) / 2))
    share, z2 = hits / n, z * z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low = 0.0 if hits == 0 else max(middle - half, 0.0)
    return IntervalResult(low, 1.0 if hits == n else min(middle + half, 1.0), level)


def exact_interval(hits: int, n: int, level: float = 0.95) -> IntervalResult:
    """Clopper and Pearson's interval of a share, which holds the truth at least so often, whatever n is."""
    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"{hits} of {n} is no share")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return IntervalResult(low, high, level)


def exact_p_value(hits: int, n: int) -> float:
    """Two-sided p of a true share of one half: the smallest alpha whose exact interval leaves it out."""
    fewer = min(hits, n - hits)
    return min(1.0, 2 * float(bdtr(fewer, n, 0.5)))
