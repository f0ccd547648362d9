"""A study as it stands at one moment, as values: what terminals and the live page show."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from paribus.store import ENDED, GONE, EpochRecord, LookRecord, RunSigns, SittingRecord, State

Pace = Literal["running", "stopping", "complete", "gone", "resting"]


@dataclass(frozen=True)
class RunView:
    """One run. Scores are validation accuracies, as shares."""

    fingerprint: str
    seed: int
    epochs: int  # asked for
    signs: RunSigns
    history: Sequence[EpochRecord]  # without steps
    speaks: Literal["last", "best"]  # which epoch's score is the run's

    @property
    def state(self) -> State:
        return self.signs.state

    @property
    def epoch(self) -> int:
        """How many are done."""
        return len(self.history)

    @property
    def epochs_left(self) -> int:
        return 0 if self.state in ENDED else max(self.epochs - self.epoch, 0)

    @property
    def score(self) -> float | None:
        """Of the epoch that speaks for a finished run; of the last one while it goes on."""
        if self.state == "finished":
            return self.signs.best_score if self.speaks == "best" else self.signs.last_score
        return self.history[-1].validation_accuracy if self.history else None


@dataclass(frozen=True)
class ArmView:
    """One arm's runs, or one stage's; or those of a search, whose `seed` is then the trial's number."""

    name: str
    runs: Sequence[RunView]
    is_control: bool = False
    is_stage: bool = False
    is_search: bool = False

    @property
    def title(self) -> str:
        return f"stage {self.name}" if self.is_stage else self.name

    @property
    def is_aside(self) -> bool:
        """Whether it is none of the arms that are compared."""
        return self.is_stage or self.is_search

    def label(self, run: RunView) -> str:
        return f"{'trial' if self.is_search else 'seed'} {run.seed}"

    @property
    def speaking(self) -> list[RunView]:
        """The runs that stand for the arm: the finished ones, and before there are any those under way."""
        finished = [run for run in self.runs if run.state == "finished"]
        return finished or [
            run for run in self.runs if run.history and run.state not in {"diverged", "failed"}
        ]

    @property
    def mean(self) -> float | None:
        """Of a search the best so far."""
        scores = [run.score for run in self.speaking if run.score is not None]
        if self.is_search:
            return max(scores, default=None)
        return sum(scores) / len(scores) if scores else None

    @property
    def is_settled(self) -> bool:
        """Whether the mean is one of finished runs."""
        return any(run.state == "finished" for run in self.runs)

    @property
    def course(self) -> list[float]:
        """The mean score after each epoch, as far as all the runs that stand for the arm went.

        Of a search the best after each trial.
        """
        if self.is_search:
            scores = [run.score for run in self.speaking if run.score is not None]
            return list(itertools.accumulate(scores, max))
        histories = [[epoch.validation_accuracy for epoch in run.history] for run in self.speaking]
        return [sum(scores) / len(scores) for scores in zip(*histories, strict=False)]

    @property
    def heard(self) -> float:
        """When one of its runs was last heard of; 0 before."""
        times = (time for run in self.runs for time in (run.signs.heartbeat, run.signs.ended) if time)
        return max(times, default=0.0)

    @cached_property
    def seconds_per_epoch(self) -> float | None:
        epochs = [epoch for run in self.runs for epoch in run.history]
        return sum(epoch.seconds for epoch in epochs) / len(epochs) if epochs else None


@dataclass(frozen=True)
class StudyView:
    """One study, in the revision that was last run."""

    name: str
    revision: str
    title: str
    metric: str
    control: str
    arms: Sequence[ArmView]  # stages first; runs of a stage that nothing has to start from are left out
    sittings: Sequence[SittingRecord]  # those that live, and the last one over; the latest first
    looks: Sequence[LookRecord]
    to_come: int = 0  # runs that a search has not asked for yet, at most, and those of its winner

    @property
    def total(self) -> int:
        """Runs that there will be."""
        return len(self.runs) + self.to_come

    @property
    def runs(self) -> list[RunView]:
        """Each once, though two arms may share it."""
        return list({run.fingerprint: run for arm in self.arms for run in arm.runs}.values())

    @property
    def ended(self) -> int:
        """Runs that will not go on by themselves."""
        return sum(run.state in {"finished", "diverged", "failed"} for run in self.runs)

    @property
    def living(self) -> list[SittingRecord]:
        return [sitting for sitting in self.sittings if sitting.lives]

    @property
    def running(self) -> list[tuple[ArmView, RunView]]:
        seen = {
            run.fingerprint: (arm, run) for arm in self.arms for run in arm.runs if run.state == "running"
        }
        return list(seen.values())

    @property
    def troubled(self) -> list[tuple[ArmView, RunView]]:
        """Runs that failed, diverged, or whose process is gone."""
        found: dict[str, tuple[ArmView, RunView]] = {}
        for arm in self.arms:
            for run in arm.runs:
                if run.state in {"failed", "diverged"} or run.signs.reason == GONE:
                    found.setdefault(run.fingerprint, (arm, run))
        return list(found.values())

    @property
    def slots(self) -> int:
        """Runs that may go on at a time."""
        return sum(sitting.slots for sitting in self.living)

    @property
    def pace(self) -> Pace:
        """complete: every run has a result. gone: its command ended without a word."""
        if any(sitting.stop_asked is None for sitting in self.living):
            return "running"
        if self.living:
            return "stopping"
        if self.running:
            return "running"  # by a command that ends, or one of another study
        if not self.to_come and all(run.state in ENDED for run in self.runs):
            return "complete"
        return "gone" if self.sittings and self.sittings[0].ended is None else "resting"

    @property
    def heard(self) -> float | None:
        """When the last sign of life came."""
        times = [arm.heard for arm in self.arms] + [sitting.heartbeat for sitting in self.sittings]
        return max(times, default=0.0) or None

    @property
    def seconds_left(self) -> float | None:
        """By the seconds that an arm's epochs took, shared out among the slots; None before anybody can tell.

        Arms that nothing is known of are taken for usual ones, once half of the arms are known or every run
        under way has told of an epoch: a frozen body's quick first run says nothing of a tuned one's. At
        most so long where runs may stop early.
        """
        known = {arm.name: cost for arm in self.arms if (cost := arm.seconds_per_epoch) is not None}
        awaited = [arm.name for arm, _ in self.running if arm.name not in known]
        if not known or (awaited and 2 * len(known) < len(self.arms)):
            return None
        usual = sum(known.values()) / len(known)
        lefts = {
            run.fingerprint: run.epochs_left * known.get(arm.name, usual)
            for arm in self.arms
            for run in arm.runs
            if run.state != "failed"
        }
        slots = max(self.slots or len(self.running), 1)
        typical = usual * sum(run.epochs for run in self.runs) / len(self.runs)
        left = sum(lefts.values()) + self.to_come * typical
        return max(left / slots, max(lefts.values(), default=0.0))
