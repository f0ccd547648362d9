"""What a conclusion is drawn from, and how it is gathered out of the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from paribus.analysis.metrics import Predictions, score
from paribus.analysis.reading import read_predictions
from paribus.analysis.trials import TrialResult, judge_trials
from paribus.specs import StudySpec
from paribus.store import (
    Ledger,
    LookRecord,
    RunRecord,
    StudyRecord,
    TrialRecord,
    read_claims_made,
    read_looks,
    read_runs,
    read_test_scores,
    read_trials,
)


@dataclass(frozen=True)
class Evidence:
    study: StudyRecord
    spec: StudySpec
    split: Literal["validation", "test"]
    runs: Mapping[str, RunRecord]  # by fingerprint
    predictions: Mapping[str, Predictions]  # of finished runs, with the weights that speak for them
    looks: Sequence[LookRecord]
    claimed: Mapping[str, float] = field(default_factory=dict)  # when each claim was first registered
    asked: Sequence[TrialRecord] = ()  # of its search: trials, and points that were refused
    trials: Sequence[TrialResult] = ()

    def predictions_of(self, arm: str, seed: int) -> Predictions | None:
        return self.predictions.get(self.study.cells[arm][seed])

    def judged_otherwise(self) -> list[str]:
        """Arms that other images judge than the control, of the same seed: other classes, another carving."""
        cells, control = self.study.cells, self.study.control
        return [arm for arm in cells if not all(self._same_images(arm, control, seed) for seed in cells[arm])]

    def _same_images(self, arm: str, other: str, seed: int) -> bool:
        one, two = self.predictions_of(arm, seed), self.predictions_of(other, seed)
        if one is None or two is None:
            return True
        return one.same_images(two)

    def score_of(self, arm: str, seed: int) -> float | None:
        """By the study's metric; None where the run has not finished."""
        seen = self.predictions_of(arm, seed)
        return None if seen is None else score(self.spec.study.metric, seen)


def gather_evidence(ledger: Ledger, study: StudyRecord) -> Evidence:
    """On test where this revision's test set was opened for all its runs, else on validation."""
    spec = StudySpec.model_validate(study.spec)
    runs = read_runs(ledger, [name for cells in study.cells.values() for name in cells.values()])
    finished = [name for name, run in runs.items() if run.state == "finished"]
    opened = read_test_scores(ledger, study)
    looks = read_looks(ledger, study)
    looked = any((look.study, look.revision) == (study.name, study.revision) for look in looks)
    split: Literal["validation", "test"] = "test" if looked and set(finished) <= set(opened) else "validation"
    files = {name: f"{split}-{spec.scored_epoch(runs[name].recipe)}.safetensors" for name in finished}
    seen = {name: read_predictions(ledger, name, file) for name, file in files.items()}
    asked = read_trials(ledger, study.search) if study.search else []
    trials = judge_trials(ledger, spec, asked)
    return Evidence(study, spec, split, runs, seen, looks, _claimed(ledger, study), asked, trials)


def _claimed(ledger: Ledger, study: StudyRecord) -> dict[str, float]:
    """By sentence: when a revision of this study first claimed the very same."""
    mine = study.spec.get("claims", {})
    if not mine:
        return {}
    every = read_claims_made(ledger, study.name)
    return {
        sentence: min(created for created, claims in every if claims.get(sentence) == claim)
        for sentence, claim in mine.items()
    }
