"""What a conclusion is drawn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from paribus.analysis.metrics import Predictions, score
from paribus.specs import StudySpec
from paribus.store import LookRecord, RunRecord, StudyRecord


@dataclass(frozen=True)
class Evidence:
    """All that a conclusion is drawn from."""

    study: StudyRecord
    spec: StudySpec
    split: Literal["validation", "test"]
    runs: Mapping[str, RunRecord]  # by fingerprint
    predictions: Mapping[str, Predictions]  # of finished runs, with the weights that speak for them
    looks: Sequence[LookRecord]

    def predictions_of(self, arm: str, seed: int) -> Predictions | None:
        return self.predictions.get(self.study.cells[arm][seed])

    def score_of(self, arm: str, seed: int) -> float | None:
        """By the study's metric; None where the run has not finished."""
        seen = self.predictions_of(arm, seed)
        return None if seen is None else score(self.spec.study.metric, seen)
