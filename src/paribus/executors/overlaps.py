"""Whether what a run starts from was trained on images that validate the run: then validation flatters it."""

from collections.abc import Callable

import numpy as np

from paribus.data import DataSet, select_training
from paribus.errors import SpecError
from paribus.executors.starts import Origin
from paribus.plan import Cells, PlannedRun
from paribus.specs import RecipeSpec, canonical, digest


def refuse_overlaps(
    plan: Cells, data_of: Callable[[RecipeSpec], DataSet], origin_of: Callable[[PlannedRun], Origin | None]
) -> None:
    """Raises SpecError at the first run that images would judge which it has been trained on before."""
    by_name = {run.fingerprint: run for run in plan.every_run}
    looked_at: set[str] = set()
    for run in plan.runs:
        later, before = run, by_name.get(run.parent or "")
        while before is not None:
            _refuse(run, before.recipe, f"stage '{before.arm}'", data_of, looked_at)
            later, before = before, by_name.get(before.parent or "")
        origin = origin_of(later)  # of the first of the chain
        if origin is not None and origin.run is not None:
            trained = RecipeSpec.model_validate(origin.run.recipe)
            if origin.run.data_fingerprint == data_of(run.recipe).fingerprint:
                _refuse(run, trained, f"run {origin.known_by[:12]}", data_of, looked_at, is_planned=False)


def _refuse(
    run: PlannedRun,
    trained: RecipeSpec,
    what: str,
    data_of: Callable[[RecipeSpec], DataSet],
    looked_at: set[str],
    *,
    is_planned: bool = True,
) -> None:
    data, seeds = data_of(run.recipe), (run.recipe.seed_of("split"), trained.seed_of("split"))
    if is_planned and data_of(trained).fingerprint != data.fingerprint:
        return
    key = digest([canonical(run.recipe)["data"], canonical(trained)["data"], seeds])
    if key in looked_at:
        return
    looked_at.add(key)
    judging = select_training(run.recipe.data, data, seeds[0]).validation
    learned = select_training(trained.data, data, seeds[1]).train
    if judging.split != learned.split:
        return
    both = int(np.isin(judging.positions, learned.positions).sum())
    if both:
        advice = "give both the same data.validation and data.groups"
        if seeds[0] != seeds[1]:
            advice = "hold the split for all of them: randomise = ['weights', 'order', 'augment', 'dropout']"
        raise SpecError(
            f"arm '{run.arm}': {what} is trained on {both:,} of {len(judging.positions):,} images that "
            f"validate its run of seed {run.seed}, so validation would flatter it; {advice}"
        )
