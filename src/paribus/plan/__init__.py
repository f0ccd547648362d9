"""A study becomes arms, runs and a revision. Knows nothing of what was run before."""

from paribus.plan.arms import Arm, expand_arms
from paribus.plan.grids import Factor, Grid, find_grid
from paribus.plan.runs import Plan, PlannedRun, plan_run, plan_study
from paribus.plan.stages import Stage

__all__ = [
    "Arm",
    "Factor",
    "Grid",
    "Plan",
    "PlannedRun",
    "Stage",
    "expand_arms",
    "find_grid",
    "plan_run",
    "plan_study",
]
