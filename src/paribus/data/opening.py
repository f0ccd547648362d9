"""From what a recipe asks for to a data set in the cache."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from paribus.data.cache import DataSet, open_cached
from paribus.data.fitting import Fit
from paribus.data.images import Source
from paribus.data.pictures.reading import refuse_bad
from paribus.data.progress import Tell, tell_nobody
from paribus.data.users import read_users
from paribus.specs import DATASETS, DataOptions, builder_of
from paribus.specs.datasets import PLACES, PictureOptions, UserData


def open_data(options: DataOptions, folder: Path, tell: Tell = tell_nobody) -> DataSet:
    """Opens the set, reading it into the cache the first time; `folder` is what paths are relative to."""
    build: Any = read_users if isinstance(options, UserData) else builder_of(DATASETS, options)
    placed = _placed(options, folder)
    source: Source = build(placed, tell)
    data = open_cached(source, fit_of(options), tell)
    if isinstance(placed, PictureOptions):
        refuse_bad(data.skipped, placed)
    return data


def fit_of(options: DataOptions) -> Fit:
    """What the options ask of every image."""
    size = None if options.resize is None else (options.resize, options.resize)
    return Fit(size, options.fit, options.gray)


def _placed(options: DataOptions, folder: Path) -> DataOptions:
    """With every path where it lies."""
    places: dict[str, str | tuple[str, ...]] = {}
    for name in PLACES:
        given = getattr(options, name, None)
        if isinstance(given, str):
            places[name] = str(folder / Path(given).expanduser())
        elif isinstance(given, Sequence):
            places[name] = tuple(str(folder / Path(one).expanduser()) for one in given)
    return options.model_copy(update=places)
