"""What is shown while runs go on: in a terminal the study's picture, else a line for each run that ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.text import Text

from paribus.cli.picture import draw_study
from paribus.cli.tables import duration, percent
from paribus.errors import StoreError
from paribus.executors import Event
from paribus.plan import Plan
from paribus.watching import Watcher

_LOOKS_A_SECOND = 2
_STARTING = "Starting the workers."
STOPPING = "Stopping: the runs under way are being saved."


@dataclass
class Told:
    """Turns events into the lines that they are worth."""

    names: dict[str, str]  # of runs, by fingerprint
    ended: set[str]  # fingerprints of runs that will not go on
    seconds_left: Callable[[], float | None]
    expected: int = 0  # runs, with those of a search that have no name yet
    notes: list[str] = field(default_factory=list)  # what no row of a table says

    def follow(self, event: Event) -> str | None:
        line = self._say(event)
        if line and event.kind not in {"ended", "planned"}:  # which the picture shows
            self.notes.append(line)
        return line

    def _say(self, event: Event) -> str | None:
        facts = event.facts
        if event.kind == "stopping":
            return STOPPING
        if event.kind == "planned":
            self.names |= facts["names"]
            return str(facts["line"])
        name = self.names[event.fingerprint]
        if event.kind == "started":
            return "; ".join(facts["complaints"]) or None
        if event.kind == "noted":
            return f"{name}: {facts['line']}"
        if event.kind == "died":
            return f"{name}: {facts['reason']}; tried again from its checkpoint"
        if event.kind != "ended":
            return None
        if facts["state"] == "stopped":
            return f"{name}: stopped"
        self.ended.add(event.fingerprint)
        if facts["state"] == "finished":
            return f"{name}: {percent(facts.get('accuracy'))}{self._left()}"
        return f"{name}: {facts['state']}: {facts.get('reason')}"

    def _left(self) -> str:
        total = max(self.expected, len(self.names))
        left = self.seconds_left() if len(self.ended) < total else None
        told = f", about {duration(left)} left" if left else ""
        return f"   ({len(self.ended)} of {total} runs{told})"


def name_runs(plan: Plan, idle: set[str]) -> dict[str, str]:
    """What each run is called; `idle` are those of stages that nothing has to start from any more."""
    stages = {run.fingerprint for run in plan.stages}
    return {
        run.fingerprint: f"{'stage ' * (run.fingerprint in stages)}{run.arm}, seed {run.seed}"
        for run in plan.every_run
        if run.fingerprint not in idle
    }


@contextmanager
def shown(told: Told, watcher: Watcher, console: Console) -> Iterator[Callable[[Event], None]]:
    """Gives what is to be told of each event."""
    if not console.is_terminal or console.is_dumb_terminal:

        def print_line(event: Event) -> None:
            if line := told.follow(event):
                console.print(line, soft_wrap=True)

        yield print_line
        return

    def draw() -> Text:
        try:
            view = watcher.look()
        except StoreError as error:  # whoever trains meets it too, and ends with it
            return Text(str(error))
        if view is None or not (view.running or view.ended):
            return Text(_STARTING, style="dim")
        return draw_study(view, console.width, console.height, told.notes)

    with Live(
        console=console, refresh_per_second=_LOOKS_A_SECOND, transient=True, get_renderable=draw, screen=False
    ):
        yield lambda event: _forget(told.follow(event))


def _forget(_line: str | None) -> None:
    """The picture shows it."""
