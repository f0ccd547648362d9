"""A study as it stands, as lines for a terminal of any width.

`paribus run` shows them again and again, `paribus status` once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from paribus.cli.fitting import cut_end, cut_middle, plain, sparkline
from paribus.cli.tables import duration, percent
from paribus.watching import ArmView, RunView, StudyView

_MARKS = {
    "finished": "●", "running": "◐", "diverged": "✕", "failed": "!", "stopped": "○", "planned": "·",
}  # fmt: skip
_GAP = 2
_BAR = 30
_TROUBLES = 3  # shown; the last ones
_AROUND = 9  # lines of a picture that are no arms
_FEWEST_ROWS = 4


@dataclass(frozen=True)
class _Columns:
    """How wide each is; 0: not shown."""

    name: int
    seeds: int
    mean: int
    spark: int
    now: int


def draw_study(view: StudyView, width: int, height: int, notes: Sequence[str] = ()) -> Text:
    """Arms, how far the study is, and what went wrong: in so few lines that nothing scrolls away.

    `notes` are sentences about runs that stand beside those that the ledger has.
    """
    arms = draw_arms(view, width, max(height - _AROUND, _FEWEST_ROWS))
    told = [*notes, *(say_trouble(arm, run, width // 3) for arm, run in view.troubled)]
    troubles = [Text(cut_end(plain(line), width), style="red") for line in told[-_TROUBLES:]]
    return Text("\n").join([arms, Text(""), draw_progress(view, width), *troubles])


def draw_arms(view: StudyView, width: int, most: int | None = None) -> Text:
    """A line an arm, none wider than `width`; with `most`, arms are left out and counted."""
    arms = _choose(view, most)
    columns = _fit(arms, width)
    lines = [_head(columns), *(_row(arm, columns, width, _reach(view)) for arm in arms)]
    if left := _count_others(view, arms):
        lines.append(Text(cut_end(left, width), style="dim"))
    return Text("\n").join(lines)


def draw_progress(view: StudyView, width: int) -> Text:
    """A bar and what it means, as much of it as fits."""
    left, open_runs = view.seconds_left, view.total - view.ended
    parts = [f"{view.ended} of {view.total} runs"]
    if left and open_runs:
        parts.append(f"about {duration(left)} left")
    if view.slots:
        parts.append(f"{view.slots} slot{'s' * (view.slots != 1)}")
    while len(parts) > 1 and cell_len(", ".join(parts)) > width:
        parts.pop()
    told = ", ".join(parts)
    bar = min(_BAR, width - cell_len(told) - _GAP)
    if bar < 4:
        return Text(cut_end(told, width))
    filled = round(bar * view.ended / max(view.total, 1))
    return Text.assemble(("━" * filled, "bold"), ("━" * (bar - filled), "dim"), " " * _GAP, told)


def say_trouble(arm: ArmView, run: RunView, most: int = 200) -> str:
    """`most` cells of it are for the arm's name."""
    return f"{cut_middle(plain(arm.title), most)}, {arm.label(run)}: {run.state}: {run.signs.reason}"


def _choose(view: StudyView, most: int | None) -> list[ArmView]:
    """All, or those that run and those last heard of, in the study's order."""
    if most is None or len(view.arms) <= most:
        return list(view.arms)
    running = {arm.title for arm, _ in view.running}
    latest = sorted(view.arms, key=lambda arm: (arm.title in running, arm.heard), reverse=True)[:most]
    chosen = {arm.title for arm in latest}
    return [arm for arm in view.arms if arm.title in chosen]


def _count_others(view: StudyView, shown: Sequence[ArmView]) -> str:
    chosen = {arm.title for arm in shown}
    others = [arm for arm in view.arms if arm.title not in chosen]
    if not others:
        return ""
    counts = Counter[str](run.state for arm in others for run in arm.runs)
    told = ", ".join(f"{counts[state]} {state}" for state in _MARKS if counts[state])
    return f"and {len(others)} more arm{'s' * (len(others) != 1)}: {told}"


def _fit(arms: Sequence[ArmView], width: int) -> _Columns:
    """What a narrow terminal has no room for is left out: first the line, then which epoch it is."""
    seeds = max([5, *(cell_len(_seeds(arm, width)) for arm in arms)])
    epochs = max((len(arm.course) for arm in arms), default=0)
    spark = 0 if width < 60 else min(max(epochs, 6), 10 if width < 100 else 24)
    now = 0 if width < 48 else max([5, *(cell_len(_now(arm)) for arm in arms)])
    names = max([3, *(cell_len(_name(arm)) for arm in arms)])
    fixed = sum(column + _GAP for column in (seeds, 7, spark, now) if column)
    return _Columns(max(min(names, width - fixed), 3), seeds, 7, spark, now)


def _head(columns: _Columns) -> Text:
    cells = ("arm", "seeds", "mean".rjust(columns.mean), "course", "epoch")
    return Text(_line(cells, columns), style="bold")


def _row(arm: ArmView, columns: _Columns, width: int, reach: tuple[float, float]) -> Text:
    mean = percent(arm.mean) if arm.mean is not None else ""
    spark = sparkline(arm.course, columns.spark, *reach)
    name = cut_middle(_name(arm), columns.name)
    line = Text(_line((name, _seeds(arm, width), mean.rjust(columns.mean), spark, _now(arm)), columns))
    if not arm.is_settled:  # of runs that go on
        start = columns.name + columns.seeds + 2 * _GAP
        line.stylize("dim", start, start + columns.mean)
    return line


def _line(cells: Sequence[str], columns: _Columns) -> str:
    widths = (columns.name, columns.seeds, columns.mean, columns.spark, columns.now)
    shown = [set_cell_size(cell, width) for cell, width in zip(cells, widths, strict=True) if width]
    return (" " * _GAP).join(shown).rstrip()


def _name(arm: ArmView) -> str:
    return plain(arm.title) + (" (control)" if arm.is_control else "")


def _seeds(arm: ArmView, width: int) -> str:
    """A mark a seed; where they are too many, how many are done."""
    if len(arm.runs) <= max(width // 4, 5):
        return "".join(_MARKS[run.state] for run in arm.runs)
    finished = sum(run.state == "finished" for run in arm.runs)
    return f"{finished}/{len(arm.runs)}"


def _now(arm: ArmView) -> str:
    """How far the runs under way are: the first of them, and how many more."""
    running = [run for run in arm.runs if run.state == "running"]
    if not running:
        return ""
    more = f" +{len(running) - 1}" if len(running) > 1 else ""
    return f"{running[0].epoch}/{running[0].epochs}{more}"


def _reach(view: StudyView) -> tuple[float, float]:
    """The lowest and the highest point of all lines: arms are compared on one scale."""
    values = [value for arm in view.arms for value in arm.course if value == value]  # noqa: PLR0124  no NaN
    return min(values, default=0.0), max(values, default=1.0)
