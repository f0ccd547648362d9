"""What the best of n random trials would be expected to score (Dodge et al. 2019, "Show Your Work").

Of trials drawn independently of each other, as random search draws them: n are drawn, again with replacement,
from those that were made. So the curve's end says what this search, repeated, would find with so many trials.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class ExpectedBest:
    """For a budget of so many trials; the band is one standard deviation of it, within what was seen."""

    trials: int
    mean: float
    low: float
    high: float


def expect_best(scores: ArrayLike) -> tuple[ExpectedBest, ...]:
    """For each budget from one trial to all. What diverged counts with the score 0."""
    values = np.sort(np.asarray(scores, np.float64))
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"finite scores are needed, not an array of shape {values.shape}")
    shares: NDArray[np.float64] = np.arange(len(values) + 1, dtype=np.float64) / len(values)
    found = []
    for trials in range(1, len(values) + 1):
        weights: NDArray[np.float64] = np.diff(shares**trials)  # how probable each is to be the best
        mean = float(weights @ values)
        deviation = math.sqrt(max(float(weights @ values**2) - mean**2, 0.0))
        low, high = max(mean - deviation, values[0]), min(mean + deviation, values[-1])
        found.append(ExpectedBest(trials, mean, float(low), float(high)))
    return tuple(found)
