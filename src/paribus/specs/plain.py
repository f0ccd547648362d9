"""Values from Python as a study file has them: paths are texts, and what numpy counts are numbers."""

import os
from collections.abc import Mapping
from typing import Any


def as_plain(given: Any) -> Any:
    """What it does not know stays as it is, to be refused where it stands."""
    if isinstance(given, Mapping):
        return {name: as_plain(value) for name, value in given.items()}
    if isinstance(given, list | tuple | range):
        return [as_plain(value) for value in given]
    if isinstance(given, os.PathLike):
        return os.fspath(given)
    if type(given).__module__ == "numpy" and isinstance(given.tolist(), float):
        return float(str(given))  # a float32 that is shown as 0.1 is 0.1
    if hasattr(given, "dtype") and hasattr(given, "tolist"):  # other numbers, and arrays, of numpy or torch
        return given.tolist()
    return given
