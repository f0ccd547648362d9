"""What averaging the predictions of an arm's seeds gives, image by image.

Only of images that all of an arm's runs judged: on validation these are few or none where each seed draws
its own split. Opens nothing: on test it speaks only of what a look has recorded.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from paribus.analysis.evidence import Evidence
from paribus.analysis.metrics import Predictions, score
from paribus.stats import estimate_mean

FEWEST_IMAGES = 30  # under these a share moves in steps of more than three points
LEVEL = 0.95
_MOST_MEMBERS = 10  # that the growth is followed to, one by one
_MOST_SUBSETS = 30  # of one size that are asked


@dataclass(frozen=True)
class EnsembleResult:
    """One arm. Scores are shares from 0 to 1, by the study's metric."""

    arm: str
    split: Literal["validation", "test"]
    seeds: tuple[int, ...]  # the members: runs that finished
    images: int  # that all members judged
    alone: float | None = None  # mean score of the members
    together: float | None = None  # score of their mean prediction; None where it cannot be told
    low: float | None = None  # interval of the gain, over images, for these very members
    high: float | None = None
    growth: dict[int, float] | None = None  # members -> mean score over subsets of that size

    @property
    def gain(self) -> float | None:
        return None if self.together is None or self.alone is None else self.together - self.alone


def judge_ensembles(evidence: Evidence) -> tuple[EnsembleResult, ...]:
    """One for each arm of which at least two runs finished, the control first."""
    control = evidence.study.control
    order = [control, *(name for name in evidence.study.arms if name != control)]
    found = [_judge_arm(evidence, arm) for arm in order]
    return tuple(result for result in found if len(result.seeds) > 1)


def _judge_arm(evidence: Evidence, arm: str) -> EnsembleResult:
    every = {seed: evidence.predictions_of(arm, seed) for seed in evidence.study.cells[arm]}
    members = {seed: seen for seed, seen in every.items() if seen is not None}
    images = _common_images(list(members.values()))
    bare = EnsembleResult(arm, evidence.split, tuple(members), len(images))
    if len(members) < 2 or len(images) < FEWEST_IMAGES:
        return bare
    seen = [_only(found, images) for found in members.values()]
    metric, labels = evidence.spec.study.metric, seen[0].labels
    shares = [softmax(found.logits.astype(np.float64), axis=1) for found in seen]
    growth = {
        size: float(np.mean([_score_mean(metric, shares, chosen, images, labels) for chosen in subsets]))
        for size, subsets in _subsets(len(seen))
    }
    low, high = _interval(seen, shares) if metric == "accuracy" else (None, None)
    return EnsembleResult(
        arm=arm,
        split=evidence.split,
        seeds=bare.seeds,
        images=len(images),
        alone=float(np.mean([score(metric, found) for found in seen])),
        together=growth[len(seen)],
        low=low,
        high=high,
        growth=growth,
    )


def _common_images(members: Sequence[Predictions]) -> NDArray[np.int64]:
    """Positions that all members judged, where they agree on what is right."""
    if not members:
        return np.zeros(0, np.int64)
    common = reduce(np.intersect1d, [seen.positions for seen in members])
    labels = [_only(seen, common).labels for seen in members]
    return common[np.all([each == labels[0] for each in labels], axis=0)]


def _only(seen: Predictions, images: NDArray[np.int64]) -> Predictions:
    """In the order of `images`, all of which are there."""
    order = np.argsort(seen.positions)
    at = order[np.searchsorted(seen.positions, images, sorter=order)]
    return Predictions(seen.positions[at], seen.labels[at], seen.logits[at])


def _subsets(members: int) -> Iterator[tuple[int, Sequence[tuple[int, ...]]]]:
    """For each size the subsets that are asked: all, or as many as members, each member equally often."""
    for size in sorted({*range(1, min(members, _MOST_MEMBERS) + 1), members}):
        if math.comb(members, size) <= _MOST_SUBSETS:
            yield size, list(itertools.combinations(range(members), size))
        else:
            yield size, [tuple((k + j) % members for j in range(size)) for k in range(members)]


def _score_mean(
    metric: str,
    shares: Sequence[NDArray[np.float64]],
    chosen: Sequence[int],
    images: NDArray[np.int64],
    labels: NDArray[np.int64],
) -> float:
    """Of the mean of the chosen members' probabilities."""
    mean = np.add.reduce([shares[k] for k in chosen])
    return score(metric, Predictions(images, labels, mean.astype(np.float32)))


def _interval(
    members: Sequence[Predictions], shares: Sequence[NDArray[np.float64]]
) -> tuple[float | None, float | None]:
    """Student's interval over images of "the ensemble is right" minus "how many of the members are".

    Paired image by image, for both judge the same ones; McNemar's test has no place for a share of members.
    None where all images say the same: no spread is no sign of certainty.
    """
    labels = members[0].labels
    together = np.add.reduce(list(shares)).astype(np.float32).argmax(1) == labels
    alone = np.mean([seen.correct for seen in members], axis=0)
    mean = estimate_mean(together - alone)
    interval = mean.error_bar(LEVEL)
    return (None, None) if interval is None else (interval.low, interval.high)
