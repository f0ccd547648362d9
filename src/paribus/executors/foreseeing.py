"""What a plan costs and will be able to show, before anything is paid; what cannot be is refused."""

from collections.abc import Mapping

from paribus.analysis import Cost, Foresight, foresee
from paribus.errors import ParibusError
from paribus.executors.materials import Materials
from paribus.executors.overlaps import refuse_overlaps
from paribus.executors.searching import Search
from paribus.nets.limits import refuse_beyond
from paribus.plan import Arm, Plan
from paribus.store import RunRecord


def foresee_plan(
    plan: Plan, materials: Materials, search: Search | None, runs: Mapping[str, RunRecord], where: str
) -> Foresight:
    """`runs` are those that the ledger has. Raises what is wrong with the place that it is wrong in."""
    costs = {}
    for arm in plan.arms:
        try:
            costs[arm.name] = _foresee_arm(plan, materials, arm)
        except ParibusError as error:
            raise type(error)(f"{where}: arm '{arm.name}': {error}") from error
    try:
        refuse_overlaps(plan, materials.data_of, materials.origin_of)
    except ParibusError as error:
        raise type(error)(f"{where}: {error}") from error
    searched = search.foresee_cost(plan.winner) if search is not None else None
    return foresee(plan, costs, runs, _foresee_stages(plan, materials, where), searched)


def _foresee_arm(plan: Plan, materials: Materials, arm: Arm) -> Cost:
    size = materials.measure(arm.recipe)
    refuse_beyond(plan.spec.limits, size)
    seen = materials.images_seen(arm.recipe)
    return Cost(size, seen, materials.check_starts(arm))


def _foresee_stages(plan: Plan, materials: Materials, where: str) -> dict[str, int]:
    """Training images that each run of a stage sees."""
    seen = {}
    for run in plan.stages:
        try:
            seen[run.fingerprint] = materials.images_seen(run.recipe)
        except ParibusError as error:
            raise type(error)(f"{where}: stages.{run.arm}: {error}") from error
    return seen
