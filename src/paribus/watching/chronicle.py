"""What happened while somebody looked: sentences about what is otherwise in two looks' difference."""

import time
from collections import deque
from typing import Any

from paribus.watching.views import ArmView, RunView, StudyView

_KEPT = 60


class Chronicle:
    """The latest events, the newest first."""

    def __init__(self) -> None:
        self._events: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._before: StudyView | None = None

    def note(self, view: StudyView) -> list[dict[str, Any]]:
        """All that is kept, with what is new in this view."""
        before, self._before = self._before, view
        if before is not None and before.revision == view.revision:
            self._compare_runs(before, view)
        elif before is not None:
            self._add(f"The study has a new revision, {view.revision[:12]}")
        if before is not None:
            self._compare_commands(before, view)
        return list(self._events)

    def _compare_runs(self, before: StudyView, view: StudyView) -> None:
        known = {run.fingerprint: run for run in before.runs}
        named = {run.fingerprint: (arm, run) for arm in view.arms for run in arm.runs}
        for name, (arm, run) in named.items():
            if name in known and (said := _say_change(known[name], run)):
                self._add(said, arm, run)

    def _compare_commands(self, before: StudyView, view: StudyView) -> None:
        known = {sitting.id: sitting for sitting in before.sittings}
        for sitting in view.sittings:
            called = f"The command of process {sitting.pid}"
            was = known.get(sitting.id)
            if was is None and sitting.lives:
                self._add(f"{called} set to work")
            if was is None:
                continue
            if sitting.stop_asked and not was.stop_asked:
                self._add(f"{called} was asked to stop")
            if was.lives and not sitting.lives:
                over = "has ended" if sitting.ended else "is gone without a word: it was killed, or crashed"
                self._add(f"{called} {over}")

    def _add(self, said: str, arm: ArmView | None = None, run: RunView | None = None) -> None:
        where: dict[str, Any] = {}
        if arm is not None and run is not None:
            where = {"arm": arm.title, "seed": run.seed}
        if arm is not None and run is not None and arm.is_search:
            where["label"] = arm.label(run)
        self._events.appendleft({"at": time.time(), "said": said, **where})


def _say_change(was: RunView, now: RunView) -> str | None:
    """Nothing of what the table of arms shows anyway: starts and single epochs."""
    one, other = was.signs, now.signs
    if one.state == "running" and other.state == "running" and other.claim != one.claim:
        return f"process {one.pid} is gone; process {other.pid} goes on from the checkpoint"
    if was.state == now.state:
        return None
    if now.state == "finished":
        return "finished"
    if now.state in {"diverged", "failed", "stopped"}:
        return f"{now.state}: {other.reason}" if other.reason else now.state
    if now.state == "running" and was.state in {"stopped", "failed"}:
        return f"taken up again by process {other.pid}"
    return None
