"""What one seed would have said, and whether pairing by seed pays."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from paribus.stats.intervals import finite_values, t_quantile


@dataclass(frozen=True)
class SingleSeedResult:
    """How many seeds rank the two the other way, and how paired arms correlate (from 3 seeds)."""

    n: int
    misleading_share: float
    correlation: float | None


def compare_single_seeds(arm: ArrayLike, control: ArrayLike) -> SingleSeedResult:
    """Compare each seed's ranking with that of the means; a tie, on either side, counts half."""
    scores, others = finite_values(arm), finite_values(control)
    if len(scores) != len(others):
        raise ValueError(f"{len(scores)} and {len(others)} scores are not pairs")
    differences = scores - others
    total = differences.sum()
    if abs(total) <= 1e-12 * np.abs(differences).sum():  # differences that cancel up to rounding
        total = 0.0
    agreement = np.sign(differences) * np.sign(total)
    share = float(np.mean((1 - agreement) / 2))
    return SingleSeedResult(len(scores), share, _correlate(scores, others))


def pairing_threshold(n: int) -> float | None:
    """The correlation above which pairing narrows the expected interval; None for one seed.

    Pairing halves the degrees of freedom; below this correlation two separate samples would do
    better.
    """
    if n < 2:
        return None
    paired, apart = (t_quantile(0.05, d) * _expected_sd(d) for d in (n - 1, 2 * n - 2))
    return 1 - (apart / paired) ** 2


def _correlate(scores: NDArray[np.float64], others: NDArray[np.float64]) -> float | None:
    if len(scores) < 3 or np.ptp(scores) == 0 or np.ptp(others) == 0:
        return None
    return float(np.clip(np.corrcoef(scores, others)[0, 1], -1, 1))


def _expected_sd(degrees: int) -> float:
    """The mean of a sample's sd where the true one is 1."""
    return math.sqrt(2 / degrees) * math.exp(gammaln((degrees + 1) / 2) - gammaln(degrees / 2))
