"""Whether the runs of an arm are right as often as they say."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paribus.analysis.judged import JudgedArm, confidence_of
from paribus.stats import (
    Bin,
    bin_by_mass,
    bin_by_width,
    calibration_error,
    chance_error,
    count_bins,
    estimate_mean,
    wilson_interval,
)

LEVEL = 0.95


@dataclass(frozen=True)
class Figure:
    """A mean over seeds with its 95 % t interval, where there is a spread."""

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Dot:
    """Images of like confidence, of all seeds: how sure the runs were of them, and how often right."""

    images: int  # judged, over seeds
    confidence: float  # mean over seeds
    accuracy: float
    low: float  # over seeds; of one seed, or of seeds that say the same, over images
    high: float


@dataclass(frozen=True)
class CalibrationResult:
    arm: str
    seeds: tuple[int, ...]
    images: int  # that a run judged, on average
    error: Figure  # expected calibration error, by bins of equal mass
    error_by_width: Figure
    by_chance: float  # of a net without fault, on as many images
    excess: Figure  # confidence minus accuracy
    loss: Figure  # negative log likelihood of an image, in nats
    dots: tuple[Dot, ...]  # by rising confidence


def judge_calibration(arm: JudgedArm) -> CalibrationResult:
    """Each seed has bins of its own, and a figure of its own; means and intervals are over seeds."""
    runs = {seed: confidence_of(seen) for seed, seen in arm.seen.items()}
    count = count_bins(min(len(sure) for sure, _ in runs.values()))
    right = {seed: seen.correct for seed, seen in arm.seen.items()}
    by_mass = [bin_by_mass(sure, right[seed], count) for seed, (sure, _) in runs.items()]
    by_width = [bin_by_width(sure, right[seed]) for seed, (sure, _) in runs.items()]
    return CalibrationResult(
        arm=arm.arm,
        seeds=arm.seeds,
        images=round(float(np.mean([len(sure) for sure, _ in runs.values()]))),
        error=_over_seeds([calibration_error(bins) for bins in by_mass]),
        error_by_width=_over_seeds([calibration_error(bins) for bins in by_width]),
        by_chance=float(np.mean([chance_error(bins) for bins in by_mass])),
        excess=_over_seeds([float(sure.mean() - right[seed].mean()) for seed, (sure, _) in runs.items()]),
        loss=_over_seeds([float(loss.mean()) for _, loss in runs.values()]),
        dots=tuple(_dot(bins) for bins in zip(*by_mass, strict=True)),
    )


def _over_seeds(values: Sequence[float]) -> Figure:
    mean = estimate_mean(values)
    interval = mean.error_bar(LEVEL)
    return Figure(mean.mean, *((interval.low, interval.high) if interval else ()))


def _dot(bins: Sequence[Bin]) -> Dot:
    """The bin of the same rank of each seed."""
    mean = estimate_mean([one.accuracy for one in bins])
    interval = mean.error_bar(LEVEL)
    if interval is None:
        one = bins[0]
        interval = wilson_interval(round(one.accuracy * one.images), one.images, LEVEL)
    return Dot(
        images=sum(one.images for one in bins),
        confidence=float(np.mean([one.confidence for one in bins])),
        accuracy=mean.mean,
        low=max(interval.low, 0.0),
        high=min(interval.high, 1.0),
    )
