"""The plan: which recipe runs with which seed under which arm, and the revision that pins it all down."""

from collections.abc import Callable
from dataclasses import dataclass

from paribus.errors import SpecError
from paribus.plan.arms import Arm, expand_arms, find_control
from paribus.plan.expected import refuse_strangers
from paribus.specs import DataOptions, RecipeSpec, StartSpec, StudySpec, digest, fingerprint
from paribus.specs.recipe import Epoch, scored_epoch

KnowsData = Callable[[DataOptions], str]  # the fingerprint of a data set
# What a run starts from that is no stage is known by, and which of its epochs speaks for it.
KnowsStart = Callable[[RecipeSpec, StartSpec], tuple[str, Epoch]]


@dataclass(frozen=True)
class PlannedRun:
    arm: str  # or the stage
    seed: int
    recipe: RecipeSpec
    fingerprint: str
    parent: str | None = None  # what it starts from: a run's fingerprint, or the SHA-256 of weights
    stage: RecipeSpec | None = None  # the recipe of that, where it is a stage


@dataclass(frozen=True)
class Plan:
    """What a revision of a study consists of. `revision` is hashed before the first run."""

    spec: StudySpec
    arms: tuple[Arm, ...]
    control: str
    runs: tuple[PlannedRun, ...]  # seed by seed, so that what is finished is paired
    stages: tuple[PlannedRun, ...]  # that those start from: each once, and after its own parent
    revision: str

    @property
    def contrasts(self) -> tuple[str, ...]:
        """The arms that are compared with the control."""
        return tuple(arm.name for arm in self.arms if arm.name != self.control)

    @property
    def every_run(self) -> tuple[PlannedRun, ...]:
        """Each run once, and none before the one that it starts from."""
        return tuple({run.fingerprint: run for run in (*self.stages, *self.runs)}.values())

    def run_of(self, arm: str, seed: int) -> PlannedRun:
        return next(run for run in self.runs if (run.arm, run.seed) == (arm, seed))


def plan_study(
    spec: StudySpec, knows_data: KnowsData, knows_start: KnowsStart | None = None, *, where: str = "study"
) -> Plan:
    """`knows_data` and `knows_start` look up what no study file says: what data and weights hold."""
    arms = expand_arms(spec, where=where)
    control = find_control(spec, arms, where=where)
    refuse_strangers(spec, [arm.name for arm in arms], where=where)
    runs: list[PlannedRun] = []
    stages: dict[str, PlannedRun] = {}
    for seed in spec.study.seeds:
        for arm in arms:
            *before, last = _chain(arm, seed, knows_data, knows_start)
            runs.append(last)
            stages |= {run.fingerprint: run for run in before if run.fingerprint not in stages}
    _refuse_twins(arms, runs, where)
    return Plan(spec, arms, control, tuple(runs), tuple(stages.values()), _revision(spec, control, runs))


def _refuse_twins(arms: tuple[Arm, ...], runs: list[PlannedRun], where: str) -> None:
    """Arms that differ in words alone, as by the names of equal stages, would be compared with themselves."""
    by_runs: dict[tuple[str, ...], str] = {}
    for arm in arms:
        mine = tuple(run.fingerprint for run in runs if run.arm == arm.name)
        other = by_runs.setdefault(mine, arm.name)
        if other != arm.name:
            raise SpecError(f"{where}: arms '{other}' and '{arm.name}' are the same runs; remove one")


def plan_run(arm: Arm, seed: int, knows_data: KnowsData, knows_start: KnowsStart | None) -> PlannedRun:
    """One run of an arm, with any seed."""
    return _chain(arm, seed, knows_data, knows_start)[-1]


def _chain(arm: Arm, seed: int, knows_data: KnowsData, knows_start: KnowsStart | None) -> list[PlannedRun]:
    """The runs that one cell of the study takes: its stages, the first first, then the arm's own."""
    found: list[PlannedRun] = []
    for name, recipe in _seeded(arm, seed):
        settled, parent, stage = recipe, None, None
        if recipe.start is not None and recipe.start.stage is not None:
            parent, stage = found[-1].fingerprint, found[-1].recipe
            settled = recipe.starting_from(scored_epoch(stage))
        elif recipe.start is not None:
            assert knows_start is not None, "somebody must know what the weights hold"
            parent, epoch = knows_start(recipe, recipe.start)
            settled = recipe.starting_from(epoch)
        known_by = fingerprint(settled, knows_data(settled.data), parent)
        found.append(PlannedRun(name, settled.seed, settled, known_by, parent, stage))
    return found


def _seeded(arm: Arm, seed: int) -> list[tuple[str, RecipeSpec]]:
    """Stages and arm with their seeds: each stage has that of what starts from it, unless it has its own."""
    seeded = [(arm.name, arm.recipe.model_copy(update={"seed": seed}))]
    for stage in reversed(arm.stages):
        seed = stage.recipe.seed if stage.held else seed
        seeded.insert(0, (stage.name, stage.recipe.model_copy(update={"seed": seed})))
    return seeded


def _revision(spec: StudySpec, control: str, runs: list[PlannedRun]) -> str:
    """Everything that a conclusion depends on, registered before it can be known."""
    question = spec.study.model_dump(mode="json", exclude={"title", "about", "control"})
    cells = [[run.arm, run.seed, run.fingerprint] for run in runs]
    claims = {"claims": {s: claim.model_dump(mode="json") for s, claim in spec.claims.items()}}
    return digest({"control": control, "question": question, "runs": cells} | (claims if spec.claims else {}))
