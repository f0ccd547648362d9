"""Runs in this very process, one after another: for notebooks, debuggers and tests. The same job function."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from paribus.errors import StopRequested
from paribus.executors.events import Event, Job, waits
from paribus.executors.job import run_job
from paribus.executors.preparing import settled
from paribus.executors.testing import test_job
from paribus.store import open_ledger

_LOOK_AGAIN_SECONDS = 0.5


class InlineExecutor:
    """Carries jobs out here. It has one slot, whatever is asked for."""

    def __init__(
        self, *, slots: int = 1, threads: int = 1, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        del slots
        self._threads, self._stopping = threads, stopping

    def carry_out(self, jobs: Sequence[Job]) -> Iterator[Event]:
        waiting = deque(jobs)
        while waiting:
            if self._stopping():
                yield Event("stopping", "")
                raise StopRequested
            asked = waiting.popleft()
            if waits(asked, {job.fingerprint for job in waiting}):
                waiting.append(asked)
                continue
            events = self._carry_out_one(settled(replace(asked, threads=self._threads)))
            yield from events
            if events[-1].facts.get("state") == "stopped":
                waiting.appendleft(asked)
            if any(event.kind == "taken" for event in events):  # another process has it: look again
                waiting.append(asked)
                time.sleep(_LOOK_AGAIN_SECONDS)

    def _carry_out_one(self, job: Job) -> list[Event]:
        events: list[Event] = []
        with open_ledger(job.store) as ledger:
            if job.test is None:
                run_job(job, ledger, tell=events.append, stopping=self._stopping)
            else:
                test_job(job, ledger, tell=events.append)
        return events

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing runs on."""
