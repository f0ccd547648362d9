"""Which of several may be the best, and all pairs of them: paired by seed, corrected for their number."""

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from paribus.stats.families import FEWEST_SEEDS, ContrastResult, judge_family
from paribus.stats.intervals import MeanResult, estimate_mean


def find_possible_best(scores: ArrayLike, *, alpha: float = 0.05) -> list[int] | None:
    """Rows of `[arm, seed]` that are not clearly worse than the best mean; None under five seeds.

    A row is left out where a one-sided t test against the row with the best mean, at alpha over the number of
    other rows, says that it is worse. The truly best one is left out in alpha of all cases at most: that
    takes one of the m - 1 others to beat it in such a test.
    """
    values = _as_rows(scores)
    arms, seeds = values.shape
    if seeds < FEWEST_SEEDS:
        return None
    best = int(values.mean(axis=1).argmax())
    kept = []
    for arm in range(arms):
        mean = estimate_mean(values[arm] - values[best]) if arm != best else None
        clear = mean is not None and mean.sd and mean.p is not None and mean.p / 2 <= alpha / (arms - 1)
        if not clear:
            kept.append(arm)
    return kept


def compare_all(
    scores: ArrayLike, *, alpha: float = 0.05, margin: float | None = None
) -> list[tuple[int, int, MeanResult, ContrastResult]]:
    """Each pair of rows, the second minus the first, with Holm's correction over all pairs.

    Pairs without any spread count in the family and are never rejected.
    """
    values = _as_rows(scores)
    pairs = list(itertools.combinations(range(len(values)), 2))
    means = [estimate_mean(values[b] - values[a]) for a, b in pairs]
    tests: list[MeanResult | float] = [mean if mean.sd else 1.0 for mean in means]
    judged = judge_family(tests, alpha=alpha, margin=margin)
    return [(a, b, mean, result) for (a, b), mean, result in zip(pairs, means, judged, strict=True)]


def _as_rows(scores: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(scores, np.float64)
    if values.ndim != 2 or 0 in values.shape or not np.isfinite(values).all():
        raise ValueError(f"finite scores of arms by seeds are needed, not an array of shape {values.shape}")
    return values
