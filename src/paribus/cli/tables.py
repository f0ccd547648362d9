"""Text for people: durations, counts, and tables that fit the terminal."""

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_OF_FILES = 160


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


def console(*, stderr: bool = False) -> Console:
    """Where people read, also while the user's code is made to print elsewhere. Markup means nothing."""
    file = sys.stderr if stderr else sys.stdout
    wide = None if file.isatty() else _WIDTH_OF_FILES
    return _Console(markup=False, highlight=False, width=wide, file=file)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Nobody reads on: `main` ends the command quietly."""
        raise BrokenPipeError
