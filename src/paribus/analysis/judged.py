"""The runs of one arm and what each says of the images that it judged, as several results need it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.evidence import Evidence
from paribus.analysis.metrics import Predictions


@dataclass(frozen=True)
class JudgedArm:
    """Of the runs that finished."""

    arm: str
    seen: dict[int, Predictions]  # by seed

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.seen)

    @cached_property
    def positions(self) -> NDArray[np.int64]:
        """Each image that a run judged, once, by rising position."""
        return np.unique(np.concatenate([found.positions for found in self.seen.values()]))


def judged_arms(evidence: Evidence) -> tuple[JudgedArm, ...]:
    """Those with a finished run, the control first, then as the study lists them."""
    control = evidence.study.control
    order = [control, *(name for name in evidence.study.arms if name != control)]
    arms = []
    for arm in order:
        every = {seed: evidence.predictions_of(arm, seed) for seed in evidence.study.cells[arm]}
        if seen := {seed: found for seed, found in every.items() if found is not None}:
            arms.append(JudgedArm(arm, seen))
    return tuple(arms)


def probabilities(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """[images, classes], rows that add up to one."""
    shares = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(shares / shares.sum(1, keepdims=True))


def confidence_of(seen: Predictions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[images] each: the probability of the guessed class, and minus the logarithm of the right one's."""
    most = seen.logits.max(1)
    total = np.exp(seen.logits - most[:, None]).sum(1, dtype=np.float64)
    right = seen.logits[np.arange(len(seen.labels)), seen.labels] - most
    return 1 / total, np.log(total) - right


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """Each image that a run of an arm judged, once; by rising position."""

    positions: NDArray[np.int64]  # [images]
    labels: NDArray[np.int64]  # [images]
    runs: NDArray[np.int64]  # [images]: how many judged it
    shares: NDArray[np.float64]  # [images, classes]: the mean of their probabilities
    votes: NDArray[np.int64]  # [images, classes]: how many guess so


def over_seeds(arm: JudgedArm) -> OverSeeds:
    positions = arm.positions
    classes = next(iter(arm.seen.values())).logits.shape[1]
    labels, runs = np.zeros(len(positions), np.int64), np.zeros(len(positions), np.int64)
    shares = np.zeros((len(positions), classes))
    votes = np.zeros((len(positions), classes), np.int64)
    for seen in arm.seen.values():
        places = np.searchsorted(positions, seen.positions)
        labels[places] = seen.labels
        runs[places] += 1
        shares[places] += probabilities(seen.logits)
        votes[places, seen.logits.argmax(1)] += 1
    return OverSeeds(positions, labels, runs, shares / runs[:, None], votes)
