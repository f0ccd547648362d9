"""Two arms on the same seeds: what both the registered contrasts and the claims are judged on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.evidence import Evidence
from paribus.analysis.metrics import Predictions
from paribus.analysis.results import ArmResult
from paribus.stats import FEWEST_SEEDS, MeanResult, compare_divergence, estimate_mean

_NEVER_REJECTED = 1.0


@dataclass(frozen=True)
class PairedArms:
    """Before they are judged."""

    arm: ArmResult
    other: ArmResult

    @property
    def seeds(self) -> list[int]:
        """Those with a score in both."""
        scores = self.other.scores
        return [s for s, score in self.arm.scores.items() if score is not None and scores.get(s) is not None]

    def paired(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Scores of both on the same seeds."""
        both = [[arm.scores[seed] for seed in self.seeds] for arm in (self.arm, self.other)]
        return np.array(both[0], np.float64), np.array(both[1], np.float64)

    def mean(self) -> MeanResult | None:
        arm, other = self.paired()
        return estimate_mean(arm - other) if len(arm) else None

    @property
    def waiting(self) -> int:
        return count_waiting([self.arm, self.other])

    @property
    def diverges(self) -> bool:
        return bool(self.arm.diverged or self.other.diverged)

    def divergence_counts(self) -> tuple[int, int, int, int]:
        """Diverged and ended runs of the arm, then of the other."""
        arm, other = self.arm, self.other
        return arm.diverged, arm.diverged + arm.finished, other.diverged, other.diverged + other.finished

    def test(self) -> MeanResult | float | None:
        """The t test of paired differences, or Fisher's p where runs diverged.

        What cannot be tested counts in the family and is never rejected: under five runs that ended, and
        differences that do not differ, for no spread is no sign of certainty.
        """
        if self.diverges:
            counts = self.divergence_counts()
            few = min(counts[1], counts[3]) < FEWEST_SEEDS
            return _NEVER_REJECTED if few else compare_divergence(*counts)
        mean = self.mean()
        return _NEVER_REJECTED if mean is not None and mean.sd == 0 else mean

    def image_differences(self, evidence: Evidence) -> NDArray[np.int8] | None:
        """[seeds, images] of +1, 0 and -1; None where seeds saw different images."""
        one = read_correct(evidence, self.arm.name, self.seeds)
        two = read_correct(evidence, self.other.name, self.seeds)
        if one is None or two is None or not one[0].same_images(two[0]):
            return None
        return one[1] - two[1]


def count_waiting(arms: Iterable[ArmResult]) -> int:
    """Runs of the arms that have not ended, and have not failed either; one of an arm that has none yet."""
    ended = {"finished", "diverged", "failed"}
    return sum(sum(state not in ended for state in arm.states.values()) or not arm.states for arm in arms)


def read_correct(
    evidence: Evidence, arm: str, seeds: Sequence[int]
) -> tuple[Predictions, NDArray[np.int8]] | None:
    """[seeds, images] of 1 and 0, and predictions of those images; None where seeds saw different images."""
    seen = [found for seed in seeds if (found := evidence.predictions_of(arm, seed)) is not None]
    if not seen or not all(each.same_images(seen[0]) for each in seen):
        return None
    return seen[0], np.stack([each.correct.astype(np.int8) for each in seen])
