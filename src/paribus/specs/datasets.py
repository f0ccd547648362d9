"""Where images come from, and which of them are used."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from paribus.specs.base import Options, Sequence
from paribus.specs.tables import Entry, OneOf
from paribus.specs.words import quoted

Share = Annotated[float, Field(gt=0, lt=1)]
Side = Annotated[int, Field(ge=4, le=1024)]


def _position_or_name(given: Any) -> Any:
    """One message where pydantic has one for each kind that would do."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise PydanticCustomError(
            "class", "given {given}; expected a class's position or name", {"given": quoted(given)}
        )
    return given


ClassName = Annotated[int | str, BeforeValidator(_position_or_name)]


class DataOptions(Options):
    """What every data set can be asked for. Selections apply before validation is carved out."""

    validation: Share = 0.1  # share of train, stratified by class, drawn anew for each seed
    classes: Sequence[ClassName] | None = None  # positions or names; order as given
    per_class: Annotated[int, Field(ge=2)] | None = None  # images kept of each class of train
    resize: Side | None = None  # squashed to this many pixels a side


class StreetNumbers(DataOptions):
    """Drawn house numbers, 32x32 in colour, like SVHN; no download."""

    name: Literal["streetnumbers"] = "streetnumbers"
    train: Annotated[int, Field(ge=20, le=1_000_000)] = 8_000  # images, validation's share among them
    test: Annotated[int, Field(ge=20, le=1_000_000)] = 4_000  # images
    extra: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # easier images, added to train
    size: Annotated[int, Field(ge=16, le=128)] = 32  # pixels a side


class Digits(DataOptions):
    """1,797 real handwritten digits, 8x8 gray, from inside scikit-learn; a fifth is the test set."""

    name: Literal["digits"] = "digits"


class Folder(DataOptions):
    """`train/ test/` and perhaps `val/` with a folder a class, or just a folder a class."""

    name: Literal["folder"] = "folder"
    path: str  # where it lies, relative to the study file
    test: Share = 0.2  # share that becomes the test set where there is no folder `test`
    on_bad: Literal["fail", "skip"] = "fail"  # what to do about a file that cannot be read


class Npz(DataOptions):
    """A NumPy archive: `train_images`, `train_labels`, `test_images`, `test_labels`, `classes`."""

    name: Literal["npz"] = "npz"
    path: str  # where it lies, relative to the study file
    test: Share = 0.2  # share that becomes the test set where the archive holds none


DATASETS = {
    "digits": Entry(Digits, "paribus.data.digits:read_digits"),
    "folder": Entry(Folder, "paribus.data.folder:read_folder"),
    "npz": Entry(Npz, "paribus.data.npz:read_npz"),
    "streetnumbers": Entry(StreetNumbers, "paribus.data.drawn:read_streetnumbers"),
}

DataSpec = Annotated[DataOptions, OneOf("data set", DATASETS, default="streetnumbers")]
