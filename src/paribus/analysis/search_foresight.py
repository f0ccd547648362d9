"""What a search will cost, before it is paid, and how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from paribus.analysis.trials import TrialResult
from paribus.search import count_points
from paribus.specs import StudySpec
from paribus.store import TrialRecord
from paribus.store.records import AGAIN


@dataclass(frozen=True)
class SearchForesight:
    """Runs and images are those of all its trials, on all rungs."""

    method: str
    trials: int  # that the study asks for
    points: int | None  # of its space; None: too many to count
    seeds: tuple[int, ...]
    rungs: tuple[tuple[int, int], ...]  # of halving: configurations and epochs
    known: int  # trials that were asked for, or are next
    asked: int  # points for them
    refused: int  # of these, those that do not fit, or were tried before
    refused_such_as: str | None
    smallest: int | None  # parameters of the nets of known trials
    largest: int | None
    runs: int
    cached: int
    runs_unknown: int  # of trials that were not asked for yet
    images: float  # training images that a run sees, as far as runs are known
    seconds: float | None  # of a run, from those that ended
    winner: str | None  # the arm that has what it found; None before that is known

    @property
    def is_over(self) -> bool:
        return self.winner is not None


def foresee_search(
    spec: StudySpec,
    records: Sequence[TrialRecord],
    judged: Sequence[TrialResult],
    images: Mapping[int, float],
    winner: str | None,
) -> SearchForesight:
    """`records` are those asked for and those that are next; `images`, by place, what a run of each sees."""
    search = spec.search
    assert search is not None
    rungs = search.rungs(spec.run.epochs) if search.method == "halving" else ()
    trials = [record for record in records if record.number is not None]
    refusals = [record.refused for record in records if record.refused]
    counts = [record.parameters for record in trials if record.parameters is not None]
    per_seed = sum(rung.count for rung in rungs) or search.trials
    cached = sum(len(one.record.cells) for one in judged if one.ended)
    seconds = [one.seconds / len(one.record.cells) for one in judged if one.ended and one.seconds]
    return SearchForesight(
        method=search.method,
        trials=search.trials,
        points=count_points(search),
        seeds=search.seeds,
        rungs=tuple((rung.count, rung.epochs) for rung in rungs),
        known=len({record.number for record in trials}),
        asked=len(records),
        refused=len(records) - len(trials),
        refused_such_as=min(refusals, key=lambda why: why == AGAIN, default=None),
        smallest=min(counts, default=None),
        largest=max(counts, default=None),
        runs=cached if winner is not None else per_seed * len(search.seeds),
        cached=cached,
        runs_unknown=0
        if winner is not None
        else per_seed * len(search.seeds) - len(judged) * len(search.seeds),
        images=fmean(images.values()) if images else 0.0,
        seconds=fmean(seconds) if seconds else None,
        winner=winner,
    )
