"""A study becomes arms, runs and a revision. Knows nothing of what was run before."""

from paribus.plan.arms import Arm, expand_arms, make_arm
from paribus.plan.grids import Factor, Grid, find_grid
from paribus.plan.runs import Cells, Plan, PlannedRun, add_winner, plan_cells, plan_run, plan_study
from paribus.plan.stages import Stage

__all__ = [
    "Arm",
    "Cells",
    "Factor",
    "Grid",
    "Plan",
    "PlannedRun",
    "Stage",
    "add_winner",
    "expand_arms",
    "find_grid",
    "make_arm",
    "plan_cells",
    "plan_run",
    "plan_study",
]
