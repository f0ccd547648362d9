"""The plan: which recipe runs with which seed under which arm, and the revision that pins it all down."""

from collections.abc import Mapping
from dataclasses import dataclass

from paribus.plan.arms import Arm, expand_arms, find_control
from paribus.specs import RecipeSpec, StudySpec, digest, fingerprint


@dataclass(frozen=True)
class PlannedRun:
    arm: str
    seed: int
    recipe: RecipeSpec
    fingerprint: str


@dataclass(frozen=True)
class Plan:
    """What a revision of a study consists of. `revision` is hashed before the first run."""

    spec: StudySpec
    arms: tuple[Arm, ...]
    control: str
    runs: tuple[PlannedRun, ...]  # seed by seed, so that what is finished is paired
    revision: str

    @property
    def contrasts(self) -> tuple[str, ...]:
        """The arms that are compared with the control."""
        return tuple(arm.name for arm in self.arms if arm.name != self.control)

    def run_of(self, arm: str, seed: int) -> PlannedRun:
        return next(run for run in self.runs if (run.arm, run.seed) == (arm, seed))


def plan_study(spec: StudySpec, data_fingerprints: Mapping[str, str], *, where: str = "study") -> Plan:
    """`data_fingerprints` holds, for each arm, what its data are known by."""
    arms = expand_arms(spec, where=where)
    control = find_control(spec, arms, where=where)
    runs = tuple(
        PlannedRun(arm.name, seed, recipe, fingerprint(recipe, data_fingerprints[arm.name]))
        for seed in spec.study.seeds
        for arm in arms
        for recipe in [arm.recipe.model_copy(update={"seed": seed})]
    )
    return Plan(spec, arms, control, runs, _revision(spec, control, runs))


def _revision(spec: StudySpec, control: str, runs: tuple[PlannedRun, ...]) -> str:
    """Everything that a conclusion depends on, registered before it can be known."""
    question = spec.study.model_dump(mode="json", exclude={"title", "control"})
    cells = [[run.arm, run.seed, run.fingerprint] for run in runs]
    return digest({"control": control, "question": question, "runs": cells})
