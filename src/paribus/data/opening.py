"""From what a recipe asks for to a data set in the cache."""

from pathlib import Path

from paribus.data.cache import DataSet, open_cached
from paribus.data.images import Source
from paribus.specs import DATASETS, DataOptions, builder_of


def open_data(options: DataOptions, folder: Path) -> DataSet:
    """Opens the set, reading it into the cache the first time; `folder` is what paths are relative to."""
    path = getattr(options, "path", None)
    if path is not None:
        options = options.model_copy(update={"path": str(folder / Path(path).expanduser())})
    source: Source = builder_of(DATASETS, options)(options)
    return open_cached(source, options.resize)
