"""Text for people: durations, counts, and tables that fit the terminal."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from paribus.data import DataSet
    from paribus.workbench import Study

_WIDTH_OF_FILES = 160
_SKIPPED_SHOWN = 5
_ARMS_NAMED = 5
_FEW_IMAGES = 200  # fewer than these make steps of half a point and more


def duration(seconds: float | None) -> str:
    """12 s, 3 min 20 s, 2 h 05 min."""
    if seconds is None:
        return "-"
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def percent(share: float | None, digits: int = 1) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def plain_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> Table:
    """White space instead of lines; the columns numbered in `right` are figures."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def say(out: Console, text: str) -> None:
    """Prose: wrapped between words in a terminal, one line elsewhere."""
    out.print(text, soft_wrap=not out.is_terminal)


def tell_data(out: Console, asked: "Study") -> None:
    """Each data set of the study once: how many images of what kind, and what was passed over."""
    alike: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for arm, data in asked.data.items():
        alike.setdefault((data.fingerprint, data.shape), []).append(arm)
    told = set()
    for (fingerprint, _), arms in alike.items():
        data = asked.data[arms[0]]
        sizes = ", ".join(f"{count:,} {split}" for split, count in data.counts.items())
        channels, height, width = data.shape
        kind = f"{len(data.classes)} classes, {channels} x {height} x {width}"
        whose = f" of {_some(arms)}" if len(alike) > 1 else ""
        say(out, f"Data{whose}: {sizes} images; {kind}. {_validated(asked, arms[0])}")
        if fingerprint not in told:
            _tell_skipped(out, data)
        told.add(fingerprint)


def _some(arms: Sequence[str]) -> str:
    more = f" and {len(arms) - _ARMS_NAMED} more" if len(arms) > _ARMS_NAMED else ""
    return ", ".join(arms[:_ARMS_NAMED]) + more


def _tell_skipped(out: Console, data: "DataSet") -> None:
    for skipped in data.skipped[:_SKIPPED_SHOWN]:
        say(out, f"  skipped: {skipped}")
    if len(data.skipped) > _SKIPPED_SHOWN:
        say(out, f"  skipped: {len(data.skipped) - _SKIPPED_SHOWN:,} more")


def _validated(asked: "Study", name: str) -> str:
    """How many images validate in that arm, and what one of them weighs."""
    from paribus.data import select_training

    options = next(arm.recipe.data for arm in asked.arms if arm.name == name)
    count = len(select_training(options, asked.data[name], seed=0).validation.positions)
    told = f"{count:,} images validate"
    return f"{told}: one of them is {100 / count:.1f} points." if count < _FEW_IMAGES else f"{told}."


def console(*, stderr: bool = False) -> Console:
    """Where people read, also while the user's code is made to print elsewhere. Markup means nothing."""
    file = sys.stderr if stderr else sys.stdout
    wide = None if file.isatty() else _WIDTH_OF_FILES
    return _Console(markup=False, highlight=False, width=wide, file=file)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Nobody reads on: `main` ends the command quietly."""
        raise BrokenPipeError
