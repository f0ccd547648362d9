"""Which points come next, by each method. The table names who learns from what was tried."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from paribus.search.space import Point, draw_point
from paribus.specs.search import SearchSpec
from paribus.specs.tables import import_object

LEARNERS = {"tpe": "paribus.search.tpe:ask_tpe"}  # imported when they first learn something


@dataclass(frozen=True)
class Tried:
    """A configuration on one rung, as far as it is known."""

    number: int  # of the configuration, from 0
    point: Point
    score: float | None = None  # a share; None while it is not known, and where training diverged
    ended: bool = False
    rung: int = 0
    parameters: int = 0


@dataclass(frozen=True)
class Batch:
    """What is asked for together: new points until `wanted` of them fit, or configurations that go on."""

    number: int
    rung: int
    epochs: int | None  # None: the recipe's own
    wanted: int
    points: Iterator[Point]  # without end, in their order
    going_on: tuple[int, ...] = ()


def next_batch(search: SearchSpec, epochs: int, tried: Sequence[Tried], batches: int) -> Batch | None:
    """After so many `batches`, all of which have ended; None where nothing more is tried.

    `epochs` are those of the base recipe. A batch that found fewer points than it wanted was the last one
    that asks for new points: there are no more.
    """
    if search.method == "halving":
        return _next_rung(search, epochs, tried, batches)
    first = search.startup_trials if search.method == "tpe" else search.trials
    if batches == 0:
        return Batch(0, 0, None, first, _drawn(search))
    wanted_so_far = min(first + (batches - 1) * search.batch, search.trials)
    if len(tried) < wanted_so_far or wanted_so_far == search.trials:
        return None
    ask = import_object(LEARNERS[search.method])
    wanted = min(search.batch, search.trials - len(tried))
    return Batch(batches, 0, None, wanted, ask(search, tried, batches))


def _drawn(search: SearchSpec) -> Iterator[Point]:
    return (draw_point(search, number) for number in itertools.count())


def _next_rung(search: SearchSpec, epochs: int, tried: Sequence[Tried], batches: int) -> Batch | None:
    """Successive halving: the best of a rung go on to the next, and there train from their beginning."""
    rungs = search.rungs(epochs)
    if batches == 0:
        return Batch(0, 0, rungs[0].epochs, rungs[0].count, _drawn(search))
    if batches >= len(rungs):
        return None
    before = [one for one in tried if one.rung == batches - 1]
    best = sorted(before, key=rank)[: max(min(rungs[batches].count, len(before)), 1)]
    going_on = tuple(sorted(one.number for one in best))
    return Batch(batches, batches, rungs[batches].epochs, 0, iter(()), going_on)


def rank(one: Tried) -> tuple[float, int, int]:
    """The smaller the better: by score, then the simpler, then the earlier. What diverged comes last."""
    return (1.0 if one.score is None else -one.score, one.parameters, one.number)


def best_of(tried: Sequence[Tried]) -> Tried | None:
    """The winner, of the last rung; None where every run diverged."""
    last = max((one.rung for one in tried), default=0)
    scored = [one for one in tried if one.rung == last and one.score is not None]
    return min(scored, key=rank, default=None)
