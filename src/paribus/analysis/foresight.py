"""What a study will be able to show, and what it costs, before anything is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from paribus.plan import Plan
from paribus.stats import FEWEST_SEEDS, detectable_difference
from paribus.store import ENDED, RunRecord


@dataclass(frozen=True)
class ArmForesight:
    name: str
    is_control: bool
    parameters: int
    fingerprints: dict[int, str]  # by seed
    cached: dict[int, bool]  # by seed: whether that run is a result already
    images_per_run: int  # training images seen, epochs included
    seconds_per_run: float | None  # from runs that ended; None where none has


@dataclass(frozen=True)
class Foresight:
    """The answer of `paribus check`."""

    arms: tuple[ArmForesight, ...]
    contrasts: int
    seeds: int
    detectable_in_deviations: float | None  # of a paired difference, with 80 % power
    deviation: float | None  # of a paired difference, the median over contrasts that have run
    fewest_seeds: int = FEWEST_SEEDS

    @property
    def runs(self) -> int:
        return sum(len(arm.fingerprints) for arm in self.arms)

    @property
    def cached(self) -> int:
        return sum(sum(arm.cached.values()) for arm in self.arms)

    @property
    def images(self) -> int:
        """Training images that are still to be seen."""
        return sum(arm.images_per_run * (len(arm.cached) - sum(arm.cached.values())) for arm in self.arms)

    @property
    def seconds(self) -> float | None:
        """Training time still to be paid, on one slot; arms that never ran cost what the others do."""
        known = [arm.seconds_per_run / arm.images_per_run for arm in self.arms if arm.seconds_per_run]
        if not known:
            return None
        typical = fmean(known)
        return sum(
            (arm.seconds_per_run or typical * arm.images_per_run)
            * (len(arm.cached) - sum(arm.cached.values()))
            for arm in self.arms
        )

    @property
    def detectable(self) -> float | None:
        """The smallest difference that the study will find, where runs have shown how much they vary."""
        if self.deviation is None or self.detectable_in_deviations is None:
            return None
        return self.deviation * self.detectable_in_deviations


def foresee(
    plan: Plan,
    parameters: Mapping[str, int],
    images_per_run: Mapping[str, int],
    runs: Mapping[str, RunRecord],
) -> Foresight:
    """`parameters` and `images_per_run` are by arm; `runs` are those that the ledger has."""
    contrasts, seeds = len(plan.contrasts), len(plan.spec.study.seeds)
    cells: dict[str, dict[int, str]] = {arm.name: {} for arm in plan.arms}
    for run in plan.runs:
        cells[run.arm][run.seed] = run.fingerprint
    arms = []
    for name, fingerprints in cells.items():
        ended = {s: r for s, f in fingerprints.items() if (r := runs.get(f)) and r.state in ENDED}
        seconds = [run.seconds for run in ended.values() if run.seconds is not None]
        cached = {seed: seed in ended for seed in fingerprints}
        arms.append(
            ArmForesight(
                name=name,
                is_control=name == plan.control,
                parameters=parameters[name],
                fingerprints=fingerprints,
                cached=cached,
                images_per_run=images_per_run[name],
                seconds_per_run=fmean(seconds) if seconds else None,
            )
        )
    alpha = plan.spec.study.alpha
    return Foresight(
        arms=tuple(arms),
        contrasts=contrasts,
        seeds=seeds,
        detectable_in_deviations=detectable_difference(seeds, contrasts=max(contrasts, 1), alpha=alpha),
        deviation=_typical_deviation(plan, cells, runs) if _scored_as_recorded(plan) else None,
    )


def _scored_as_recorded(plan: Plan) -> bool:
    """Whether the study's scores are those that runs carry: accuracy at the last epoch."""
    return plan.spec.study.metric == "accuracy" and plan.spec.scored_epoch(plan.spec.run) == "last"


def _typical_deviation(
    plan: Plan, cells: Mapping[str, Mapping[int, str]], runs: Mapping[str, RunRecord]
) -> float | None:
    """Of paired differences in validation accuracy, the median over contrasts with three seeds or more."""
    found = []
    scores = {name: {s: _last_score(runs.get(f)) for s, f in row.items()} for name, row in cells.items()}
    for arm in plan.contrasts:
        pairs = [(scores[arm][seed], scores[plan.control][seed]) for seed in scores[arm]]
        differences = [one - other for one, other in pairs if one is not None and other is not None]
        if len(differences) >= 3:
            found.append(float(np.std(differences, ddof=1)))
    return float(np.median(found)) if found else None


def _last_score(run: RunRecord | None) -> float | None:
    return run.last_score if run is not None and run.state == "finished" else None
