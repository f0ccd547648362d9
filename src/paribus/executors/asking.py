"""One batch of a search: points are asked for until so many fit.

A point that the limits refuse, or of which no run can be made, is no trial. It is counted and recorded with
its reason, and so is one that was tried before.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from paribus.errors import SpecError
from paribus.search import Batch, Point, count_points, find_changes, walk_points
from paribus.specs.search import SearchSpec
from paribus.store import TrialRecord
from paribus.store.records import AGAIN

MOST_MISSES = 100  # points in a row that do not fit


@dataclass(frozen=True)
class Fit:
    """What is known of a point that fits."""

    cells: dict[int, str]  # seed -> the run's fingerprint
    parameters: int


Admit = Callable[[Point], Fit]  # raises SpecError where a point does not fit


class Asking:
    """`before` are the records of all batches before; `proposer` is what the points come from."""

    def __init__(
        self, search: SearchSpec, batch: Batch, before: Sequence[TrialRecord], proposer: str, admit: Admit
    ) -> None:
        self._search, self._batch, self._before = search, batch, before
        self._proposer, self._admit = proposer, admit
        self._made: list[TrialRecord] = []
        trials = [record for record in before if record.number is not None and record.rung == 0]
        self._first, self._found = len(trials), 0
        self._known = {tuple(record.cells.values()) for record in trials}
        self._refused = {record.point for record in before if record.refused}

    def ask(self) -> tuple[TrialRecord, ...]:
        """Trials and refusals in their order; fewer trials than wanted where the space has no more."""
        for number in self._batch.going_on:
            one = next(record for record in self._before if record.number == number)
            self._made.append(self._record(one.point, number, self._admit(one.point)))
        for point in self._candidates():
            self._try(point)
        if not self._made or (self._batch.wanted and not self._first + self._found):
            raise SpecError(self._say_none_fits("No point of the space fits"))
        return tuple(self._made)

    def _candidates(self) -> Iterator[Point]:
        """The batch's own points; where too many in a row do not fit, whatever the space still has."""
        misses = 0
        while self._found < self._batch.wanted and misses < MOST_MISSES:
            found = self._found
            yield next(self._batch.points)
            misses = 0 if self._found > found else misses + 1
        if self._found == self._batch.wanted:
            return
        if count_points(self._search) is None:
            raise SpecError(self._say_none_fits(f"None of {MOST_MISSES} points in a row fits"))
        seen = {record.point for record in (*self._before, *self._made)}
        for point in walk_points(self._search):
            if self._found < self._batch.wanted and point not in seen:
                yield point

    def _try(self, point: Point) -> None:
        if point in self._refused:
            self._made.append(self._record(point, None, None, AGAIN))
            return
        try:
            fit = self._admit(point)
        except SpecError as error:
            self._refused.add(point)
            self._made.append(self._record(point, None, None, str(error)))
            return
        cells = tuple(fit.cells.values())
        if cells in self._known:
            self._made.append(self._record(point, None, None, AGAIN))
            return
        self._known.add(cells)
        self._made.append(self._record(point, self._first + self._found, fit))
        self._found += 1

    def _record(
        self, point: Point, number: int | None, fit: Fit | None, refused: str | None = None
    ) -> TrialRecord:
        return TrialRecord(
            place=len(self._before) + len(self._made),
            batch=self._batch.number,
            number=number,
            rung=self._batch.rung,
            point=point,
            changes=find_changes(self._search, point),
            cells=fit.cells if fit else {},
            parameters=fit.parameters if fit else None,
            refused=refused,
            proposer=self._proposer,
        )

    def _say_none_fits(self, what: str) -> str:
        last = self._made[-MOST_MISSES:]
        refused = [record.refused for record in last if record.refused not in {None, AGAIN}]
        again = len(last) - len(refused)
        more = f"; {again} of them were tried before" if again else ""
        why = f", such as: {refused[-1]}" if refused else ""
        return f"search.space: {what}{why}{more}. Narrow the space, or loosen [limits]"
