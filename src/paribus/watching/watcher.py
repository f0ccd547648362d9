"""Looks at a study in the ledger again and again, and reads only what has changed since the last look."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from paribus.specs import StudySpec
from paribus.store import (
    ENDED,
    LEDGER_FILE,
    EpochRecord,
    Ledger,
    RunRecord,
    RunSigns,
    StudyRecord,
    TrialRecord,
    open_ledger,
    read_epoch_means,
    read_looks,
    read_runs,
    read_signs,
    read_sittings,
    read_study_record,
    read_trials,
)
from paribus.watching.views import ArmView, RunView, StudyView

_LIFE_SECONDS = 1.0  # a process may end without a word in the ledger


class Watcher:
    """Threads may share it. The ledger may come, go, be another, or grow a revision meanwhile."""

    def __init__(self, store: Path, name: str) -> None:
        self._store, self._name = store, name
        self._ledger: Ledger | None = None
        self._file: object = None  # which file is open
        self._written: object = None  # what it looked like when it was last read
        self._looked = 0.0
        self._view: StudyView | None = None
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._plan: StudyRecord | None = None
        self._spec: StudySpec | None = None
        self._recipes: Mapping[str, RunRecord] = {}
        self._read: dict[str, object] = {}  # what a run's row said when its history was read
        self._histories: dict[str, list[EpochRecord]] = {}

    def look(self) -> StudyView | None:
        """The study now, the same object where nothing has changed; None where it has not been run."""
        with self._lock:
            return self._look()

    def _look(self) -> StudyView | None:
        file, written = self._inspect()
        if file != self._file:
            self.close()
            self._ledger = open_ledger(self._store, create=False) if file else None
            self._file, self._written = file, None
        now = time.monotonic()
        if self._ledger is None:
            self._view = None
        elif written != self._written or now - self._looked >= _LIFE_SECONDS:
            self._written, self._looked = written, now
            view = self._look_into(self._ledger)
            self._view = self._view if view == self._view else view
        return self._view

    def seconds_left(self) -> float | None:
        view = self.look()
        return None if view is None else view.seconds_left

    def close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self._file = None
        self._forget()

    def _inspect(self) -> tuple[object, object]:
        """Which file the ledger is, and what shows that somebody wrote to it."""
        path = self._store / LEDGER_FILE
        try:
            found = path.stat()
        except OSError:
            return None, None
        try:
            log = path.with_name(f"{LEDGER_FILE}-wal").stat()
            logged: object = (log.st_mtime_ns, log.st_size)
        except OSError:
            logged = None
        return (found.st_dev, found.st_ino), (found.st_mtime_ns, found.st_size, logged)

    def _look_into(self, ledger: Ledger) -> StudyView | None:
        plan = read_study_record(ledger, self._name)
        if plan is None:
            return None
        if self._plan is None or plan.id != self._plan.id:
            self._forget()
            self._spec = StudySpec.model_validate(plan.spec)
        self._plan = plan
        asked = read_trials(ledger, plan.search) if plan.search else []
        trials = [record for record in asked if record.number is not None]
        wanted = [*plan.stage_runs, *plan.cell_runs, *(n for one in trials for n in one.cells.values())]
        if fresh := [name for name in wanted if name not in self._recipes]:
            self._recipes = {**self._recipes, **read_runs(ledger, fresh)}
        signs = read_signs(ledger, wanted)
        for name, sign in signs.items():
            at = (sign.claim, sign.state, sign.heartbeat, sign.ended)
            if at != self._read.get(name):
                self._histories[name] = read_epoch_means(ledger, name)
                self._read[name] = at
        runs = {name: self._view_run(sign) for name, sign in signs.items()}
        return StudyView(
            name=plan.name,
            revision=plan.revision,
            title=plan.title,
            metric=str(plan.spec["study"]["metric"]),
            control=plan.control,
            arms=(*self._view_stages(plan, runs), *_view_search(trials, runs), *_view_arms(plan, runs)),
            sittings=tuple(read_sittings(ledger, plan.name)),
            looks=tuple(read_looks(ledger, plan)),
            to_come=0 if plan.winner else _count_to_come(self._spec, trials),
        )

    def _view_run(self, signs: RunSigns) -> RunView:
        assert self._spec is not None
        recipe = self._recipes[signs.fingerprint].recipe
        return RunView(
            fingerprint=signs.fingerprint,
            seed=int(recipe["seed"]),
            epochs=int(recipe["epochs"]),
            signs=signs,
            history=tuple(self._histories[signs.fingerprint]),
            speaks=self._spec.scored_epoch(recipe),
        )

    def _view_stages(self, plan: StudyRecord, runs: Mapping[str, RunView]) -> list[ArmView]:
        """Without those runs that have not ended, but everything that would start from them has."""
        awaited = {self._recipes[name].parent for name, run in runs.items() if run.state not in ENDED}
        stages = {
            stage: [runs[name] for name in names if runs[name].state in ENDED or name in awaited]
            for stage, names in plan.stages.items()
        }
        return [ArmView(stage, tuple(found), is_stage=True) for stage, found in stages.items() if found]


def _view_search(trials: Sequence[TrialRecord], runs: Mapping[str, RunView]) -> list[ArmView]:
    """All trials as one row; a trial's number stands for its seed."""
    found = [
        replace(runs[name], seed=(record.number or 0) + 1)
        for record in trials
        for name in record.cells.values()
        if name in runs
    ]
    return [ArmView("search", tuple(found), is_search=True)] if found else []


def _count_to_come(spec: StudySpec | None, trials: Sequence[TrialRecord]) -> int:
    """Runs of trials that are not asked for yet, and of the winner; more than that if the space has fewer."""
    if spec is None or spec.search is None:
        return 0
    rungs = spec.search.rungs(spec.run.epochs) if spec.search.method == "halving" else ()
    total = sum(rung.count for rung in rungs) or spec.search.trials
    return max(total - len(trials), 0) * len(spec.search.seeds) + len(spec.study.seeds)


def _view_arms(plan: StudyRecord, runs: Mapping[str, RunView]) -> list[ArmView]:
    return [
        ArmView(
            arm,
            # a run that two arms share has the seed of either cell
            tuple(replace(runs[name], seed=seed) for seed, name in cells.items()),
            is_control=arm == plan.control,
        )
        for arm, cells in plan.cells.items()
    ]
