"""All pairs of arms, and the arms that cannot be told from the best. Not registered, so no words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paribus.analysis.results import ArmResult, Conclusion
from paribus.stats import compare_all, compare_single_seeds, find_possible_best


@dataclass(frozen=True)
class PairResult:
    """The second arm minus the first."""

    first: str
    second: str
    difference: float
    low: float | None  # corrected for all pairs
    high: float | None
    p_holm: float | None
    other_way_share: float  # of single seeds, how many rank the two the other way round


@dataclass(frozen=True)
class PairsResult:
    """Over the arms of which every run finished, and the seeds that all of these have."""

    best: str
    possible: tuple[str, ...] | None  # arms that cannot be told from the best; None under five seeds
    pairs: tuple[PairResult, ...]
    seeds: int
    alpha: float
    left_out: tuple[str, ...]  # arms that diverged or have no score


def judge_pairs(conclusion: Conclusion) -> PairsResult | None:
    """None under three such arms, or under two common seeds: then the contrasts say it all."""
    arms = [arm for arm in conclusion.arms if arm.mean is not None and not arm.diverged]
    seeds = _common_seeds(arms)
    if len(arms) < 3 or len(seeds) < 2:
        return None
    scores = np.array([[arm.scores[seed] for seed in seeds] for arm in arms], np.float64)
    possible = find_possible_best(scores, alpha=conclusion.alpha)
    pairs = []
    for first, second, mean, judged in compare_all(scores, alpha=conclusion.alpha):
        interval = judged.interval
        single = compare_single_seeds(scores[second], scores[first])
        pairs.append(
            PairResult(
                arms[first].name,
                arms[second].name,
                mean.mean,
                interval.low if interval else None,
                interval.high if interval else None,
                judged.p_holm if interval else None,
                single.misleading_share,
            )
        )
    return PairsResult(
        best=arms[int(scores.mean(axis=1).argmax())].name,
        possible=None if possible is None else tuple(arms[k].name for k in possible),
        pairs=tuple(pairs),
        seeds=len(seeds),
        alpha=conclusion.alpha,
        left_out=tuple(arm.name for arm in conclusion.arms if arm not in arms),
    )


def _common_seeds(arms: Sequence[ArmResult]) -> list[int]:
    known = [{seed for seed, score in arm.scores.items() if score is not None} for arm in arms]
    return sorted(set.intersection(*known)) if known else []
