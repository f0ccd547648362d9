"""Main effects and interactions of a study's grid of two factors and more, where every cell has a score."""

from dataclasses import dataclass

import numpy as np

from paribus.analysis.grids import GridResult
from paribus.analysis.results import Conclusion
from paribus.stats import estimate_effects


@dataclass(frozen=True)
class Effect:
    """What a value does against the base value; of two factors, what the two do beyond the sum of each."""

    factors: tuple[str, ...]  # one, or two: an interaction
    values: tuple[str, ...]
    bases: tuple[str, ...]
    difference: float  # mean over seeds
    low: float | None  # corrected for all effects
    high: float | None
    p_holm: float | None  # None under five seeds


@dataclass(frozen=True)
class EffectsResult:
    """Empty where the grid has a hole."""

    effects: tuple[Effect, ...]
    seeds: int
    holes: int  # arms of the grid that lack a score
    levels: tuple[float, ...]  # of their intervals


def judge_effects(grid: GridResult | None, conclusion: Conclusion) -> EffectsResult | None:
    """None under two factors. Other values are held against the control's, or against the first ones."""
    if grid is None or len(grid.factors) < 2:
        return None
    arms = {arm.name: arm for arm in conclusion.arms if arm.name in grid.cells}
    holes = sum(arm.mean is None or bool(arm.diverged) for arm in arms.values())
    known = [{seed for seed, score in arm.scores.items() if score is not None} for arm in arms.values()]
    seeds = sorted(set.intersection(*known))
    if holes or len(seeds) < 2:
        return EffectsResult((), len(seeds), holes, ())
    scores = np.zeros([len(seeds), *(len(factor.levels) for factor in grid.factors)])
    for name, cell in grid.cells.items():
        for k, seed in enumerate(seeds):
            scores[(k, *cell)] = arms[name].scores[seed]
    base = grid.cells.get(conclusion.control, (0,) * len(grid.factors))
    found = estimate_effects(scores, base, alpha=conclusion.alpha, margin=conclusion.margin)
    effects = []
    for effect in found:
        chosen = [
            (grid.factors[f], level, base[f]) for f, level in zip(effect.factors, effect.levels, strict=True)
        ]
        interval = effect.judged.interval
        effects.append(
            Effect(
                factors=tuple(factor.name for factor, _, _ in chosen),
                values=tuple(factor.levels[level].label for factor, level, _ in chosen),
                bases=tuple(factor.levels[level].label for factor, _, level in chosen),
                difference=effect.mean.mean,
                low=interval.low if interval else None,
                high=interval.high if interval else None,
                p_holm=effect.judged.p_holm if interval else None,
            )
        )
    levels = {effect.judged.interval.level for effect in found if effect.judged.interval}
    return EffectsResult(tuple(effects), len(seeds), 0, tuple(sorted(levels)))
