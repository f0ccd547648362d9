"""How many seeds a study needs, and what it can detect with those it has.

Noncentral t, two-sided, alpha shared equally by the contrasts. The difference to detect is the
margin that the study states, never the one that it saw: power at the observed effect only says
again what p says.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri, ndtr

from paribus.stats.families import FEWEST_SEEDS
from paribus.stats.intervals import t_quantile


@dataclass(frozen=True)
class SeedsResult:
    """Seeds in all, not in addition; None where it would take more than `most`."""

    low: int | None
    likely: int | None
    high: int | None
    most: int


def compute_power(difference: float, sd: float, n: int, *, contrasts: int = 1, alpha: float = 0.05) -> float:
    """The chance that n seeds show a true difference; `sd` is that of one paired difference."""
    if n < 2:
        return 0.0
    if sd == 0:
        return float(difference != 0)
    return _power(abs(difference) / sd * math.sqrt(n), n, alpha / contrasts)


def seeds_needed(
    margin: float,
    sd: float,
    *,
    sd_degrees: float,
    contrasts: int = 1,
    alpha: float = 0.05,
    power: float = 0.8,
    sd_level: float = 0.8,
    most: int = 10_000,
) -> SeedsResult:
    """How many seeds show a difference of `margin` with probability `power`, as a range.

    The sd is itself an estimate on `sd_degrees` degrees: `low` and `high` are what its two bounds
    ask for.
    """
    if margin <= 0:
        raise ValueError(f"the margin must be above zero, not {margin}")

    def fewest(true_sd: float) -> int | None:
        def enough(n: int) -> bool:
            found = compute_power(margin, true_sd, n, contrasts=contrasts, alpha=alpha)
            return found >= power

        return _fewest(enough, most)

    small, large = sd_range(sd, sd_degrees, sd_level)
    return SeedsResult(fewest(small), fewest(sd), fewest(large), most)


def detectable_difference(
    n: int, *, sd: float = 1.0, contrasts: int = 1, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest true difference that n seeds show with probability `power`; None for one seed.

    With the default sd it is in units of the sd of one paired difference, for use before anything
    was run.
    """
    if n < 2:
        return None
    low, high = 0.0, t_quantile(alpha / contrasts, n - 1)
    while _power(high, n, alpha / contrasts) < power:
        low, high = high, 2 * high
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if _power(middle, n, alpha / contrasts) < power:
            low = middle
        else:
            high = middle
    return high / math.sqrt(n) * sd


def sd_range(sd: float, degrees: float, level: float = 0.8) -> tuple[float, float]:
    """The chi-square interval of a standard deviation that was estimated on so many degrees."""
    tail = (1 - level) / 2
    # chdtri takes the upper tail.
    low, high = (float(chdtri(degrees, upper)) for upper in (tail, 1 - tail))
    return sd * math.sqrt(degrees / low), sd * math.sqrt(degrees / high)


def _power(noncentrality: float, n: int, alpha: float) -> float:
    """The chance that a noncentral t on n-1 degrees exceeds its critical value, up or down.

    Given the sd that a study estimates, that chance is a normal one; it is averaged over the log
    of that sd, where the trapezoid rule converges fast. SciPy's nctdtr answers NaN in the tails.
    """
    degrees = n - 1
    width, tail = (
        8 / math.sqrt(2 * degrees),
        32 / degrees,
    )  # left of the bell falls exp(degrees * x)
    log_sd = np.linspace(-width - tail, width, 2001)
    estimated = np.exp(log_sd)  # in units of the true sd
    weights = np.exp(degrees * (log_sd + (1 - estimated**2) / 2))
    bounds = t_quantile(alpha, degrees) * estimated
    found = ndtr(noncentrality - bounds) + ndtr(-noncentrality - bounds)
    return float(found @ weights / weights.sum())


def _fewest(enough: Callable[[int], bool], most: int) -> int | None:
    """The smallest n that is enough, by bisection: power grows with n."""
    if not enough(most):
        return None
    low, high = FEWEST_SEEDS - 1, most  # with fewer than FEWEST_SEEDS there is no word to be had
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high
