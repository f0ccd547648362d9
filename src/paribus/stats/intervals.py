"""Student's t interval of a mean, and the p-value that belongs to it.

Everything here is about one list of paired differences, arm - control on the same seed.
Corrections for several contrasts, and words, are in `families`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

_ROUNDING = 1e-12  # differences of scores that are the same may differ by so much, which is no spread


@dataclass(frozen=True)
class IntervalResult:
    """A confidence interval; a bound that touches zero does not exclude it."""

    low: float
    high: float
    level: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0

    def lies_within(self, margin: float) -> bool:
        """Whether no value of the interval is as large as the margin, up or down."""
        return -margin < self.low and self.high < margin


@dataclass(frozen=True)
class MeanResult:
    """A mean over seeds. One seed has no spread: then sd, standard error and p are None."""

    n: int
    mean: float
    sd: float | None
    standard_error: float | None
    p: float | None  # two-sided, for a true mean of zero; 0 or 1 where all values are equal

    @property
    def degrees(self) -> int:
        return self.n - 1

    def interval(self, level: float = 0.95) -> IntervalResult | None:
        """The t interval, of no width where all values are equal; None for one seed."""
        if self.standard_error is None:
            return None
        return t_interval(self.mean, self.standard_error, self.degrees, level)

    def error_bar(self, level: float = 0.95) -> IntervalResult | None:
        """The interval to be shown; none where all values are equal: no spread is no sign of certainty."""
        return self.interval(level) if self.sd else None


def estimate_mean(differences: ArrayLike) -> MeanResult:
    """Mean, spread and t test of the differences `[seed]`."""
    values = finite_values(differences)
    if len(values) == 1:
        return MeanResult(1, float(values[0]), None, None, None)
    if values.max() - values.min() <= _ROUNDING * max(1.0, float(np.abs(values).max())):
        mean, sd = (float(values[0]) if abs(values[0]) > _ROUNDING else 0.0), 0.0
    else:
        mean, sd = float(values.mean()), float(values.std(ddof=1))
    error = sd / math.sqrt(len(values))
    return MeanResult(len(values), mean, sd, error, t_p_value(mean, error, len(values) - 1))


def finite_values(differences: ArrayLike) -> NDArray[np.float64]:
    """The differences as float64; raises ValueError unless they are one finite number per seed."""
    values = np.asarray(differences, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"one number per seed is needed, not an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("the differences hold NaN or infinity; a diverged run has no difference")
    return values


def t_interval(mean: float, standard_error: float, degrees: float, level: float) -> IntervalResult:
    """The t interval of any estimate with a standard error on so many degrees of freedom."""
    half = t_quantile(1 - level, degrees) * standard_error
    return IntervalResult(mean - half, mean + half, level)


def t_p_value(mean: float, standard_error: float, degrees: float) -> float:
    """Two-sided p of a true mean of zero; an estimate without spread decides by itself."""
    if standard_error == 0:
        return float(mean == 0)
    return float(2 * stdtr(degrees, -abs(mean) / standard_error))


def t_quantile(alpha: float, degrees: float) -> float:
    """What |t| exceeds with probability alpha."""
    return float(-stdtrit(degrees, alpha / 2))
