"""The plan: which recipe runs with which seed under which arm, and the revision that pins it all down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from paribus.errors import SpecError
from paribus.plan.arms import Arm, expand_arms, find_control, make_arm
from paribus.plan.expected import refuse_strangers
from paribus.specs import BASE_ARM, DataOptions, RecipeSpec, StartSpec, StudySpec, digest, fingerprint
from paribus.specs.recipe import Epoch, scored_epoch
from paribus.specs.search import WINNER

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


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Arms, each with the same seeds."""

    arms: tuple[Arm, ...]
    runs: tuple[PlannedRun, ...]  # seed by seed, so that what is finished is paired
    stages: tuple[PlannedRun, ...] = ()  # that those start from: each once, and after its own parent

    @property
    def every_run(self) -> tuple[PlannedRun, ...]:
        """Each run once, and none before the one that it starts from."""
        return tuple({run.fingerprint: run for run in (*self.stages, *self.runs)}.values())


@dataclass(frozen=True, kw_only=True)
class Plan(Cells):
    """What a revision of a study consists of. `revision` is hashed before the first run."""

    spec: StudySpec
    control: str
    revision: str
    search: str | None = None  # what its search is known by; None where it has none
    winner: str | None = None  # the arm that has what the search found; None before that is known

    @property
    def contrasts(self) -> tuple[str, ...]:
        """The arms that are compared with the control; of a search that goes on the winner to come, too."""
        names = [arm.name for arm in self.arms]
        if self.search is not None and self.winner is None:
            names.append(WINNER)
        return tuple(name for name in names if name != self.control)

    def run_of(self, arm: str, seed: int) -> PlannedRun:
        return next(run for run in self.runs if (run.arm, run.seed) == (arm, seed))


def plan_study(
    spec: StudySpec, knows_data: KnowsData, knows_start: KnowsStart | None = None, *, where: str = "study"
) -> Plan:
    """`knows_data` and `knows_start` look up what no study file says: what data and weights hold."""
    arms = expand_arms(spec, where=where)
    control = find_control(spec, arms, where=where)
    refuse_strangers(spec, [arm.name for arm in arms] + [WINNER] * bool(spec.search), where=where)
    cells = plan_cells(arms, spec.study.seeds, knows_data, knows_start)
    _refuse_twins(arms, cells.runs, where)
    search = None
    if spec.search:
        base = make_arm(spec, BASE_ARM, {}, where=where, place="run")
        search = _name_search(spec, plan_cells((base,), spec.search.seeds, knows_data, knows_start))
    return Plan(
        spec=spec,
        arms=arms,
        control=control,
        runs=cells.runs,
        stages=cells.stages,
        revision=_revision(spec, control, cells.runs, search),
        search=search,
    )


def plan_cells(
    arms: tuple[Arm, ...], seeds: Sequence[int], knows_data: KnowsData, knows_start: KnowsStart | None
) -> Cells:
    """Each arm with each seed."""
    runs: list[PlannedRun] = []
    stages: dict[str, PlannedRun] = {}
    for seed in seeds:
        for arm in arms:
            *before, last = _chain(arm, seed, knows_data, knows_start)
            runs.append(last)
            stages |= {run.fingerprint: run for run in before if run.fingerprint not in stages}
    return Cells(arms=arms, runs=tuple(runs), stages=tuple(stages.values()))


def add_winner(plan: Plan, winner: Cells) -> Plan:
    """With what the search found as an arm; or as the arm that has these settings already.

    The revision stays: what is found follows from the search, which was hashed before.
    """
    [arm] = winner.arms
    mine = [run.fingerprint for run in winner.runs]
    for other in plan.arms:
        if mine == [run.fingerprint for run in plan.runs if run.arm == other.name]:
            return replace(plan, winner=other.name)
    runs = sorted((*plan.runs, *winner.runs), key=lambda run: plan.spec.study.seeds.index(run.seed))
    stages = {run.fingerprint: run for run in (*plan.stages, *winner.stages)}
    return replace(
        plan,
        arms=(*plan.arms, arm),
        runs=tuple(runs),
        stages=tuple(stages.values()),
        winner=arm.name,
    )


def _refuse_twins(arms: tuple[Arm, ...], runs: Sequence[PlannedRun], where: str) -> None:
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


def _name_search(spec: StudySpec, base: Cells) -> str:
    """Everything that its trials follow from."""
    assert spec.search is not None
    return digest(
        {
            "base": [[run.seed, run.fingerprint] for run in base.runs],
            "search": spec.search.model_dump(mode="json"),
            "stages": spec.stages,
            "limits": spec.limits.model_dump(mode="json"),
            "score": [spec.study.metric, spec.study.score],
        }
    )


def _revision(spec: StudySpec, control: str, runs: Sequence[PlannedRun], search: str | None) -> str:
    """Everything that a conclusion depends on, registered before it can be known."""
    question = spec.study.model_dump(mode="json", exclude={"title", "about", "note", "control"})
    cells = [[run.arm, run.seed, run.fingerprint] for run in runs]
    claims = {"claims": {s: claim.model_dump(mode="json") for s, claim in spec.claims.items()}}
    whole = {"control": control, "question": question, "runs": cells}
    return digest(whole | (claims if spec.claims else {}) | ({"search": search} if search else {}))
