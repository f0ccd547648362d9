"""Where images come from, and which of them are used."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from paribus.specs.base import Options, Plain, Sequence
from paribus.specs.tables import Entry, OneOf
from paribus.specs.words import quoted

PLACES = ("path", "root")  # options that say where data lie, not what they are

Share = Annotated[float, Field(gt=0, lt=1)]
WholeShare = Annotated[float, Field(gt=0, le=1)]
Side = Annotated[int, Field(ge=4, le=1024)]


def _position_or_name(given: Any) -> Any:
    """One message where pydantic has one for each kind that would do."""
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise PydanticCustomError(
            "class", "given {given}; expected a class's position or name", {"given": quoted(given)}
        )
    return given


ClassName = Annotated[int | str, BeforeValidator(_position_or_name)]


def _pattern(given: str) -> str:
    """A regular expression with one group: what it holds is what images are grouped by."""
    try:
        groups = re.compile(given).groups
    except re.error as error:
        raise PydanticCustomError(
            "pattern",
            "given {given}; no regular expression: {why}",
            {"given": quoted(given), "why": str(error)},
        ) from error
    if groups != 1:
        raise PydanticCustomError(
            "pattern",
            "given {given}; expected one group in parentheses, such as 'person(\\d+)_'",
            {"given": quoted(given)},
        )
    return given


def _text_or_texts(given: Any) -> Any:
    """One message where pydantic has one for each kind that would do."""
    texts = given if isinstance(given, list | tuple) else [given]
    if not texts or not all(isinstance(one, str) and one for one in texts):
        raise PydanticCustomError(
            "paths", "given {given}; expected a path or a list of paths", {"given": quoted(given)}
        )
    return given


Pattern = Annotated[str, AfterValidator(_pattern)]
Paths = Annotated[str | Sequence[str], BeforeValidator(_text_or_texts)]


class DataOptions(Options):
    """What every data set can be asked for.

    Validation is carved out of the chosen classes; what follows touches only the images left to train.
    """

    validation: Share = 0.1  # share of train, stratified by class, drawn anew for each seed
    classes: Sequence[ClassName] | None = None  # positions or names; order as given
    per_class: Annotated[int, Field(ge=1)] | None = None  # images kept of each class, of those left to train
    share: WholeShare | None = None  # share kept of each class, of the images left to train
    label_noise: Annotated[float, Field(ge=0, lt=1)] = 0.0  # share of training labels made wrong, at random
    groups: Pattern | None = None  # of file names: images whose group matches alike stay on one side
    resize: Side | None = None  # this many pixels a side, by the rule `fit`
    fit: Literal["squash", "pad", "crop"] = "squash"  # what becomes of images that are not square
    gray: bool = False  # one channel instead of three


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


class Svhn(DataOptions):
    """SVHN, cropped digits (format 2): 73,257 train, 26,032 test, 531,131 extra; 32x32 in colour."""

    name: Literal["svhn"] = "svhn"
    path: str | None = None  # folder with train_32x32.mat; by default they are downloaded
    extra: bool = False  # train and extra as one training set of 604,388


class Cifar10(DataOptions):
    """CIFAR-10: 50,000 train, 10,000 test; 32x32 in colour."""

    name: Literal["cifar10"] = "cifar10"
    path: str | None = None  # cifar-10-python.tar.gz or its folder; by default it is downloaded


class Cifar100(DataOptions):
    """CIFAR-100: 50,000 train, 10,000 test; 32x32 in colour."""

    name: Literal["cifar100"] = "cifar100"
    path: str | None = None  # cifar-100-python.tar.gz or its folder; by default it is downloaded
    labels: Literal["fine", "coarse"] = "fine"  # 100 classes or 20


class Stl10(DataOptions):
    """STL-10: 5,000 train, 8,000 test, 96x96 in colour."""

    name: Literal["stl10"] = "stl10"
    path: str | None = None  # stl10_binary.tar.gz or its folder; by default it is downloaded
    fold: Annotated[int, Field(ge=0, le=9)] | None = None  # train on one of its ten folds of 1,000
    unlabeled: bool = False  # read its 100,000 unlabeled images too: to look at, nothing trains on them


class Mnist(DataOptions):
    """MNIST: 60,000 train, 10,000 test handwritten digits; 28x28 gray."""

    name: Literal["mnist"] = "mnist"
    path: str | None = None  # folder with its four files; by default they are downloaded


class FashionMnist(DataOptions):
    """Fashion-MNIST: 60,000 train, 10,000 test pieces of clothing; 28x28 gray."""

    name: Literal["fashion-mnist"] = "fashion-mnist"
    path: str | None = None  # folder with its four files; by default they are downloaded


class PictureOptions(DataOptions):
    """What can be asked of pictures in files."""

    test: Share = 0.2  # share that becomes the test set where the data name none
    on_bad: Literal["fail", "skip"] = "fail"  # what to do about a file that cannot be read


class Folder(PictureOptions):
    """`train/ test/` and perhaps `val/` with a folder a class, or just a folder a class."""

    name: Literal["folder"] = "folder"
    path: Paths  # folder, .tar, .tar.gz, .zip, or a list of such, relative to the study file
    val: Literal["validation", "test"] = "validation"  # what a folder `val` is


class Csv(PictureOptions):
    """A table of paths and labels, perhaps with a column `split`."""

    name: Literal["csv"] = "csv"
    path: str  # the table, relative to the study file
    root: str | None = None  # folder or archive that its paths are relative to; by default its own folder
    image: str | None = None  # column with the paths; by default one called image, path, file or filename
    label: str | None = None  # column with the labels; by default one called label, class or target
    split: str | None = None  # column with train, validation or test; by default one called split
    group: str | None = None  # column whose equal values stay on one side; by default one called group


class Npz(DataOptions):
    """A NumPy archive: `train_images`, `train_labels`, `test_images`, `test_labels`, `classes`."""

    name: Literal["npz"] = "npz"
    path: str  # where it lies, relative to the study file
    test: Share = 0.2  # share that becomes the test set where the archive holds none


class HuggingFace(DataOptions):
    """A data set of the Hugging Face hub, or one saved by `save_to_disk`; needs the extra `hub`."""

    name: Literal["huggingface"] = "huggingface"
    dataset: str | None = None  # its name on the hub, such as "uoft-cs/cifar10"
    path: str | None = None  # or the folder that `save_to_disk` wrote
    config: str | None = None  # which of its configurations
    revision: str | None = None  # commit or tag; by default the newest, whose fingerprint is recorded
    image: str | None = None  # column with the images; by default the only column of images
    label: str | None = None  # column with the labels; by default the only column of classes
    test: Share = 0.2  # share that becomes the test set where it has none


class UserData(DataOptions):
    """The options of the user's own data, `"my_module:load"`; what more they may be is its affair."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Plain] = Field(init=False)

    test: Share = 0.2  # share that becomes the test set where it yields none

    def arguments(self) -> dict[str, Any]:
        """What is the user's own: keyword arguments of the user's function."""
        return dict(self.model_extra or {})


DATASETS = {
    "cifar10": Entry(Cifar10, "paribus.data.official.cifar:read_cifar10"),
    "cifar100": Entry(Cifar100, "paribus.data.official.cifar:read_cifar100"),
    "csv": Entry(Csv, "paribus.data.pictures.table:read_csv"),
    "digits": Entry(Digits, "paribus.data.digits:read_digits"),
    "fashion-mnist": Entry(FashionMnist, "paribus.data.official.mnist:read_fashion_mnist"),
    "folder": Entry(Folder, "paribus.data.pictures.folder:read_folder"),
    "huggingface": Entry(HuggingFace, "paribus.data.hub:read_huggingface"),
    "mnist": Entry(Mnist, "paribus.data.official.mnist:read_mnist"),
    "npz": Entry(Npz, "paribus.data.npz:read_npz", version=2),
    "stl10": Entry(Stl10, "paribus.data.official.stl10:read_stl10"),
    "streetnumbers": Entry(StreetNumbers, "paribus.data.drawn:read_streetnumbers"),
    "svhn": Entry(Svhn, "paribus.data.official.svhn:read_svhn"),
}

DataSpec = Annotated[DataOptions, OneOf("data set", DATASETS, default="streetnumbers", users=UserData)]
