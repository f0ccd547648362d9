"""Two arms that a claim speaks of: by how much one leads, and from which alpha on that is shown."""

from dataclasses import dataclass

from paribus.stats.divergence import compare_divergence
from paribus.stats.families import FEWEST_SEEDS
from paribus.stats.intervals import IntervalResult, MeanResult, t_p_value

NEVER = 1.0  # the p of a word that cannot be had


@dataclass(frozen=True)
class Pair:
    """One arm against another: paired differences, and diverged and ended runs of both where any diverged."""

    mean: MeanResult | None
    diverged: tuple[int, int, int, int] | None = None

    @property
    def testable(self) -> bool:
        """Whether its interval may have a word: enough seeds, some spread, and no run that diverged."""
        return (
            self.diverged is None
            and self.mean is not None
            and self.mean.n >= FEWEST_SEEDS
            and bool(self.mean.sd)
        )

    def interval(self, alpha: float) -> IntervalResult | None:
        """None where runs diverged or nothing spreads; under five seeds it is shown and has no word."""
        if self.diverged is not None or self.mean is None or not self.mean.sd:
            return None
        return self.mean.interval(1 - alpha)

    def p_above(self, bound: float) -> float:
        """The smallest alpha whose interval lies above the bound."""
        if self.diverged is not None:
            return self._p_diverged(self.diverged, less_often=True) if bound == 0 else NEVER
        return self._p_beyond(bound) if self.testable and self._mean > bound else NEVER

    def p_below(self, bound: float) -> float:
        if self.diverged is not None:
            return self._p_diverged(self.diverged, less_often=False) if bound == 0 else NEVER
        return self._p_beyond(bound) if self.testable and self._mean < bound else NEVER

    @property
    def _mean(self) -> float:
        assert self.mean is not None
        return self.mean.mean

    def _p_beyond(self, bound: float) -> float:
        assert self.mean is not None
        assert self.mean.standard_error is not None
        return t_p_value(self.mean.mean - bound, self.mean.standard_error, self.mean.degrees)

    def _p_diverged(self, counts: tuple[int, int, int, int], *, less_often: bool) -> float:
        """Fisher's p where that is the direction: an arm whose runs diverge more often is the worse one."""
        arm, arm_runs, other, other_runs = counts
        if min(arm_runs, other_runs) < FEWEST_SEEDS:
            return NEVER
        lead = other * arm_runs - arm * other_runs
        return compare_divergence(*counts) if (lead if less_often else -lead) > 0 else NEVER
