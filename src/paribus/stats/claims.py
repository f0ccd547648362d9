"""Claims that were registered: does each hold, is it contradicted, or is it undecided with these seeds?

A claim is judged on an interval, and its word is read off the interval shown and off nothing else. Its p is
the smallest alpha at which there is a word; Holm corrects these over all claims, and the interval shown is
chosen as for contrasts (docs/decisions/0010 and 0022). Above zero is better. This module does not know what
an arm is.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from paribus.stats.divergence import compare_divergence
from paribus.stats.families import FEWEST_SEEDS, correct_holm
from paribus.stats.intervals import IntervalResult, MeanResult, t_p_value
from paribus.stats.proportions import exact_interval, exact_p_value

ClaimWord = Literal["holds", "contradicted", "undecided"]
NEVER = 1.0  # the p of a word that cannot be had


@dataclass(frozen=True)
class Reading:
    """What is seen at one alpha."""

    word: ClaimWord
    interval: IntervalResult | None  # None: diverged runs decide, or there is no spread
    rival: int | None = None  # of a claim to be the best: whose interval it is
    open: tuple[int, ...] = ()  # and whom the arm is not shown to beat


@dataclass(frozen=True)
class ClaimResult:
    """The word of one claim among all."""

    reading: Reading
    p: float
    p_holm: float
    rule: Literal["bonferroni", "holm"]


class ClaimTest(Protocol):
    """One claim and its data."""

    @property
    def p(self) -> float:
        """The smallest alpha at which it has a word."""
        ...

    def read(self, alpha: float) -> Reading:
        """At this alpha, taken two-sided, for this claim alone."""
        ...


def judge_claims(
    tests: Sequence[ClaimTest], *, alpha: float = 0.05, size: int | None = None
) -> list[ClaimResult]:
    """Each claim's word; one of them is wrong in alpha of all studies. `size`: how many were registered."""
    size = len(tests) if size is None else size
    corrected = correct_holm([test.p for test in tests], size)
    return [_judge(test, step, alpha, size) for test, step in zip(tests, corrected, strict=True)]


def _judge(test: ClaimTest, step: tuple[float, int], alpha: float, size: int) -> ClaimResult:
    """Bonferroni's interval, or that of Holm's own step where only it has a word, or has the better one."""
    p, (p_holm, factor) = test.p, step
    wide = test.read(alpha / size)
    if p_holm > alpha or factor == size or wide.word == "holds":
        return ClaimResult(wide, p, p_holm, "bonferroni")
    narrow = test.read(alpha / factor)
    if wide.word == "undecided" or narrow.word == "holds":
        return ClaimResult(narrow, p, p_holm, "holm")
    return ClaimResult(wide, p, p_holm, "bonferroni")


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


@dataclass(frozen=True)
class Beats:
    """Better; contradicted where it is worse, or differs by less than a margin that was stated."""

    pair: Pair
    margin: float | None = None

    @property
    def p(self) -> float:
        return min(self.pair.p_above(0), self.pair.p_below(0), _p_within(self.pair, self.margin))

    def read(self, alpha: float) -> Reading:
        pair = self.pair
        if pair.diverged is not None:
            return Reading(_by_p(alpha, pair.p_above(0), pair.p_below(0)), None)
        interval = pair.interval(alpha)
        if interval is None or not pair.testable:
            return Reading("undecided", interval)
        return Reading(self.word_of(interval), interval)

    def word_of(self, interval: IntervalResult) -> ClaimWord:
        if interval.low > 0:
            return "holds"
        within = self.margin is not None and interval.lies_within(self.margin)
        return "contradicted" if interval.high < 0 or within else "undecided"


@dataclass(frozen=True)
class Equals:
    """Less apart than the margin; contradicted where they are shown to be further apart than that."""

    pair: Pair
    margin: float

    @property
    def p(self) -> float:
        pair = self.pair
        if pair.diverged is not None:
            return min(pair.p_above(0), pair.p_below(0))
        return min(_p_within(pair, self.margin), pair.p_above(self.margin), pair.p_below(-self.margin))

    def read(self, alpha: float) -> Reading:
        if self.pair.diverged is not None:
            return Reading("contradicted" if self.p <= alpha else "undecided", None)
        interval = self.pair.interval(alpha)
        if interval is None or not self.pair.testable:
            return Reading("undecided", interval)
        return Reading(self.word_of(interval), interval)

    def word_of(self, interval: IntervalResult) -> ClaimWord:
        if interval.lies_within(self.margin):
            return "holds"
        apart = interval.low > self.margin or interval.high < -self.margin
        return "contradicted" if apart else "undecided"


