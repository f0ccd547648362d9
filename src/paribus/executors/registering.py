"""A plan as the ledger keeps it: arms, the run of each seed, and the recipes of all."""

from collections.abc import Callable
from typing import Any

from paribus.data import DataSet
from paribus.plan import Cells, Plan
from paribus.specs import RecipeSpec, canonical
from paribus.specs.search import WINNER
from paribus.store import RecipeEntry, StudyEntry


def make_entry(plan: Plan, known_as: str, data_of: Callable[[RecipeSpec], DataSet]) -> StudyEntry:
    """`known_as` is the study's name in the ledger."""
    cells: dict[str, dict[int, str]] = {arm.name: {} for arm in plan.arms}
    for run in plan.runs:
        cells[run.arm][run.seed] = run.fingerprint
    to_come: dict[str, dict[Any, Any]] = (
        {WINNER: {}} if plan.search is not None and plan.winner is None else {}
    )
    return StudyEntry(
        name=known_as,
        revision=plan.revision,
        title=plan.spec.study.title,
        spec=plan.spec.model_dump(mode="json"),
        control=plan.control,
        changes={arm.name: arm.changes for arm in plan.arms} | to_come,
        cells=cells | to_come,
        recipes=list_recipes(plan, data_of),
        stages={
            stage: [run.fingerprint for run in plan.stages if run.arm == stage]
            for stage in dict.fromkeys(run.arm for run in plan.stages)
        },
        search=plan.search,
        winner=plan.winner,
    )


def list_recipes(planned: Cells, data_of: Callable[[RecipeSpec], DataSet]) -> dict[str, RecipeEntry]:
    """Of every run that is planned, by fingerprint."""
    return {
        run.fingerprint: RecipeEntry(canonical(run.recipe), data_of(run.recipe).fingerprint, run.parent)
        for run in planned.every_run
    }
