"""What each value of a factor came to: over the arms that have it, seed by seed.

Where several factors vary, a level's mean is over combinations of the others, the same ones for every level.
Arms that stand beside the grid are no part of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from paribus.analysis.edges import Edge, find_edges
from paribus.analysis.results import ArmResult, Conclusion
from paribus.plan import Factor, Grid, find_grid
from paribus.specs import StudySpec
from paribus.stats import estimate_mean


@dataclass(frozen=True)
class LevelResult:
    """One value of a factor. Scores are shares from 0 to 1."""

    label: str
    number: float | None  # None where any of the factor's values is none
    arms: tuple[str, ...]
    holds_control: bool
    scores: dict[int, float]  # by seed: the mean over the arms that count
    mean: float | None
    low: float | None  # 95 % t interval over seeds
    high: float | None
    diverged: int  # runs of all its arms, of
    runs: int


@dataclass(frozen=True)
class FactorResult:
    """A factor, its levels in the order of their numbers, or else as the study has them."""

    name: str
    levels: tuple[LevelResult, ...]
    averaged: int  # combinations of the other factors that each mean is over
    left_out: int  # those in which a run of some level has no score


@dataclass(frozen=True)
class GridResult:
    """What a study's grid came to."""

    factors: tuple[FactorResult, ...]
    cells: dict[str, tuple[int, ...]]  # arm -> its level of each factor, as they stand in `factors`
    beside: tuple[str, ...]  # arms that are no part of the grid
    edges: tuple[Edge, ...]


def judge_grid(spec: StudySpec, conclusion: Conclusion) -> GridResult | None:
    """None where no factor varies."""
    grid = find_grid(spec)
    if grid is None:
        return None
    arms = {arm.name: arm for arm in conclusion.arms}
    orders = [_order(factor) for factor in grid.factors]
    return GridResult(
        factors=tuple(_judge_factor(grid, k, orders[k], arms) for k in range(len(orders))),
        cells={
            name: tuple(order.index(level) for order, level in zip(orders, cell, strict=True))
            for name, cell in grid.cells.items()
        },
        beside=tuple(name for name in arms if name not in grid.cells),
        edges=tuple(find_edges(spec, conclusion.arms)),
    )


def _order(factor: Factor) -> list[int]:
    levels = range(len(factor.labels))
    numbers = factor.numbers
    return [*levels] if numbers is None else sorted(levels, key=lambda k: numbers[k])


def _judge_factor(
    grid: Grid, place: int, order: Sequence[int], arms: Mapping[str, ArmResult]
) -> FactorResult:
    factor = grid.factors[place]
    rows: dict[tuple[int, ...], dict[int, ArmResult]] = {}  # combination of the others -> level -> arm
    for name, cell in grid.cells.items():
        others = (*cell[:place], *cell[place + 1 :])
        rows.setdefault(others, {})[cell[place]] = arms[name]
    seeds, kept = _choose_rows(list(rows.values()))
    levels = [_judge_level(factor, k, [row[k] for row in rows.values()], kept, seeds) for k in order]
    return FactorResult(factor.name, tuple(levels), len(kept), len(rows) - len(kept))


def _choose_rows(rows: Sequence[Mapping[int, ArmResult]]) -> tuple[list[int], list[Mapping[int, ArmResult]]]:
    """Seeds, and the combinations of the other factors that have a score of every level with each of them.

    Of one factor alone each level speaks for itself; a level that has no score anywhere asks for none.
    """
    if len(rows) == 1:
        return sorted({seed for arm in rows[0].values() for seed in arm.scores}), [*rows]
    asked = [level for level in rows[0] if any(row[level].finished for row in rows)]
    complete = [
        {seed for seed in row[0].scores if asked and all(_has(row[level], seed) for level in asked)}
        for row in rows
    ]
    seeds = sorted(set().union(*complete))
    return seeds, [row for row, found in zip(rows, complete, strict=True) if found and found >= set(seeds)]


def _has(arm: ArmResult, seed: int) -> bool:
    return arm.scores.get(seed) is not None


def _judge_level(
    factor: Factor,
    level: int,
    arms: Sequence[ArmResult],
    rows: Sequence[Mapping[int, ArmResult]],
    seeds: Sequence[int],
) -> LevelResult:
    counted = [row[level] for row in rows]
    found = {seed: [s for arm in counted if (s := arm.scores.get(seed)) is not None] for seed in seeds}
    scores = {seed: float(np.mean(values)) for seed, values in found.items() if values}
    mean = estimate_mean(list(scores.values())) if scores else None
    interval = mean.error_bar() if mean else None
    return LevelResult(
        label=factor.labels[level],
        number=factor.numbers[level] if factor.numbers else None,
        arms=tuple(arm.name for arm in arms),
        holds_control=any(arm.is_control for arm in arms),
        scores=scores,
        mean=mean.mean if mean else None,
        low=max(interval.low, 0.0) if interval else None,
        high=min(interval.high, 1.0) if interval else None,
        diverged=sum(arm.diverged for arm in arms),
        runs=sum(len(arm.states) for arm in arms),
    )
