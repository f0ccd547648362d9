"""Which run leaves as a model: chosen on validation images, even where the test set has been opened."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from paribus.analysis.metrics import score
from paribus.analysis.reading import read_predictions
from paribus.errors import SpecError, StoreError
from paribus.specs import StudySpec
from paribus.specs.study import unknown_arm
from paribus.store import Ledger, StudyRecord, read_runs


@dataclass(frozen=True)
class ChosenRun:
    arm: str
    seed: int
    fingerprint: str
    weights: Literal["last", "best"]  # which epoch speaks for the run
    metric: str
    score: float  # of this run, on validation
    mean: float  # of its arm, over finished seeds
    finished: int
    planned: int


def choose_run(
    ledger: Ledger, study: StudyRecord, arm: str | None = None, seed: int | None = None
) -> ChosenRun:
    """The arm with the best mean and its best seed, unless they are named. The first of equals."""
    if arm is not None and arm not in study.cells:
        raise SpecError(f"--arm: {unknown_arm(arm, list(study.arms))}")
    spec = StudySpec.model_validate(study.spec)
    arms = [arm] if arm is not None else list(study.arms)
    scores = {name: _scores(ledger, study, spec, name) for name in arms}
    if seed is not None:
        scores = {name: found for name, found in scores.items() if seed in found}
    scores = {name: found for name, found in scores.items() if found}
    if not scores:
        raise StoreError(
            f"{study.name}: no finished run"
            + (f" of arm '{arm}'" if arm is not None else "")
            + (f" with seed {seed}" if seed is not None else "")
            + "; 'paribus status' shows what there is"
        )
    means = {name: float(np.mean(list(found.values()))) for name, found in scores.items()}
    best = max(means, key=means.__getitem__)
    found = scores[best]
    chosen = max(found, key=found.__getitem__) if seed is None else seed
    fingerprint = study.cells[best][chosen]
    recipe = read_runs(ledger, [fingerprint])[fingerprint].recipe
    return ChosenRun(
        arm=best,
        seed=chosen,
        fingerprint=fingerprint,
        weights=spec.scored_epoch(recipe),
        metric=spec.study.metric,
        score=found[chosen],
        mean=means[best],
        finished=len(found),
        planned=len(study.cells[best]),
    )


def _scores(ledger: Ledger, study: StudyRecord, spec: StudySpec, arm: str) -> dict[int, float]:
    """By seed, of the runs that have finished."""
    cells = study.cells[arm]
    found = read_runs(ledger, cells.values())
    return {
        seed: score(spec.study.metric, read_predictions(ledger, name, f"validation-{weights}.safetensors"))
        for seed, name in cells.items()
        if name in found and found[name].state == "finished"
        for weights in [spec.scored_epoch(found[name].recipe)]
    }
