"""Whether a net is right as often as it says: bins of confidence, and how far they are off.

Confidence is the probability of the class that is guessed. Bins of equal mass hold the same number of images
each, so that each says something; bins of equal width are what most papers print.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_BINS = 15
LEAST_IMAGES = 20  # of a bin of equal mass, where there are as many


@dataclass(frozen=True)
class Bin:
    """Images of like confidence; shares from 0 to 1, means over images."""

    images: int
    confidence: float
    accuracy: float
    variance: float  # of confidence * (1 - confidence), summed: what chance makes of the hits


def count_bins(images: int) -> int:
    return min(MOST_BINS, max(images // LEAST_IMAGES, 1))


def bin_by_mass(confidence: NDArray[np.float64], correct: NDArray[np.bool_], bins: int) -> list[Bin]:
    """So many bins of as equal a size as can be, by rising confidence."""
    order = np.argsort(confidence, kind="stable")
    return _bins(confidence, correct, np.array_split(order, bins))


def bin_by_width(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], bins: int = MOST_BINS
) -> list[Bin]:
    """Equal parts of 0 to 1, each with its upper end; those without images are left out."""
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return _bins(confidence, correct, [np.flatnonzero(places == k) for k in range(bins)])


def _bins(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], parts: Sequence[NDArray[np.int64]]
) -> list[Bin]:
    return [
        Bin(
            images=len(part),
            confidence=float(said.mean()),
            accuracy=float(correct[part].mean()),
            variance=float((said * (1 - said)).sum()),
        )
        for part in parts
        if len(part)
        for said in [confidence[part]]
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean over images of how far their bin is off."""
    images = sum(one.images for one in bins)
    return sum(one.images * abs(one.confidence - one.accuracy) for one in bins) / images


def chance_error(bins: Sequence[Bin]) -> float:
    """What the error would be on average of a net that is right exactly as often as it says.

    The error cannot be negative, so that few images make it large by themselves. The hits of a bin are taken
    as normal, of which the mean distance from the middle is sqrt(2 / pi) deviations.
    """
    images = sum(one.images for one in bins)
    return sum(math.sqrt(2 / math.pi * one.variance) for one in bins) / images
