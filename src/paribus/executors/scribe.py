"""One thread beside a run that writes, in order, what the run hands over: training never waits for the disk.

It also says, every few seconds, that the run's owner lives. What goes wrong in the thread is raised where the
run next hands something over.
"""

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from paribus.store import (
    Arrays,
    Claim,
    EpochRecord,
    Ledger,
    append_epochs,
    beat,
    note_facts,
    write_checkpoint,
)

_HEARTBEAT_SECONDS = 5.0


class Scribe:
    """Writes for one claim, within a context."""

    def __init__(self, ledger: Ledger, claim: Claim, run_folder: Path, checkpoint_seconds: float) -> None:
        self._ledger, self._claim, self._run_folder = ledger, claim, run_folder
        self._checkpoint_seconds = checkpoint_seconds
        self._checkpointed = time.monotonic()
        self._tasks: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="scribe", daemon=True)
        self._thread.start()

    def note_epochs(self, records: list[EpochRecord]) -> None:
        self._hand_over(lambda: append_epochs(self._ledger, self._claim, records))

    def note_facts(self, parameters: int, facts: dict[str, Any]) -> None:
        self._hand_over(lambda: note_facts(self._ledger, self._claim, parameters=parameters, facts=facts))

    @property
    def checkpoint_is_due(self) -> bool:
        """Never while something is still being written."""
        self.raise_fault()
        waited = time.monotonic() - self._checkpointed
        return waited >= self._checkpoint_seconds and self._tasks.empty()

    def checkpoint(self, step: int, captured: tuple[Arrays, dict[str, Any]]) -> None:
        self._checkpointed = time.monotonic()

        def write() -> None:
            beat(self._ledger, self._claim, progressed=True)  # a sleeper that wakes finds out here
            write_checkpoint(self._run_folder, step, *captured)

        self._hand_over(write)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Returns when everything is written; after an error, what was handed over is dropped."""
        self._fault = self._fault or error
        self._tasks.put(None)
        self._thread.join()
        if error is None:
            self.raise_fault()

    def raise_fault(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _hand_over(self, task: Callable[[], None]) -> None:
        self.raise_fault()
        self._tasks.put(task)

    def _write(self) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=_HEARTBEAT_SECONDS)
            except queue.Empty:
                task = self._beat
            if task is None:
                return
            try:
                if self._fault is None:
                    task()
            except BaseException as fault:  # noqa: BLE001  raised again in the run's own thread
                self._fault = fault

    def _beat(self) -> None:
        beat(self._ledger, self._claim)
