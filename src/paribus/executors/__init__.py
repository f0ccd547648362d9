"""Where runs happen. The table names each executor; all of them call the same job function."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from paribus.errors import ExecutionError
from paribus.executors.events import Event, Job
from paribus.executors.processor import count_processors
from paribus.specs.tables import import_object
from paribus.specs.words import did_you_mean, known

EXECUTORS = {
    "inline": "paribus.executors.inline:InlineExecutor",
    "local": "paribus.executors.local:LocalExecutor",
}


@dataclass(frozen=True)
class Execution:
    """How runs are carried out: no part of what they are."""

    executor: str = "local"
    slots: int | None = None  # runs at a time; None: as many as processors divided by threads
    threads: int = 1  # of each run
    device: str = "auto"
    checkpoint_seconds: float = 10.0

    def __post_init__(self) -> None:
        if self.executor not in EXECUTORS:
            hint = did_you_mean(self.executor, EXECUTORS)
            raise ExecutionError(f"unknown executor '{self.executor}'; {known(EXECUTORS)}.{hint}")

    @property
    def slot_count(self) -> int:
        if self.executor == "inline":
            return 1
        return self.slots or max(count_processors() // self.threads, 1)


class Executor(Protocol):
    """One method, and a context to use it in."""

    def carry_out(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Events of all the jobs, until each has ended."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def make_executor(execution: Execution, stopping: Callable[[], bool] = lambda: False) -> Executor:
    """`stopping` is asked often, so it must not take long: true makes `carry_out` raise StopRequested."""
    make = import_object(EXECUTORS[execution.executor])
    executor: Executor = make(slots=execution.slot_count, threads=execution.threads, stopping=stopping)
    return executor


__all__ = ["EXECUTORS", "Event", "Execution", "Executor", "Job", "make_executor"]
