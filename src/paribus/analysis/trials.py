"""What the trials of a search came to: each scored on validation by the study's metric, never on test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.metrics import Predictions, score
from paribus.analysis.reading import read_predictions
from paribus.errors import ArtifactDamaged
from paribus.search import Tried
from paribus.specs import StudySpec
from paribus.store import ENDED, Ledger, RunRecord, TrialRecord, read_runs


@dataclass(frozen=True, eq=False)  # arrays have no one equality
class TrialResult:
    """A trial and what its runs came to."""

    record: TrialRecord
    scores: Mapping[int, float]  # by seed, of the runs that finished
    judged_by: tuple[NDArray[np.int64], ...]  # positions of the images that validated each of them
    ended: bool  # every run has become a result
    diverged: bool
    seconds: float | None  # of training, of all its runs
    epochs: int | None  # that it was trained for; None before its run has a row

    @property
    def score(self) -> float | None:
        """The mean over its seeds; None while it is not known, and where a run diverged."""
        if not self.ended or self.diverged:
            return None
        return sum(self.scores.values()) / len(self.scores)

    @property
    def tried(self) -> Tried:
        """As a search sees it."""
        record = self.record
        assert record.number is not None, "what was refused was not tried"
        return Tried(record.number, record.point, self.score, self.ended, record.rung, record.parameters or 0)


def judge_trials(ledger: Ledger, spec: StudySpec, records: Sequence[TrialRecord]) -> list[TrialResult]:
    """Of the trials that were not refused, in their order."""
    trials = [record for record in records if record.number is not None]
    runs = read_runs(ledger, [name for record in trials for name in record.cells.values()])
    return [_judge(ledger, spec, record, runs) for record in trials]


def _judge(
    ledger: Ledger, spec: StudySpec, record: TrialRecord, runs: Mapping[str, RunRecord]
) -> TrialResult:
    mine = {seed: runs[name] for seed, name in record.cells.items() if name in runs}
    finished = {seed: run for seed, run in mine.items() if run.state == "finished"}
    seen = {seed: found for seed, run in finished.items() if (found := _read(ledger, spec, run)) is not None}
    diverged = any(run.state == "diverged" for run in mine.values())
    ended = len(mine) == len(record.cells) and all(run.state in ENDED for run in mine.values())
    seconds = [run.seconds for run in mine.values() if run.seconds is not None]
    return TrialResult(
        record=record,
        scores={seed: score(spec.study.metric, found) for seed, found in seen.items()},
        judged_by=tuple(found.positions for found in seen.values()),
        ended=ended and (diverged or len(seen) == len(mine)),
        diverged=diverged,
        seconds=sum(seconds) if seconds else None,
        epochs=next((int(run.recipe["epochs"]) for run in mine.values()), None),
    )


def _read(ledger: Ledger, spec: StudySpec, run: RunRecord) -> Predictions | None:
    """None where its files are gone: then it is trained again, and ends with the same bits."""
    weights = spec.scored_epoch(run.recipe)
    try:
        return read_predictions(ledger, run.fingerprint, f"validation-{weights}.safetensors")
    except ArtifactDamaged:
        return None
