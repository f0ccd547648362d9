"""Which class is taken for which."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.judged import JudgedArm
from paribus.analysis.metrics import count_confusions


@dataclass(frozen=True)
class Confusion:
    """So many judgements of images of the one class that said the other."""

    actual: int  # class
    guessed: int
    times: int  # over seeds
    share: float  # of all judgements of images of the class


@dataclass(frozen=True, eq=False)
class ConfusionsResult:
    arm: str
    seeds: tuple[int, ...]
    counts: NDArray[np.int64]  # [actual class, guessed class], summed over seeds

    @property
    def shares(self) -> NDArray[np.float64]:
        """Of each actual class; a class without images has a row of zeros."""
        return np.asarray(self.counts / np.maximum(self.counts.sum(1, keepdims=True), 1))

    def most_frequent(self, most: int) -> list[Confusion]:
        """Mistakes by how often they were made; of equals the first class first."""
        wrong = self.counts.copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        shares = self.shares
        return [
            Confusion(int(a), int(b), int(wrong[a, b]), float(shares[a, b]))
            for a, b in zip(*np.unravel_index(order, wrong.shape), strict=True)
            if wrong[a, b]
        ]


def judge_confusions(arm: JudgedArm) -> ConfusionsResult:
    counts = np.add.reduce([count_confusions(seen) for seen in arm.seen.values()])
    return ConfusionsResult(arm.arm, arm.seeds, counts)
