"""What a terminal shows while runs go on: arms, seeds, epochs, time left. Elsewhere a line a run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from paribus.cli.tables import duration, percent, plain_table
from paribus.executors import Event
from paribus.plan import Plan

_BAR_WIDTH = 30


@dataclass
class _RunView:
    arm: str
    seed: int
    epochs: int
    epoch: int = 0
    resumed_epoch: int = 0
    accuracy: float | None = None
    state: str = "planned"


@dataclass
class Progress:
    """Follows events; knows how far the study is and how long it will take."""

    plan: Plan
    done_before: set[str]  # fingerprints of runs that were results already
    idle: set[str] = field(default_factory=set)  # of stages that nothing has to start from any more
    started: float = field(default_factory=time.monotonic)
    runs: dict[str, _RunView] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        stages = {run.fingerprint: f"stage {run.arm}" for run in self.plan.stages}
        for run in self.plan.every_run:
            name = stages.get(run.fingerprint, run.arm)
            view = _RunView(name, run.seed, run.recipe.epochs)
            if run.fingerprint in self.done_before:
                view.state, view.epoch, view.resumed_epoch = "finished", view.epochs, view.epochs
            if run.fingerprint not in self.idle:
                self.runs[run.fingerprint] = view

    def follow(self, event: Event) -> str | None:
        """Takes an event in; returns the line that it is worth, if any."""
        view, facts = self.runs[event.fingerprint], event.facts
        name = f"{view.arm}, seed {view.seed}"
        if event.kind == "started":
            view.state, view.epoch, view.resumed_epoch = "running", facts["epoch"], facts["epoch"]
            view.accuracy = facts["accuracy"]
            self.troubles += facts["complaints"]
            return "; ".join(facts["complaints"]) or None
        if event.kind == "epoch":
            view.epoch, view.accuracy = facts["epoch"], facts["accuracy"]
            return None
        if event.kind == "noted":
            return f"{name}: {facts['line']}"
        if event.kind == "taken":
            view.state = "elsewhere"
            return None
        if event.kind == "died":
            line = f"{name}: {facts['reason']}; tried again from its checkpoint"
            self.troubles.append(line)
            return line
        view.state = facts["state"]
        if view.state == "finished":
            view.epochs = view.epoch = facts.get("epoch", view.epoch)
            return f"{name}: {percent(facts.get('accuracy', view.accuracy))}{self._left()}"
        if view.state == "stopped":
            return f"{name}: stopped"
        line = f"{name}: {view.state}: {facts.get('reason')}"
        self.troubles.append(line)
        return line

    @property
    def ended(self) -> int:
        return sum(view.state in {"finished", "diverged", "failed"} for view in self.runs.values())

    def seconds_left(self) -> float | None:
        """By epochs: those done since the start against those to do."""
        views = self.runs.values()
        done = sum(view.epoch - view.resumed_epoch for view in views)
        todo = sum(view.epochs - view.epoch for view in views if view.state not in {"diverged", "failed"})
        if not done:
            return None
        return (time.monotonic() - self.started) / done * todo

    def _left(self) -> str:
        left = self.seconds_left()
        told = f", about {duration(left)} left" if left else ""
        return f"   ({self.ended} of {len(self.runs)} runs{told})"

    def view(self) -> Group:
        """The live picture."""
        share = self.ended / len(self.runs)
        filled = round(_BAR_WIDTH * share)
        left = self.seconds_left()
        head = Text.assemble(
            ("━" * filled, "bold"),
            ("━" * (_BAR_WIDTH - filled), "dim"),
            f"  {self.ended} of {len(self.runs)} runs",
            f", {duration(time.monotonic() - self.started)}",
            f", about {duration(left)} left" if left else "",
        )
        if not any(view.state != "planned" for view in self.runs.values() if view.epoch < view.epochs):
            head.append("   starting the workers")
        troubles = [Text(line, style="red") for line in self.troubles[-3:]]
        return Group(self._table(), Text(""), head, *troubles)

    def _table(self) -> Table:
        rows = []
        for name in dict.fromkeys(view.arm for view in self.runs.values()):
            views = [view for view in self.runs.values() if view.arm == name]
            running = [view for view in views if view.state == "running"]
            seeds = "".join(_MARKS.get(view.state, "·") for view in views)
            now = ", ".join(f"seed {view.seed} epoch {view.epoch}/{view.epochs}" for view in running)
            scores = [
                view.accuracy for view in views if view.accuracy is not None and view.state == "finished"
            ]
            mean = percent(sum(scores) / len(scores)) if scores else ""
            rows.append((name, seeds, mean, now))
        return plain_table(("arm", "seeds", "validation", "now"), rows, right=(2,))


_MARKS = {"finished": "●", "running": "◐", "diverged": "✕", "failed": "!", "elsewhere": "○", "stopped": "○"}


@contextmanager
def shown(progress: Progress, console: Console) -> Iterator["Display"]:
    """A live table in a terminal, lines elsewhere."""
    if not console.is_terminal:
        yield Display(progress, console, None)
        return
    live = Live(
        progress.view(), console=console, refresh_per_second=4, transient=True, get_renderable=progress.view
    )
    with live:
        yield Display(progress, console, live)


@dataclass
class Display:
    progress: Progress
    console: Console
    live: Live | None

    def follow(self, event: Event) -> None:
        line = self.progress.follow(event)
        if line and self.live is None:
            self.console.print(line, soft_wrap=True)
