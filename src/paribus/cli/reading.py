"""What a terminal shows while data are read: a bar. Elsewhere a line, where it takes long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from paribus.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.data.progress import Progress, Tell
    from paribus.workbench import Study

_LONG_SECONDS = 3.0
_MEGABYTE = 1_000_000


@contextmanager
def telling(asked: "Study", out: "Console") -> Iterator[None]:
    """While the study opens its data, the console shows how far it is."""
    with showing(out) as tell:
        asked.on_progress = tell
        yield


@contextmanager
def showing(out: "Console") -> Iterator["Tell"]:
    if not out.is_terminal:
        yield _Lines(out)
        return
    bar, count = BarColumn(bar_width=24), MofNCompleteColumn()
    what, unit, left = (
        TextColumn("{task.description}"),
        TextColumn("{task.fields[unit]}"),
        TimeRemainingColumn(),
    )
    with Bars(what, bar, count, unit, left, console=out, transient=True) as bars:
        yield _Bars(bars)


class _Bars:
    """A bar for each thing that is done."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, progress: "Progress") -> None:
        if progress.what not in self._tasks:
            self._tasks[progress.what] = self._bars.add_task(progress.what, total=None, unit="")
        done, total, unit = _scaled(progress)
        self._bars.update(self._tasks[progress.what], completed=done, total=total, unit=unit)


class _Lines:
    """A line when something begins to take long; logs stay short."""

    def __init__(self, out: "Console") -> None:
        self._out = out
        self._begun: dict[str, float] = {}
        self._told: set[str] = set()

    def __call__(self, progress: "Progress") -> None:
        begun = self._begun.setdefault(progress.what, time.monotonic())
        if progress.what in self._told or time.monotonic() - begun < _LONG_SECONDS:
            return
        self._told.add(progress.what)
        done, total, unit = _scaled(progress)
        say(self._out, f"{progress.what}: {done:,} of {total:,} {unit}" if total else progress.what)


def _scaled(progress: "Progress") -> tuple[int, int | None, str]:
    if progress.unit != "bytes":
        return progress.done, progress.total, progress.unit
    total = None if progress.total is None else progress.total // _MEGABYTE
    return progress.done // _MEGABYTE, total, "MB"
