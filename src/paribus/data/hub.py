"""Data sets of the Hugging Face hub, through the package `datasets`: which columns and splits are what.

Pictures are decoded by us, with our bounds, not by that package. No program that comes with a data set is
run: since version 4 the package cannot. What becomes of pairs of image and label is the affair of gathering.
"""

import hashlib
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.data.album import Album
from paribus.data.gathering import Gathering, Label
from paribus.data.hashing import hash_files
from paribus.data.images import Reading, Source, Split
from paribus.data.pictures.layout import SPLIT_FOLDERS
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError, MissingExtra
from paribus.specs.datasets import DATASETS, HuggingFace
from paribus.specs.words import did_you_mean, known

if TYPE_CHECKING:
    from datasets import Dataset

_AT_ONCE = 64  # rows
_COMMIT = re.compile(r"[0-9a-f]{40}")


def read_huggingface(options: HuggingFace, tell: Tell) -> Source:
    if (options.path is None) == (options.dataset is None):
        raise DataError("give either data.dataset, its name on the hub, or data.path, a saved folder")
    if options.path is not None:
        where, found = Path(options.path), _digest(Path(options.path))
        return _source(options, found, str(where), lambda: _load_saved(where))
    name, revision = str(options.dataset), options.revision or ""
    if _COMMIT.fullmatch(revision):  # what it holds cannot change: the hub is asked only to read it
        return _source(options, f"{name}@{revision}/{options.config}", name, lambda: _load_named(options))
    tell(Progress(f"Asking for {name}", 0, None))
    splits = _load_named(options)
    prints = [f"{split}={rows._fingerprint}" for split, rows in sorted(splits.items())]  # noqa: SLF001
    return _source(options, ",".join(prints), name, lambda: splits)


def _source(
    options: HuggingFace, found: str, where: str, load: Callable[[], Mapping[str, "Dataset"]]
) -> Source:
    asked = f"{options.image}/{options.label}/{options.test}"
    key = f"huggingface/{DATASETS['huggingface'].version}/{found}/{asked}"

    def read(album: Album) -> Reading:
        _refuse_without_package()
        with _quiet():
            return _Reader(options, where, album).read(load())

    return Source(hashlib.sha256(key.encode()).hexdigest(), read)


def _digest(folder: Path) -> str:
    """Of all the files that `save_to_disk` wrote, so that the package is not needed to know the set again."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; expected one that save_to_disk wrote")
    sums = hash_files(folder, sorted(path for path in folder.rglob("*") if path.is_file()))
    return hashlib.sha256(repr(sorted(sums.items())).encode()).hexdigest()


def _load_saved(folder: Path) -> Mapping[str, "Dataset"]:
    from datasets import load_from_disk  # noqa: PLC0415  takes 1.2 s, and only the first time

    with _told_of(str(folder), "is nothing that save_to_disk wrote"):
        return _by_split(load_from_disk(str(folder)))


def _load_named(options: HuggingFace) -> Mapping[str, "Dataset"]:
    _refuse_without_package()
    from datasets import load_dataset  # noqa: PLC0415

    name = str(options.dataset)
    with _quiet(), _told_of(name, "cannot be had from the hub"):
        return _by_split(load_dataset(name, options.config, revision=options.revision))


def _refuse_without_package() -> None:
    if find_spec("datasets") is None:
        raise MissingExtra("datasets", "hub", "The data set 'huggingface'")


def _by_split(found: Any) -> Mapping[str, "Dataset"]:
    return dict(found) if isinstance(found, Mapping) else {"train": found}


@contextmanager
def _told_of(where: str, what: str) -> Iterator[None]:
    """The package and those below it raise nearly anything."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        raise DataError(f"{where}: {what}: {said or type(error).__name__}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Progress is told in our own way, and warnings are the package's own affair."""
    from datasets.utils import (  # noqa: PLC0415
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    were_disabled = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if not were_disabled:
            enable_progress_bars()


class _Reader:
    """Puts the rows of the splits into an album."""

    def __init__(self, options: HuggingFace, where: str, album: Album) -> None:
        self._options, self._where, self._album = options, where, album

    def read(self, given: Mapping[str, "Dataset"]) -> Reading:
        splits = self._splits(given)
        features = splits["train"].features
        image = self._column(features, "image", "Image", "images")
        label = self._column(features, "label", "ClassLabel", "classes")
        names: list[Label] | None = getattr(features[label], "names", None)
        pairs = {split: self._pairs(split, rows, image, label, names) for split, rows in splits.items()}
        test_share, root = self._options.test, Path(self._where)
        return Gathering(self._where, self._album, root, test_share, classes=names).gather(pairs)

    def _splits(self, given: Mapping[str, "Dataset"]) -> dict[Split, "Dataset"]:
        """By their names; a lone one is what there is to train on, others than ours are left alone."""
        if len(given) == 1:
            return {"train": next(iter(given.values()))}
        splits: dict[Split, Dataset] = {}
        for name, rows in given.items():
            split = SPLIT_FOLDERS.get(name.lower())
            if split in splits:
                raise DataError(f"{self._where}: has two splits that are {split}: {known(given)}")
            if split:
                splits[split] = rows
        if "train" not in splits:
            raise DataError(f"{self._where}: has no split 'train'; {known(given)}")
        return splits

    def _column(self, features: Mapping[str, Any], option: str, kind: str, noun: str) -> str:
        """The one that the options name, or the only one of its kind."""
        named: str | None = getattr(self._options, option)
        if named is not None:
            if named not in features:
                raise DataError(
                    f"data.{option}: {self._where} has no column '{named}'; {known(features)}."
                    f"{did_you_mean(named, features)}"
                )
            return named
        found = [name for name, feature in features.items() if type(feature).__name__ == kind]
        if len(found) != 1:
            raise DataError(
                f"{self._where}: has {len(found)} columns of {noun}; say in data.{option} which it is; "
                f"{known(found or features)}"
            )
        return found[0]

    def _pairs(
        self, split: Split, rows: "Dataset", image: str, label: str, names: list[Label] | None
    ) -> Iterator[tuple[object, object]]:
        from datasets import Image  # noqa: PLC0415

        for column in (image, label):
            if column not in rows.features:
                raise DataError(f"{self._where}: '{split}' has no column '{column}'; {known(rows.features)}")
        if type(rows.features[image]).__name__ != "Image":
            raise DataError(f"{self._where}: the column '{image}' of '{split}' holds no images")
        with _told_of(self._where, f"'{split}' cannot be read"):
            rows.data.validate(full=True)  # or a damaged file may end the process
            batches = rows.cast_column(image, Image(decode=False)).with_format(None).iter(_AT_ONCE)
        while True:
            with _told_of(self._where, f"'{split}' cannot be read"):
                batch = next(batches, None)
            if batch is None:
                return
            for picture, given in zip(batch[image], batch[label], strict=True):
                yield _content(picture), self._named(split, given, names)

    def _named(self, split: Split, label: Any, names: list[Label] | None) -> Any:
        if names is None:
            return label
        if not isinstance(label, int) or not 0 <= label < len(names):
            raise DataError(
                f"{self._where}: '{split}' has the label {label}, which is no class; "
                f"expected 0 to {len(names) - 1}"
            )
        return names[label]


def _content(picture: Any) -> object:
    """Its bytes where they are in the set, else the path of its file."""
    if isinstance(picture, dict):
        content, path = picture.get("bytes"), picture.get("path")
        return BytesIO(content) if content is not None else path
    return picture
