"""Opening data to look at them: what would stop a study is passed over and said."""

import os
from contextlib import suppress
from pathlib import Path

from PIL import Image

from paribus.data.cache import DataSet
from paribus.data.opening import open_data
from paribus.data.pictures.layout import SUFFIXES
from paribus.data.progress import Tell, tell_nobody
from paribus.errors import DataError
from paribus.specs import DataOptions
from paribus.specs.datasets import Folder, PictureOptions

LOOKED_AT = 64  # pixels a side, where originals are large or differ in size
_LARGE = 256  # pixels a side


def admit_data(options: DataOptions, folder: Path, tell: Tell = tell_nobody) -> tuple[DataSet, str]:
    """The set, and what was done to its images to read them: nothing, or made of one size."""
    if isinstance(options, PictureOptions):
        options = options.model_copy(update={"on_bad": "skip"})
    resized = options.model_copy(update={"resize": LOOKED_AT})
    note = f"made {LOOKED_AT} x {LOOKED_AT} to look at"
    if options.resize is None and isinstance(options, Folder) and _is_large(options, folder):
        return open_data(resized, folder, tell), note
    try:
        return open_data(options, folder, tell), ""
    except DataError as error:
        if options.resize is not None:
            raise
        reason = error
    try:
        return open_data(resized, folder, tell), f"{note}, for sizes differ"
    except DataError:
        raise reason from None  # size was not the trouble


def _is_large(options: Folder, folder: Path) -> bool:
    """By its first picture: photographs as cameras make them would fill the cache."""
    first = options.path if isinstance(options.path, str) else options.path[0]
    for within, _, names in os.walk(folder / Path(first).expanduser()):
        for name in names:
            if name.lower().endswith(SUFFIXES):
                with (
                    suppress(OSError, Image.DecompressionBombError),
                    Image.open(Path(within) / name) as image,
                ):
                    return max(image.size) > _LARGE
    return False
