"""Several contrasts at once: Holm's correction, the interval to show, and the word.

Interval and word come from one rule, so they cannot disagree. Holm decides. The interval shown is
the Bonferroni interval, level 1 - alpha/m; where Holm excludes zero and Bonferroni does not, it
is the one that Holm used, level 1 - alpha/(m-k+1) for rank k. The word is then read off the
interval shown and off nothing else (docs/decisions/0010). This module does not know what was
compared, nor which direction of a metric is good: above zero is better, and a caller whose metric
is better when low turns the signs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from paribus.stats.intervals import IntervalResult, MeanResult

Word = Literal["better", "worse", "equivalent", "undecided"]

FEWEST_SEEDS = 5  # with fewer there is an interval but no word


@dataclass(frozen=True)
class ContrastResult:
    """One member of a family; None stands wherever there is nothing to say."""

    p: float | None
    p_holm: float | None  # None where too few seeds were run for a test
    rejected: bool  # p_holm <= alpha
    interval: IntervalResult | None
    rule: Literal["bonferroni", "holm"] | None  # which correction the interval shown has
    word: Word | None
    within_margin: bool  # with better and worse: "but by less than the margin"


def judge_family(
    tests: Sequence[MeanResult | float],
    *,
    alpha: float = 0.05,
    margin: float | None = None,
    size: int | None = None,
) -> list[ContrastResult]:
    """Correct, show and word each contrast; the answers stand in the order of the tests.

    A test is the mean of paired differences, or the bare p-value of another test (Fisher's on
    divergence), which takes its place in the step-down and gets no interval and no word. `size`
    is the number of contrasts that were registered, if some of them have no test yet. Contrasts
    of fewer than `FEWEST_SEEDS` seeds count in the family, are shown with their Bonferroni
    interval, and are never rejected.
    """
    size = len(tests) if size is None else size
    if size < len(tests):
        raise ValueError(f"a family of {size} cannot have {len(tests)} tests")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not be {alpha}")
    if margin is not None and margin <= 0:
        raise ValueError(f"the margin must be above zero, not {margin}")
    p_values = {i: p for i, test in enumerate(tests) if (p := _p_to_correct(test)) is not None}
    steps = dict(zip(p_values, correct_holm(list(p_values.values()), size), strict=True))
    return [_judge(test, steps.get(i), size, alpha=alpha, margin=margin) for i, test in enumerate(tests)]


def correct_holm(p_values: Sequence[float], size: int | None = None) -> list[tuple[float, int]]:
    """For each p-value its Holm-corrected one, and the factor m-k+1 of its own step."""
    size = len(p_values) if size is None else size
    corrected: list[tuple[float, int]] = [(1.0, 1)] * len(p_values)
    highest = 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        factor = size - rank
        highest = max(highest, min(1.0, factor * p_values[i]))
        corrected[i] = (highest, factor)
    return corrected


def choose_word(interval: IntervalResult, margin: float | None = None) -> tuple[Word, bool]:
    """The word for an interval, and whether it lies within the margin."""
    within = margin is not None and interval.lies_within(margin)
    if interval.low > 0:
        return "better", within
    if interval.high < 0:
        return "worse", within
    return ("equivalent" if within else "undecided"), within


def _p_to_correct(test: MeanResult | float) -> float | None:
    if isinstance(test, MeanResult):
        return test.p if test.n >= FEWEST_SEEDS else None
    return test


def _judge(
    test: MeanResult | float,
    step: tuple[float, int] | None,
    size: int,
    *,
    alpha: float,
    margin: float | None,
) -> ContrastResult:
    p_holm, factor = step or (None, size)
    rejected = p_holm is not None and p_holm <= alpha
    if not isinstance(test, MeanResult):
        return ContrastResult(test, p_holm, rejected, None, None, None, within_margin=False)
    shown = test.interval(1 - alpha / size)
    if shown is None:
        return ContrastResult(test.p, None, rejected, None, None, None, within_margin=False)
    if step is None:
        return ContrastResult(test.p, None, rejected, shown, "bonferroni", None, within_margin=False)
    rule: Literal["bonferroni", "holm"] = "bonferroni"
    if rejected and factor < size and not shown.excludes_zero:
        shown, rule = test.interval(1 - alpha / factor) or shown, "holm"
    shown = _settle_rounding(shown, test.mean, excludes_zero=rejected)
    word, within = choose_word(shown, margin)
    return ContrastResult(test.p, p_holm, rejected, shown, rule, word, within)


def _settle_rounding(interval: IntervalResult, mean: float, *, excludes_zero: bool) -> IntervalResult:
    """Follow p where it equals alpha up to rounding and the bound falls on the other side."""
    if interval.excludes_zero == excludes_zero:
        return interval
    bound = math.copysign(float(np.nextafter(0.0, 1.0)), mean) if excludes_zero else 0.0
    return replace(interval, low=bound) if mean > 0 else replace(interval, high=bound)
