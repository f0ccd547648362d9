"""Runs on this machine: one warm worker process per slot, kept for the whole study.

A worker's death is its run's own affair: the run is tried again from its checkpoint, and only when it dies
repeatedly without getting anywhere is it recorded as failed. The others go on.
"""

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from paribus.errors import ExecutionError, StopRequested
from paribus.executors.events import Event, Job, waits
from paribus.store import fail_run, open_ledger

_LAST_WORDS = "Fatal Python error"
_AT_WORK = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<name>.*)$', re.MULTILINE)
# Nothing that is imported is garbage, and to look for it takes a tenth of a worker's start.
_START = "import gc; gc.disable(); from paribus.executors.worker import main; main()"
RETRIES = 2  # without progress in between
_STOP_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.5  # at runs that another process has


class Death(NamedTuple):
    """Why a process is no more."""

    reason: str
    traceback: str | None = None


def _crash(reason: str, words: str) -> Death:
    """With the line of Python that was at work, which the interpreter tells in its last words."""
    trace = "".join(words.rpartition(_LAST_WORDS)[1:])
    at_work = _AT_WORK.search(trace)
    if at_work is None:
        return Death(reason)
    place = f" at work in {at_work['name']} ({Path(at_work['file']).name}, line {at_work['line']})"
    return Death(reason + place, trace)


class _Worker:
    """One process, and the thread that reads what it says."""

    def __init__(self, said: "queue.Queue[tuple[_Worker, dict[str, Any] | None]]", threads: int) -> None:
        self.job: Job | None = None
        self.training = False  # whether its job has begun, so that there is something to save
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  as long as the process
        names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | dict.fromkeys(names, str(threads)),
            text=True,
            encoding="utf-8",
            start_new_session=True,  # a terminal's signals are for the parent, which decides
        )
        self._listener = threading.Thread(target=self._listen, args=(said,), daemon=True)
        self._listener.start()

    def _listen(self, said: "queue.Queue[tuple[_Worker, dict[str, Any] | None]]") -> None:
        assert self._process.stdout is not None
        try:
            with self._process.stdout as lines:
                for line in lines:
                    said.put((self, json.loads(line)))
        finally:
            said.put((self, None))

    def give(self, job: Job) -> None:
        assert self._process.stdin is not None
        self.job = job
        try:
            self._process.stdin.write(json.dumps(job.to_plain()) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return  # it is dead; its reader says so

    def ask_to_stop(self) -> None:
        """Closing its input is the whole protocol."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            return

    def end(self, deadline: float) -> None:
        """Waits for the process as long as it may take; one without a run under way has nothing to save."""
        if self.training:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(max(deadline - time.monotonic(), 0.1))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # with whatever it started itself
        self._process.wait()
        self._listener.join(timeout=1)
        self._errors.close()

    def death(self) -> Death:
        code = self._process.wait()
        self._errors.seek(0)
        words = self._errors.read().decode(errors="replace").strip()
        if code == -signal.SIGKILL:
            return Death("its process was killed (signal 9); the system does so when memory runs out")
        if code < 0:
            return _crash(f"its process was ended by signal {-code} ({signal.Signals(-code).name})", words)
        last = words.splitlines()[-1] if words else "it said nothing"
        return Death(f"its process ended with code {code}: {last}")


class LocalExecutor:
    """Carries jobs out in worker processes. Use as a context; leaving it stops them within seconds."""

    def __init__(self, *, slots: int, threads: int = 1, stopping: Callable[[], bool] = lambda: False) -> None:
        self._slots, self._threads, self._stopping = slots, threads, stopping
        self._said: queue.Queue[tuple[_Worker, dict[str, Any] | None]] = queue.Queue()
        self._workers: list[_Worker] = []

    def carry_out(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Events of all the jobs, until each has ended. A run that others have is waited for."""
        waiting = deque(jobs)
        tries: dict[str, int] = {}
        while len(self._workers) < min(self._slots, len(jobs)):
            self._workers.append(_Worker(self._said, self._threads))
        not_before: dict[str, float] = {}  # of runs that another process has
        while waiting or any(worker.job for worker in self._workers):
            if self._stopping():
                yield Event("stopping", "")
                raise StopRequested
            for worker in self._workers:
                if worker.job is None and (job := self._first_ready(waiting, not_before)):
                    worker.give(job)
            try:
                worker, said = self._said.get(timeout=_LOOK_AGAIN_SECONDS)
            except queue.Empty:
                continue
            for event in self._understand(worker, said, waiting, tries):
                if event.kind == "taken":
                    not_before[event.fingerprint] = time.monotonic() + _LOOK_AGAIN_SECONDS
                yield event

    def _understand(
        self, worker: _Worker, said: dict[str, Any] | None, waiting: deque[Job], tries: dict[str, int]
    ) -> Iterator[Event]:
        """Turns one message into events, and puts what must be done again back into the queue."""
        job = worker.job
        if said is None:
            death = worker.death()
            worker.ask_to_stop()
            worker.end(time.monotonic())
            self._workers[self._workers.index(worker)] = _Worker(self._said, self._threads)
            if job:
                yield from self._after_death(job, death, waiting, tries)
            return
        if said["kind"] == "free":
            worker.job, worker.training = None, False
            if said["fault"]:
                raise ExecutionError(said["fault"])
            return
        assert job is not None
        event = Event(said["kind"], said["fingerprint"], said["facts"])
        worker.training = event.kind in {"started", "epoch", "noted"}
        if event.kind == "epoch":
            tries[job.fingerprint] = 0
        if event.kind == "taken":
            waiting.append(job)
        if event.facts.get("try_again") and self._may_try_again(job, tries):
            waiting.appendleft(job)
            yield Event("died", job.fingerprint, event.facts)
            return
        yield event

    def _after_death(
        self, job: Job, death: Death, waiting: deque[Job], tries: dict[str, int]
    ) -> Iterator[Event]:
        if self._may_try_again(job, tries):
            waiting.appendleft(job)
            yield Event("died", job.fingerprint, {"reason": death.reason})
            return
        with open_ledger(job.store) as ledger:
            fail_run(ledger, job.fingerprint, death.reason, death.traceback)
        yield Event("ended", job.fingerprint, {"state": "failed", "reason": death.reason})

    def _first_ready(self, waiting: deque[Job], not_before: dict[str, float]) -> Job | None:
        """Takes the first job that need not wait, for time or for the run that it starts from."""
        now = time.monotonic()
        open_runs = {job.fingerprint for job in waiting}
        open_runs |= {worker.job.fingerprint for worker in self._workers if worker.job}
        for job in waiting:
            if not_before.get(job.fingerprint, 0.0) <= now and not waits(job, open_runs):
                waiting.remove(job)
                return job
        return None

    def _may_try_again(self, job: Job, tries: dict[str, int]) -> bool:
        tries[job.fingerprint] = tries.get(job.fingerprint, 0) + 1
        return tries[job.fingerprint] <= RETRIES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        for worker in self._workers:
            worker.ask_to_stop()
        for worker in self._workers:
            worker.end(deadline)
        self._workers.clear()
