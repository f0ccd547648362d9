"""Opening data to look at them: what would stop a study is passed over and said."""

from pathlib import Path

from paribus.data.cache import DataSet
from paribus.data.opening import open_data
from paribus.data.progress import Tell, tell_nobody
from paribus.errors import DataError
from paribus.specs import DataOptions
from paribus.specs.datasets import PictureOptions

LOOKED_AT = 64  # pixels a side, where sizes differ and nobody chose one


def admit_data(options: DataOptions, folder: Path, tell: Tell = tell_nobody) -> tuple[DataSet, str]:
    """The set, and what was done to its images to read them: nothing, or made of one size."""
    if isinstance(options, PictureOptions):
        options = options.model_copy(update={"on_bad": "skip"})
    try:
        return open_data(options, folder, tell), _note(options.resize)
    except DataError as error:
        if options.resize is not None:
            raise
        reason = error
    try:
        resized = options.model_copy(update={"resize": LOOKED_AT})
        return open_data(resized, folder, tell), f"{_note(LOOKED_AT)}, for sizes differ"
    except DataError:
        raise reason from None  # size was not the trouble


def _note(side: int | None) -> str:
    return f"made {side} x {side} to look at" if side else ""
