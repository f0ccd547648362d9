"""What a study will be able to show, and what it costs, before anything is paid."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from paribus.analysis.search_foresight import SearchForesight
from paribus.nets.layer_table import NetSize
from paribus.plan import Plan
from paribus.stats import FEWEST_SEEDS, detectable_difference, estimate_mean
from paribus.store import ENDED, RunRecord


@dataclass(frozen=True)
class Cost:
    """What one run of an arm takes."""

    size: NetSize
    images: int  # training images that it sees, epochs included
    start: str | None = None  # what it trains of the weights that it starts from


@dataclass(frozen=True)
class ArmForesight:
    name: str
    is_control: bool
    parameters: int
    flops: int | None  # of one image's forward pass, where that is known
    fingerprints: dict[int, str]  # by seed
    cached: dict[int, bool]  # by seed: whether that run is a result already
    images_per_run: int  # training images seen, epochs included
    seconds_per_run: float | None  # from runs that ended; None where none has
    start: str | None = None  # what it trains of the weights that it starts from


@dataclass(frozen=True)
class StageForesight:
    """The runs of one stage that are there, or that some run still starts from."""

    name: str
    cached: dict[str, bool]  # by fingerprint
    images: dict[str, int]  # training images that each sees
    seconds_per_run: float | None


@dataclass(frozen=True)
class Foresight:
    """The answer of `paribus check`."""

    arms: tuple[ArmForesight, ...]
    stages: tuple[StageForesight, ...]
    idle: set[str]  # fingerprints of stages' runs that nothing has to start from any more
    contrasts: int
    seeds: int
    detectable_in_deviations: float | None  # of a paired difference, with 80 % power
    deviation: float | None  # of a paired difference, the median over contrasts that have run
    search: SearchForesight | None = None  # what is tried before
    fewest_seeds: int = FEWEST_SEEDS

    @property
    def done(self) -> set[str]:
        """The fingerprints of all that is a result already."""
        arms = {name for arm in self.arms for seed, name in arm.fingerprints.items() if arm.cached[seed]}
        return arms | {name for stage in self.stages for name, ended in stage.cached.items() if ended}

    @property
    def runs(self) -> int:
        return sum(todo + cached for todo, cached, _, _ in self._parts())

    @property
    def cached(self) -> int:
        return sum(cached for _, cached, _, _ in self._parts())

    @property
    def images(self) -> int:
        """Training images that are still to be seen."""
        return round(sum(images * todo for todo, _, images, _ in self._parts()))

    @property
    def seconds(self) -> float | None:
        """Training time still to be paid, on one slot; what never ran costs what the others do."""
        known = [seconds / images for _, _, images, seconds in self._parts() if seconds]
        if not known:
            return None
        typical = fmean(known)
        return sum((seconds or typical * images) * todo for todo, _, images, seconds in self._parts())

    def _parts(self) -> Iterator[tuple[int, int, float, float | None]]:
        """(runs to train, cached, images of a run, seconds of a run where known) of each arm and stage."""
        for arm in self.arms:
            cached = sum(arm.cached.values())
            yield len(arm.cached) - cached, cached, arm.images_per_run, arm.seconds_per_run
        for stage in self.stages:
            cached = sum(stage.cached.values())
            yield len(stage.cached) - cached, cached, fmean(stage.images.values()), stage.seconds_per_run
        if self.search is not None:
            search = self.search
            yield search.runs - search.cached, search.cached, search.images, search.seconds
            if not search.is_over:  # the winner's runs are to come
                yield self.seeds, 0, search.images, search.seconds

    @property
    def detectable(self) -> float | None:
        """The smallest difference that the study will find, where runs have shown how much they vary."""
        if self.deviation is None or self.detectable_in_deviations is None:
            return None
        return self.deviation * self.detectable_in_deviations


def foresee(
    plan: Plan,
    costs: Mapping[str, Cost],
    runs: Mapping[str, RunRecord],
    stage_images: Mapping[str, int] | None = None,
    search: SearchForesight | None = None,
) -> Foresight:
    """`costs` are by arm, `runs` those that the ledger has, `stage_images` by run of a stage."""
    contrasts, seeds = len(plan.contrasts), len(plan.spec.study.seeds)
    cells: dict[str, dict[int, str]] = {arm.name: {} for arm in plan.arms}
    for run in plan.runs:
        cells[run.arm][run.seed] = run.fingerprint
    arms = []
    for name, fingerprints in cells.items():
        ended = _ended(runs, fingerprints.values())
        cached = {seed: run in ended for seed, run in fingerprints.items()}
        arms.append(
            ArmForesight(
                name=name,
                is_control=name == plan.control,
                parameters=costs[name].size.parameters,
                flops=costs[name].size.flops,
                fingerprints=fingerprints,
                cached=cached,
                images_per_run=costs[name].images,
                seconds_per_run=_mean_seconds(ended),
                start=costs[name].start,
            )
        )
    alpha = plan.spec.study.alpha
    stages = _foresee_stages(plan, runs, stage_images or {})
    return Foresight(
        arms=tuple(arms),
        stages=stages,
        idle={run.fingerprint for run in plan.stages} - {run for stage in stages for run in stage.cached},
        contrasts=contrasts,
        seeds=seeds,
        detectable_in_deviations=detectable_difference(seeds, contrasts=max(contrasts, 1), alpha=alpha),
        deviation=_typical_deviation(plan, cells, runs) if _scored_as_recorded(plan) else None,
        search=search,
    )


def _foresee_stages(
    plan: Plan, runs: Mapping[str, RunRecord], images: Mapping[str, int]
) -> tuple[StageForesight, ...]:
    ended = _ended(runs, [run.fingerprint for run in plan.every_run])
    awaited = {run.parent for run in plan.every_run if run.fingerprint not in ended}
    found = []
    for name in dict.fromkeys(run.arm for run in plan.stages):
        mine = [run.fingerprint for run in plan.stages if run.arm == name]
        cached = {run: run in ended for run in mine if run in ended or run in awaited}
        seen = {run: images[run] for run in cached}
        if cached:
            seconds = _mean_seconds({run: ended[run] for run in cached if cached[run]})
            found.append(StageForesight(name, cached, seen, seconds))
    return tuple(found)


def _ended(runs: Mapping[str, RunRecord], fingerprints: Iterable[str]) -> dict[str, RunRecord]:
    return {name: run for name in fingerprints if (run := runs.get(name)) and run.state in ENDED}


def _mean_seconds(ended: Mapping[str, RunRecord]) -> float | None:
    seconds = [run.seconds for run in ended.values() if run.seconds is not None]
    return fmean(seconds) if seconds else None


def _scored_as_recorded(plan: Plan) -> bool:
    """Whether the study's scores are those that runs carry: accuracy at the last epoch."""
    return plan.spec.study.metric == "accuracy" and plan.spec.scored_epoch(plan.spec.run) == "last"


def _typical_deviation(
    plan: Plan, cells: Mapping[str, Mapping[int, str]], runs: Mapping[str, RunRecord]
) -> float | None:
    """Of paired differences in validation accuracy, the median over contrasts with three seeds or more."""
    found = []
    scores = {name: {s: _last_score(runs.get(f)) for s, f in row.items()} for name, row in cells.items()}
    for arm in [name for name in plan.contrasts if name in scores]:
        pairs = [(scores[arm][seed], scores[plan.control][seed]) for seed in scores[arm]]
        differences = [one - other for one, other in pairs if one is not None and other is not None]
        spread = estimate_mean(differences).sd if len(differences) >= 3 else None
        if spread:  # none is no sign of certainty
            found.append(spread)
    return float(np.median(found)) if found else None


def _last_score(run: RunRecord | None) -> float | None:
    return run.last_score if run is not None and run.state == "finished" else None
