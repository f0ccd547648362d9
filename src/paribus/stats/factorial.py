"""Main effects and interactions of a full factorial, paired by seed.

An effect is a difference of means with the other factors averaged out, one number a seed: a level against the
base level; of two factors, the difference of such differences. All effects of one layout are one family.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.stats.families import ContrastResult, judge_family
from paribus.stats.intervals import MeanResult, estimate_mean


@dataclass(frozen=True)
class EffectResult:
    """What a level does against the base level; of two factors, what the two do beyond the sum of each."""

    factors: tuple[int, ...]  # one, or two: an interaction
    levels: tuple[int, ...]  # of each of these factors
    mean: MeanResult
    judged: ContrastResult


def estimate_effects(
    scores: ArrayLike, base: Sequence[int], *, alpha: float = 0.05, margin: float | None = None
) -> list[EffectResult]:
    """Of scores `[seed, level of factor 1, level of factor 2, ...]`: main effects, then interactions of two.

    `base` is the level of each factor that its others are compared with.
    """
    values = np.asarray(scores, np.float64)
    if values.ndim - 1 != len(base) or len(base) < 2:
        raise ValueError(f"{len(base)} base levels do not fit scores of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("the scores hold NaN or infinity; only a full grid has effects")
    found = [_measure(values, base, asked) for asked in _list_effects(values.shape[1:], base)]
    # Differences that do not differ are no certainty: they count in the family and are never rejected.
    tests: list[MeanResult | float] = [mean if mean.sd else 1.0 for *_, mean in found]
    judged = judge_family(tests, alpha=alpha, margin=margin)
    return [EffectResult(*effect, judgement) for effect, judgement in zip(found, judged, strict=True)]


def _list_effects(shape: Sequence[int], base: Sequence[int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """(factors, levels) of each effect."""
    factors = range(len(shape))
    others = {f: [level for level in range(shape[f]) if level != base[f]] for f in factors}
    asked = [*((f,) for f in factors), *itertools.combinations(factors, 2)]
    return [
        (chosen, levels) for chosen in asked for levels in itertools.product(*(others[f] for f in chosen))
    ]


def _measure(
    values: NDArray[np.float64], base: Sequence[int], asked: tuple[tuple[int, ...], tuple[int, ...]]
) -> tuple[tuple[int, ...], tuple[int, ...], MeanResult]:
    factors, levels = asked
    differences: NDArray[np.float64] = values
    for factor, level in sorted(
        zip(factors, levels, strict=True), reverse=True
    ):  # axes vanish from the last on
        level_less_base = differences.take(level, factor + 1) - differences.take(base[factor], factor + 1)
        differences = np.asarray(level_less_base, np.float64)
    by_seed = differences.reshape(len(values), -1).mean(axis=1)
    return factors, levels, estimate_mean(by_seed)
