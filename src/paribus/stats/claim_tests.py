"""The five kinds of claims: what each asks of its data at one alpha. Above zero is better."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from paribus.stats.families import FEWEST_SEEDS
from paribus.stats.intervals import IntervalResult
from paribus.stats.pairs import NEVER, Pair
from paribus.stats.proportions import exact_interval, exact_p_value

ClaimWord = Literal["holds", "contradicted", "undecided"]


@dataclass(frozen=True)
class Reading:
    """What is seen at one alpha."""

    word: ClaimWord
    interval: IntervalResult | None  # None: diverged runs decide, or there is no spread
    rival: int | None = None  # of a claim to be the best: whose interval it is
    open: tuple[int, ...] = ()  # and whom the arm is not shown to beat


class ClaimTest(Protocol):
    """One claim and its data."""

    @property
    def p(self) -> float:
        """The smallest alpha at which it has a word."""
        ...

    def read(self, alpha: float) -> Reading:
        """At this alpha, taken two-sided, for this claim alone."""
        ...


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
        if nearest is not None and shown is not None and shown.high < 0:
            shown = self.pairs[nearest].interval(share)  # at the level that would have contradicted
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
