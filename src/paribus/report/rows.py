"""What charts of rows share: an arm a row, its name at the left, words at the right; or both above it."""

import re

from paribus.report.charts import Spec
from paribus.report.markup import BREAK

ROW_PIXELS, LINE_PIXELS = 54, 14  # of a row whose name has one line; for each more
LETTERS = 21  # of a name, in one line
WIDE = 560  # pixels from which names and words stand beside the rows
NAMES, WORDS = 170, 165  # pixels for them


def wide(wide: str, narrow: str) -> Spec:
    """One value where names and words have room beside the rows, another where they have not."""
    return {"expr": f"width >= {WIDE} ? {wide} : {narrow}"}


def break_name(name: str, letters: int = LETTERS) -> list[str]:
    """A name as lines, broken at its commas and at its joints only where a piece is too long for a line.

    Nothing is left out, so two arms never look the same.
    """
    lines: list[str] = []
    for piece in re.split(r"(?<=,)", name):
        if lines and lines[-1].endswith(",") and len(lines[-1]) + len(piece) <= letters:
            lines[-1] += piece
        else:
            lines += _fill_lines(piece, letters)
    return lines


def _fill_lines(piece: str, letters: int) -> list[str]:
    """Lines of at most so many letters, broken at joints and spaces, and anywhere if there are none."""
    lines = [""]
    for word in re.split(rf"{BREAK.pattern}|(?<= )", piece):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > letters:
            lines.append("")
        parts = [word[k : k + letters] for k in range(0, len(word), letters)]
        lines[-1:] = [lines[-1] + "".join(parts[:1]), *parts[1:]]
    return [line for line in lines if line]
