"""The story of a search: ask for points, refuse what does not fit, have the rest trained, ask again.

What was asked for is in the ledger before it is trained, so a search that was stopped anywhere goes on as if
nothing had happened. Knows no method: those are in the room `search`.
"""

from collections.abc import Iterator, Sequence

from paribus.analysis.search_foresight import SearchForesight, foresee_search
from paribus.analysis.trials import TrialResult, judge_trials
from paribus.errors import ExecutionError, SpecError
from paribus.executors.asking import Asking, Fit
from paribus.executors.events import Event
from paribus.executors.materials import Materials
from paribus.executors.ordering import plan_again
from paribus.executors.overlaps import refuse_overlaps
from paribus.executors.registering import list_recipes
from paribus.nets.limits import refuse_beyond
from paribus.plan import Arm, Cells, PlannedRun, make_arm, plan_cells
from paribus.search import Batch, Point, best_of, find_changes, name_values, next_batch
from paribus.search.tpe import find_optuna
from paribus.specs import StudySpec
from paribus.specs.search import WINNER
from paribus.store import Ledger, TrialRecord, note_trials, read_trials


class Search:
    """The search of one study, as far as its ledger knows it. `key` is what it is known by there."""

    def __init__(self, spec: StudySpec, key: str, materials: Materials, where: str) -> None:
        assert spec.search is not None
        self.spec, self.key = spec, key
        self._search, self._materials, self._where = spec.search, materials, where
        self.records: list[TrialRecord] = []
        self.trials: list[TrialResult] = []
        self._asked: tuple[TrialRecord, ...] | None = None  # what is asked for next, once that was found
        self._next: Batch | None = None  # what would be asked for, once all before has ended
        self.winner: Cells | None = None  # what it found, with the study's own seeds; None before it is over
        self.planned = Cells(arms=(), runs=())  # an arm for each trial

    # -- what there is ------------------------------------------------------------------------------------

    def look(self, ledger: Ledger | None) -> None:
        """Reads what was asked for and what came of it. Writes nothing."""
        self._take(read_trials(ledger, self.key) if ledger else [], ledger)

    def look_ahead(self, ledger: Ledger) -> None:
        """And what it will ask for that is known already, as of a search of fewer trials. Writes nothing."""
        while asked := self.foresee():  # nothing, as long as what was asked for has not all ended
            self._take([*self.records, *asked], ledger)

    def _take(self, records: list[TrialRecord], ledger: Ledger | None) -> None:
        self.records, self._asked = records, None
        self.planned = self._plan(self.records)
        self._forget_what_changed()
        self.trials = judge_trials(ledger, self.spec, self.records) if ledger else []
        self._next = None
        if all(trial.ended for trial in self.trials):
            batches = max((record.batch for record in self.records), default=-1) + 1
            tried = [trial.tried for trial in self.trials]
            self._next = next_batch(self._search, self.spec.run.epochs, tried, batches)
        self.winner = self._find_winner()

    @property
    def is_over(self) -> bool:
        return bool(self.records) and self._next is None and all(trial.ended for trial in self.trials)

    @property
    def best(self) -> TrialResult | None:
        """Of those that have ended; when it is over, the winner."""
        ended = [trial for trial in self.trials if trial.ended]
        found = best_of([trial.tried for trial in ended])
        return next((trial for trial in ended if trial.tried == found), None)

    def _plan(self, records: Sequence[TrialRecord]) -> Cells:
        trials = [record for record in records if record.number is not None]
        arms = tuple(self._arm(name_trial(record), record.point, record.rung) for record in trials)
        return self._cells(arms)

    def _cells(self, arms: tuple[Arm, ...], seeds: Sequence[int] = ()) -> Cells:
        known = self._materials.knows_data, self._materials.knows_start
        return plan_cells(arms, seeds or self._search.seeds, *known)

    def _arm(self, name: str, point: Point, rung: int | None = None) -> Arm:
        """At the length of a rung, where the search halves; else, and without one, at that of the recipe."""
        changes = find_changes(self._search, point)
        if self._search.method == "halving" and rung is not None:
            changes |= {"epochs": self._search.rungs(self.spec.run.epochs)[rung].epochs}
        return make_arm(self.spec, name, changes, where=self._where, place="search.space")

    def _forget_what_changed(self) -> None:
        """Trials whose runs are others by now, as by other code, go with their batch and all after it."""
        named = {(run.arm, run.seed): run.fingerprint for run in self.planned.runs}
        for record in self.records:
            if record.number is not None and record.cells != {
                seed: named.get((name_trial(record), seed)) for seed in record.cells
            }:
                self.records = [one for one in self.records if one.batch < record.batch]
                self.planned = self._plan(self.records)
                return

    # -- what is next -------------------------------------------------------------------------------------

    def foresee(self) -> tuple[TrialRecord, ...]:
        """What is asked for next; nothing where that follows from results to come, or all is over."""
        if self._asked is None:
            self._asked = self._ask()
        return self._asked

    def _ask(self) -> tuple[TrialRecord, ...]:
        if self._search.method == "tpe" and not self.is_over:
            find_optuna()  # the lack of it is told before anything is trained
        if self._next is None:
            return ()
        batch = self._next
        learned = self._search.method == "tpe" and batch.number > 0
        proposer = f"optuna {find_optuna()}" if learned else "drawn"
        try:
            return Asking(
                self._search, batch, self.records, proposer, lambda point: self._admit(point, batch.rung)
            ).ask()
        except SpecError as error:
            raise SpecError(f"{self._where}: {error}") from error

    def _admit(self, point: Point, rung: int) -> Fit:
        """Refuses what is beyond the limits, or cannot be made or started, at this length or the full one."""
        self._arm("trial", point)
        arm = self._arm("trial", point, rung)
        size = self._materials.measure(arm.recipe)
        refuse_beyond(self.spec.limits, size)
        arm.recipe.loss.refuse_unknown(self._materials.made_by(arm.recipe).classes)
        self._materials.check_starts(arm)
        cells = {run.seed: run.fingerprint for run in self._cells((arm,)).runs}
        return Fit(dict(zip(self._search.seeds, cells.values(), strict=True)), size.parameters)

    @property
    def names(self) -> dict[str, str]:
        """What the runs of its trials are called, by fingerprint."""
        return {run.fingerprint: f"{run.arm}, seed {run.seed}" for run in self.planned.every_run}

    @property
    def done(self) -> set[str]:
        """The fingerprints of trials' runs that are results."""
        return {name for trial in self.trials if trial.ended for name in trial.record.cells.values()}

    def foresee_cost(self, arm: str | None) -> SearchForesight:
        """What is still to be paid; `arm` has what it found. Refuses what cannot be."""
        records = [*self.records, *self.foresee()]
        trials = [record for record in records if record.number is not None]
        try:
            refuse_overlaps(self._plan(records), self._materials.data_of, self._materials.origin_of)
        except SpecError as error:
            raise SpecError(f"{self._where}: search: {error}") from error
        base = self.spec.run
        seen = self._materials.images_seen(base) / base.epochs  # in an epoch
        images = {
            record.place: seen * self._arm("trial", record.point, record.rung).recipe.epochs
            for record in trials
        }
        return foresee_search(self.spec, records, self.trials, images, arm)

    def stretches(self, ledger: Ledger) -> Iterator[list[PlannedRun]]:
        """What is to be trained, batch by batch, until it is over.

        Raises ExecutionError where a trial has no result after it was trained: what is next follows from it.
        """
        while True:
            self.look(ledger)
            if left := plan_again(ledger, self.planned):
                yield left
                self._refuse_without_results(ledger, {run.fingerprint for run in left})
            elif asked := self.foresee():
                recipes = list_recipes(self._plan(asked), self._materials.data_of)
                note_trials(ledger, self.key, [*self.records, *asked], recipes)
            else:
                break
        if self.best is None:
            raise ExecutionError(
                f"{self._where}: search: every trial diverged, so there is no winner; narrow search.space"
            )

    def announce(self, runs: Sequence[PlannedRun]) -> Event:
        """What is trained now, and why."""
        names = {run.fingerprint: f"{run.arm}, seed {run.seed}" for run in runs}
        known = len({trial.record.number for trial in self.trials})
        best = self.best
        if self.is_over and best is not None:
            assert best.score is not None, "the best has one"
            settings = name_values(self._search, best.record.point)
            said = ", ".join(f"{place} = {value}" for place, value in settings.items())
            reached = f"{100 * best.score:.1f} %, which is optimistic"
            line = f"Search: {name_trial(best.record)} of {known} wins with {reached}: {said}"
        else:
            reached = "" if best is None or best.score is None else f"; best so far {100 * best.score:.1f} %"
            line = f"Search: {known} of {self._search.trials} trials asked for{reached}"
        return Event("planned", "", {"names": names, "line": line})

    def _refuse_without_results(self, ledger: Ledger, trained: set[str]) -> None:
        """Of what was trained here; another process may have asked for more meanwhile."""
        self.look(ledger)
        open_trials = [trial.record for trial in self.trials if not trial.ended]
        without = [record for record in open_trials if trained.intersection(record.cells.values())]
        if without:
            raise ExecutionError(
                f"{self._where}: search: {name_trial(without[0])} has no result, and what is tried next "
                "follows from it; the same command trains it again. Where it cannot be trained, leave its "
                "settings out of search.space"
            )

    def _find_winner(self) -> Cells | None:
        """The best trial's settings at full length."""
        if not self.is_over or self.best is None:
            return None
        return self._cells((self._arm(WINNER, self.best.record.point),), self.spec.study.seeds)


def name_trial(record: TrialRecord) -> str:
    assert record.number is not None, "what was refused is no trial"
    rung = f", rung {record.rung + 1}" if record.rung else ""
    return f"trial {record.number + 1}{rung}"