@dataclass(frozen=True)
class Best:
    """Better than each other arm, all at the full alpha; contradicted where any other is shown to be better.

    That all of them are beaten is wrong only if one test is wrong that need not share its alpha (intersection
    and union); that some arm is better has as many ways to be wrong as there are arms, which share it.
    """

    pairs: Sequence[Pair]  # the arm against each of the others

    @property
    def p(self) -> float:
        beaten = max(pair.p_above(0) for pair in self.pairs)
        return min(beaten, 1.0, len(self.pairs) * min(pair.p_below(0) for pair in self.pairs))

    def read(self, alpha: float) -> Reading:
        share = alpha / len(self.pairs)
        readings = [Beats(pair).read(alpha) for pair in self.pairs]
        still = tuple(k for k, reading in enumerate(readings) if reading.word != "holds")
        worse = [k for k, pair in enumerate(self.pairs) if Beats(pair).read(share).word == "contradicted"]
        if worse:
            first = min(worse, key=lambda k: self.pairs[k].p_below(0))
            return Reading("contradicted", self.pairs[first].interval(share), first, still)
        nearest = self._nearest(still or range(len(readings)), readings)
        shown = None if nearest is None else readings[nearest].interval
        return Reading("undecided" if still else "holds", shown, nearest, still)

    def _nearest(self, among: Iterable[int], readings: Sequence[Reading]) -> int | None:
        """Whose interval reaches lowest; without intervals, whose mean is lowest."""
        lows = {k: interval.low for k in among if (interval := readings[k].interval) is not None}
        if not lows:
            pairs = {k: self.pairs[k] for k in among if self.pairs[k].diverged is None}
            lows = {k: pair.mean.mean for k, pair in pairs.items() if pair.mean is not None}
        return min(lows, key=lows.__getitem__) if lows else None


@dataclass(frozen=True)
class Reaches:
    """A mean over seeds is the number at least; contradicted where it is below, or most runs diverge."""

    scores: Pair  # of the scores themselves, with nothing taken off
    number: float
    lost: "Diverges | None" = None  # where any run diverged: the mean of the rest says nothing

    @property
    def p(self) -> float:
        if self.lost is not None:
            return self.lost.p if 2 * self.lost.diverged > self.lost.runs else NEVER
        return min(self.scores.p_above(self.number), self.scores.p_below(self.number))

    def read(self, alpha: float) -> Reading:
        if self.lost is not None:
            most = self.lost.read(alpha).word == "holds"
            return Reading("contradicted" if most else "undecided", None)
        interval = self.scores.interval(alpha)
        if interval is None or not self.scores.testable:
            return Reading("undecided", interval)
        return Reading(self.word_of(interval), interval)

    def word_of(self, interval: IntervalResult) -> ClaimWord:
        if interval.low >= self.number:
            return "holds"
        return "contradicted" if interval.high < self.number else "undecided"


@dataclass(frozen=True)
class Diverges:
    """More runs diverge than not, by the exact binomial test against a half."""

    diverged: int
    runs: int

    @property
    def p(self) -> float:
        return exact_p_value(self.diverged, self.runs) if self.runs >= FEWEST_SEEDS else NEVER

    def read(self, alpha: float) -> Reading:
        if not self.runs:
            return Reading("undecided", None)
        interval = exact_interval(self.diverged, self.runs, 1 - alpha)
        if self.runs < FEWEST_SEEDS:
            return Reading("undecided", interval)
        word: ClaimWord = (
            "holds" if interval.low > 0.5 else "contradicted" if interval.high < 0.5 else "undecided"
        )
        return Reading(word, interval)


def runs_to_decide(alpha: float) -> int:
    """How many runs that all diverge, or all end, decide whether an arm diverges."""
    return max(FEWEST_SEEDS, math.ceil(math.log2(2 / alpha)))


def _by_p(alpha: float, p_holds: float, p_contradicted: float) -> ClaimWord:
    return "holds" if p_holds <= alpha else "contradicted" if p_contradicted <= alpha else "undecided"


def _p_within(pair: Pair, margin: float | None) -> float:
    """The smallest alpha whose interval lies within the margin."""
    return NEVER if margin is None else max(pair.p_above(-margin), pair.p_below(margin))
