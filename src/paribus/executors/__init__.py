"""Where runs happen. The table names each executor; all of them call the same job function."""

from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from paribus.executors.events import Event, Job
from paribus.specs.tables import import_object

EXECUTORS = {
    "inline": "paribus.executors.inline:InlineExecutor",
    "local": "paribus.executors.local:LocalExecutor",
}


class Executor(Protocol):
    """One method, and a context to use it in."""

    def carry_out(self, jobs: Sequence[Job]) -> Iterator[Event]:
        """Events of all the jobs, until each has ended."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def make_executor(name: str, *, slots: int, threads: int) -> Executor:
    executor: Executor = import_object(EXECUTORS[name])(slots=slots, threads=threads)
    return executor


__all__ = ["EXECUTORS", "Event", "Executor", "Job", "make_executor"]
