"""What a search came to, as values.

The best of many scores is high for two reasons: it is good, and it was lucky. So it is never shown without
what the same settings reach on seeds that the search never saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from paribus.stats import ExpectedBest


@dataclass(frozen=True)
class TrialRow:
    """One trial, as tables and charts show it. Scores are shares."""

    number: int  # of the configuration, from 1
    rung: int  # from 1
    epochs: int | None  # None before its run has a row
    values: Mapping[str, str]  # by dimension
    numbers: Mapping[str, float | None]  # by dimension; None: it is no number
    point: tuple[float, ...]  # by dimension, the first choice before the second
    score: float | None
    state: Literal["finished", "diverged", "waiting"]
    parameters: int | None
    seconds: float | None
    runs: Mapping[int, str]  # seed -> fingerprint


@dataclass(frozen=True)
class SearchEdge:
    """The winner's value is the lowest or the highest of its range."""

    dimension: str
    value: str
    side: Literal["lowest", "highest"]


@dataclass(frozen=True)
class SearchResult:
    method: str
    asked: int  # trials that the study asks for
    seeds: tuple[int, ...]  # what each was trained with
    dimensions: tuple[str, ...]
    logs: tuple[str, ...]  # dimensions on a log scale
    rows: tuple[TrialRow, ...]  # in their order
    refused: int  # points beyond the limits, or that could not be made
    refused_such_as: str | None
    again: int  # points that were tried before
    proposers: tuple[str, ...]  # what the points came from, with versions
    best: int | None  # the row of the best; the winner's, once there is one
    arm: str | None  # that has the winner's settings; None before the search is over
    confirmed: float | None  # the mean of that arm
    confirmed_seeds: int
    settings: tuple[tuple[str, str, str], ...]  # place, the control's value, the winner's
    expected: tuple[ExpectedBest, ...]  # of random search: the best of so many trials
    edges: tuple[SearchEdge, ...]
    seen_before: float | None  # share of the images that judge the winner which judged the search

    @property
    def best_score(self) -> float | None:
        return None if self.best is None else self.rows[self.best].score

    @property
    def trials(self) -> int:
        """Different configurations that were asked for."""
        return len({row.number for row in self.rows})
