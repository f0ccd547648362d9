"""Would the difference hold on new images too? Seeds and images crossed, one observation per cell.

The t interval over seeds takes the test images as given. Here the images are a sample as well: a
two-way layout without replication, where seed, image and their residual each have a mean square.
From 10 seeds on the residual, which seeds and images both contain, is taken out once; with fewer
seeds that subtraction is too noisy, and leaving it in errs on the wide side.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.stats.intervals import IntervalResult, t_interval, t_p_value

SUBTRACT_FROM = 10  # seeds


@dataclass(frozen=True)
class CrossedResult:
    """A mean over seeds and images, with the error that both cause."""

    n: int
    images: int
    mean: float
    standard_error: float
    degrees: float  # Satterthwaite's, seldom whole
    p: float
    ms_seed: float
    ms_image: float
    ms_residual: float

    def interval(self, level: float = 0.95) -> IntervalResult:
        return t_interval(self.mean, self.standard_error, self.degrees, level)


def estimate_crossed(differences: ArrayLike) -> CrossedResult | None:
    """The mean of per-image differences `[seed, image]`; None for one seed or one image."""
    values = np.asarray(differences)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"seeds by images are needed, not an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("the differences hold NaN or infinity")
    n, images = values.shape
    if n == 1 or images == 1:
        return None
    ms_seed, ms_image, ms_residual, mean = _mean_squares(values.astype(np.float64))
    parts = [(ms_seed, n - 1), (ms_image, images - 1)]
    total = ms_seed + ms_image
    if n >= SUBTRACT_FROM:
        total = ms_seed + max(ms_image - ms_residual, 0.0)
        parts = parts[:1] if ms_image <= ms_residual else [*parts, (ms_residual, (n - 1) * (images - 1))]
    spread = sum(square**2 / degrees for square, degrees in parts)
    degrees = total**2 / spread if spread > 0 else float(n - 1)
    error = math.sqrt(total / (n * images))
    p = t_p_value(mean, error, degrees)
    return CrossedResult(n, images, mean, error, degrees, p, ms_seed, ms_image, ms_residual)


def _mean_squares(values: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Mean squares of seeds, images and residual, and the mean."""
    n, images = values.shape
    mean = float(values.mean())
    by_seed = values.mean(axis=1) - mean
    by_image = values.mean(axis=0) - mean
    values -= mean + by_seed[:, None] + by_image
    residual = float(np.einsum("ij,ij->", values, values)) / ((n - 1) * (images - 1))
    seed = images * float(by_seed @ by_seed) / (n - 1)
    image = n * float(by_image @ by_image) / (images - 1)
    return seed, image, residual, mean
