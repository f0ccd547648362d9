"""Text that must fit: names cut in their middle, numbers as marks. Widths are in cells of a terminal."""

from collections.abc import Sequence

from rich.cells import cell_len

_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
_BARS = "▁▂▃▄▅▆▇█"


def plain(text: str) -> str:
    """In one line, and without what would move a terminal's cursor, turn its direction or colour it."""
    return "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in " ".join(text.split()))


def cut_middle(text: str, width: int) -> str:
    """Both ends tell names of a grid apart; the end is more telling, so it keeps the odd cell."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return _ELLIPSIS[:width]
    tail = width // 2
    return _first(text, width - 1 - tail) + _ELLIPSIS + _first(text[::-1], tail)[::-1]


def cut_end(text: str, width: int) -> str:
    return text if cell_len(text) <= width else _first(text, width - 1) + _ELLIPSIS


def sparkline(values: Sequence[float], width: int, low: float, high: float) -> str:
    """The line in at most so many marks, the last value always its last mark; heights go from low to high."""
    if not values or width < 1:
        return ""
    count = min(len(values), width)
    drawn = [values[(k + 1) * len(values) // count - 1] for k in range(count)]
    reach = high - low
    places = [(value - low) / reach if reach > 0 else 0.5 for value in drawn]
    return "".join(_BARS[min(max(int(place * len(_BARS)), 0), len(_BARS) - 1)] for place in places)


def _first(text: str, width: int) -> str:
    """As many letters as fit."""
    end = 0
    while end < len(text) and cell_len(text[: end + 1]) <= width:
        end += 1
    return text[:end]
