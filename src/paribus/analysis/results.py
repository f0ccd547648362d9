"""What was concluded, as values: the one thing that reports, tables and the command line show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from paribus.analysis.search_results import SearchResult
from paribus.stats import ClaimWord
from paribus.store import LookRecord, State

Word = Literal["better", "worse", "equivalent", "undecided"]


@dataclass(frozen=True)
class ArmResult:
    """One arm over all its seeds. Scores are shares from 0 to 1."""

    name: str
    is_control: bool
    changes: dict[str, Any]  # place -> value: how it differs from the base recipe
    scores: dict[int, float | None]  # by seed; None where no run has finished (see states)
    states: dict[int, State]  # by seed
    mean: float | None
    low: float | None  # 95 % t interval of this arm's own mean, over finished seeds
    high: float | None
    parameters: int | None
    seconds: float | None  # mean training time of a run
    loss: float | None = None  # mean cross-entropy on the split, where one was published
    published: Mapping[str, float] = field(default_factory=dict)  # shares by split, and "loss" of test
    published_source: str = ""

    @property
    def finished(self) -> int:
        return sum(state == "finished" for state in self.states.values())

    @property
    def diverged(self) -> int:
        return sum(state == "diverged" for state in self.states.values())


@dataclass(frozen=True)
class DivergenceResult:
    """Runs that diverged, compared by Fisher's exact test within the same family of contrasts."""

    arm_diverged: int
    arm_runs: int
    control_diverged: int
    control_runs: int
    p: float
    differs: bool  # after Holm


@dataclass(frozen=True)
class ContrastResult:
    """One arm against the control, on the same seeds. Interval and word come from the same rule."""

    arm: str
    pairs: int
    difference: float | None  # mean of arm - control over pairs
    low: float | None  # the interval that the word follows from, corrected for all contrasts
    high: float | None
    level: float | None  # its confidence level, such as 0.9875
    pointwise_low: float | None  # 95 % for this contrast alone
    pointwise_high: float | None
    p: float | None  # t test, not yet corrected
    p_holm: float | None  # corrected for all contrasts
    rule: Literal["bonferroni", "holm"] | None  # which correction the interval has
    p_signflip: float | None  # a second opinion that never decides
    word: Word | None  # None: under five seeds, or runs diverged
    within_margin: bool  # the whole interval lies inside the stated margin
    waiting: int  # runs of the two that have not ended yet: no word before they have
    these_images_only: bool | None  # True: would not hold on new images; None: cannot be asked
    detectable: float | None  # smallest difference that these seeds would find with 80 % power
    seeds_needed: tuple[int | None, int | None] | None  # at the margin, as a range; None: beyond counting
    other_way: dict[int, float]  # by seed: 1 where it alone ranks the two the other way round, a tie half
    correlation: float | None  # between paired runs
    divergence: DivergenceResult | None
    sentence: str  # the verdict in words

    @property
    def other_way_share(self) -> float | None:
        """Of single seeds, how many rank the two the other way round."""
        return sum(self.other_way.values()) / len(self.other_way) if self.other_way else None


@dataclass(frozen=True)
class ClaimResult:
    """What became of a claim. Interval and word come from the same rule, corrected for all claims."""

    claim: str  # in its author's words
    kind: Literal["beats", "equals", "best", "reaches", "diverges"]
    arm: str
    other: str | None  # whom the difference is to; of "best": who is nearest, or better
    number: float | None  # what is said to be reached
    word: ClaimWord
    seeds: int  # that the figures rest on; of "diverges": runs that ended
    estimate: float | None  # arm - other, or the arm's own mean, or the share of runs that diverged
    low: float | None
    high: float | None
    level: float | None
    p_holm: float
    within_margin: bool  # the whole interval lies inside the margin
    unbeaten: tuple[str, ...]  # of "best": whom the arm is not shown to beat
    waiting: int  # runs of its arms that have not ended yet: no word before they have
    known_before: int  # runs of its arms that had ended when it was claimed
    these_images_only: bool | None  # True: would not hold on new images; None: cannot be asked
    diverged: Mapping[str, tuple[int, int]]  # of the arms that it speaks of: diverged and ended runs, if any
    detectable: float | None = None  # smallest difference that these seeds would find with 80 % power
    seeds_needed: tuple[int | None, int | None] | None = (
        None  # at the margin, as a range; None: beyond counting
    )
    published: Mapping[str, float] = field(default_factory=dict)  # of its arms, all on the same split
    published_split: str | None = None
    sentence: str = ""  # the word and its figures


@dataclass(frozen=True)
class Conclusion:
    """Arms and records become intervals, tests and verdicts; made once per study revision."""

    study: str
    title: str
    revision: str
    split: Literal["validation", "test"]
    metric: str
    weights: Literal["last", "best", "each"]  # which epoch speaks for a run; each: best where it stops early
    alpha: float
    margin: float | None
    control: str
    seeds: tuple[int, ...]
    arms: tuple[ArmResult, ...]  # the control first, then as the study lists them
    contrasts: tuple[ContrastResult, ...]
    notes: tuple[str, ...]  # what a reader must know: missing runs, edge of a grid, looks
    looks: tuple[LookRecord, ...]
    claims: tuple[ClaimResult, ...] = ()
    about: str = ""
    note: str = ""  # of the study, such as how a profile was cut
    search: SearchResult | None = None  # None for a study without one

    @property
    def complete(self) -> bool:
        """Whether every planned run has become a result."""
        ended = {"finished", "diverged"}
        return all(arm.states and ended.issuperset(arm.states.values()) for arm in self.arms)
