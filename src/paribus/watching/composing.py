"""From looks at the ledger to messages for the board: what is new, and no oftener than eyes can follow."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from paribus.errors import StoreError
from paribus.watching.board import Board, Messages, write_message
from paribus.watching.chronicle import Chronicle
from paribus.watching.curves import draw_overviews, draw_panels
from paribus.watching.machine import measure_memory
from paribus.watching.messages import tell_state, tell_study, tell_troubles
from paribus.watching.views import StudyView
from paribus.watching.watcher import Watcher

_LOOK_SECONDS = 0.25
_ALONE_SECONDS = 1.0  # between looks while nobody follows
_TOLD_SECONDS = (
    1.0  # at least between two times that followers are told: sending to fifty costs more than reading
)
_CHART_SECONDS = 1.5  # at least between two drawings
_CHART_SHARE = 0.05  # of the time may go into drawing
_MEMORY_SECONDS = 5.0
_CLOCK_SECONDS = 5.0  # so often the server says that it lives


class Composer:
    """Called again and again, in any thread but by one at a time."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher, self._chronicle = watcher, Chronicle()
        self._view: StudyView | None = None
        self._told = False  # whether anything was
        self._drawn: object = None  # which epochs the charts show
        self._due = dict.fromkeys(("charts", "memory", "clock"), 0.0)

    def compose(self, *, followed: bool = True) -> Messages:
        """What is new since the last call; charts and memory only where somebody looks."""
        try:
            view = self._watcher.look()
        except StoreError as error:
            self._told = False
            return [_write("state", {"pace": "unreadable", "headline": str(error)}), *self._tell_clock()]
        messages: Messages = []
        if view is not self._view or not self._told:
            self._view, self._told = view, True
            messages += self._tell_change(view)
        if view is not None and followed:
            messages += self._draw(view) + self._measure(view)
        return messages + self._tell_clock()

    def _tell_change(self, view: StudyView | None) -> Messages:
        if view is None:
            self._drawn = None
            return [_write("state", {"pace": "absent", "headline": ""})]
        return [
            _write("study", tell_study(view)),
            _write("state", tell_state(view)),
            _write("troubles", tell_troubles(view)),
            _write("happened", self._chronicle.note(view)),
        ]

    def _draw(self, view: StudyView) -> Messages:
        at = (
            view.revision,
            [(arm.name, len(arm.course), [run.epoch for run in arm.runs]) for arm in view.arms],
        )
        if at == self._drawn or not self._is_due("charts", 0.0):
            return []
        self._drawn, started = at, time.monotonic()
        messages = [_write("charts", draw_overviews(view)), _write("panels", draw_panels(view))]
        taken = time.monotonic() - started
        self._due["charts"] = time.monotonic() + max(_CHART_SECONDS, taken / _CHART_SHARE)
        return messages

    def _measure(self, view: StudyView) -> Messages:
        return [_write("memory", measure_memory(view))] if self._is_due("memory", _MEMORY_SECONDS) else []

    def _tell_clock(self) -> Messages:
        return [_write("clock", {"now": time.time()})] if self._is_due("clock", _CLOCK_SECONDS) else []

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due[what]:
            return False
        self._due[what] = now + every
        return True


async def keep_composing(composer: Composer, board: Board, ending: Callable[[], bool]) -> None:
    """The one reader of the ledger, whoever follows; until the server is `ending`."""
    due, followers = 0.0, 0
    try:
        while not ending():
            if time.monotonic() >= due or board.followers > followers:  # who has just come waits for nothing
                followers = board.followers
                messages = await asyncio.to_thread(composer.compose, followed=followers > 0)
                board.post(messages)
                pause = _TOLD_SECONDS if messages else _LOOK_SECONDS
                due = time.monotonic() + (pause if followers else _ALONE_SECONDS)
            followers = min(followers, board.followers)
            await asyncio.sleep(_LOOK_SECONDS / 2)
    finally:
        board.close()


def _write(kind: str, content: Any) -> tuple[str, bytes]:
    return kind, write_message(kind, content)
