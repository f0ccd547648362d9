"""Opening data that nobody wrote options for: what would stop a study is passed over and said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from paribus.data.cache import DataSet
from paribus.data.looking import RESIZED
from paribus.data.opening import open_data
from paribus.data.progress import Tell, tell_nobody
from paribus.errors import SizesDiffer
from paribus.specs import DataOptions
from paribus.specs.datasets import PictureOptions


class Admitted(NamedTuple):
    """A set that could be opened."""

    data: DataSet
    options: DataOptions  # with which it was
    note: str  # what was done to its images to read them: nothing, or made of one size


def admit_data(
    options: DataOptions,
    folder: Path,
    tell: Tell = tell_nobody,
    if_sizes_differ: Mapping[str, Any] = RESIZED,
) -> Admitted:
    """Without files that cannot be read; with the other options where its images differ in size."""
    if isinstance(options, PictureOptions):
        options = options.model_copy(update={"on_bad": "skip"})
    try:
        return Admitted(open_data(options, folder, tell), options, _note(options.resize))
    except SizesDiffer:
        if options.resize is not None:
            raise
    options = options.model_copy(update=dict(if_sizes_differ))
    return Admitted(open_data(options, folder, tell), options, f"{_note(options.resize)}, for sizes differ")


def _note(side: int | None) -> str:
    return f"made {side} x {side} to look at" if side else ""
