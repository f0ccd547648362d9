"""A plan as the ledger keeps it: arms, the run of each seed, and the recipes of all."""

from collections.abc import Callable

from paribus.data import DataSet
from paribus.plan import Plan
from paribus.specs import RecipeSpec, canonical
from paribus.store import RecipeEntry, StudyEntry


def make_entry(plan: Plan, known_as: str, data_of: Callable[[RecipeSpec], DataSet]) -> StudyEntry:
    """`known_as` is the study's name in the ledger."""
    cells: dict[str, dict[int, str]] = {arm.name: {} for arm in plan.arms}
    for run in plan.runs:
        cells[run.arm][run.seed] = run.fingerprint
    return StudyEntry(
        name=known_as,
        revision=plan.revision,
        title=plan.spec.study.title,
        spec=plan.spec.model_dump(mode="json"),
        control=plan.control,
        changes={arm.name: arm.changes for arm in plan.arms},
        cells=cells,
        recipes={
            run.fingerprint: RecipeEntry(canonical(run.recipe), data_of(run.recipe).fingerprint, run.parent)
            for run in plan.every_run
        },
        stages={
            stage: [run.fingerprint for run in plan.stages if run.arm == stage]
            for stage in dict.fromkeys(run.arm for run in plan.stages)
        },
    )
