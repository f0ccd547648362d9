"""What is printed on: a terminal of another time, a closed one."""

import codecs
import os
import sys
from io import TextIOWrapper
from pathlib import Path

# What paribus prints beside letters and figures, for terminals that know less.
_PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MULTIPLICATION SIGN}": "x",
    "…": "...",
    "“": '"',
    "”": '"',
    "●": "*",
    "○": "o",
    "✕": "x",
    "◐": "+",
    "·": ".",
    "━": "=",
    "─": "-",
    "│": "|",
} | dict.fromkeys("▁▂▃▄▅▆▇█", "#")


def ready_streams() -> None:
    """No character and no closed stream ends a command."""
    codecs.register_error("paribus.plain", _say_plainly)
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  to the end
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  to the end
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="paribus.plain")


def _say_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    refused = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in refused), error.end
