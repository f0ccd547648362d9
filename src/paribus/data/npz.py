"""NumPy archives: `train_images`, `train_labels`, perhaps `test_...`, `validation_...` and `classes`."""

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.carving import carve_test
from paribus.data.images import Images, Reading, Source, Split
from paribus.data.progress import Tell
from paribus.data.trees import Budget
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, Npz

_CALLED: dict[Split, tuple[str, ...]] = {  # how names of a split's arrays begin: the first that is there
    "train": ("train",),
    "validation": ("validation", "val"),
    "test": ("test",),
}

Shape = tuple[int, ...]


def read_npz(options: Npz, _tell: Tell) -> Source:
    path = Path(options.path)
    try:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    fingerprint = f"npz/{DATASETS['npz'].version}/{sha256}/{options.test}"
    known = hashlib.sha256(fingerprint.encode()).hexdigest()
    return Source(known, lambda album: _read(path, options, album), known)


def _read(path: Path, options: Npz, album: Album) -> Reading:
    arrays = _load(path)
    splits = {split: _images(path, called, arrays) for split, called in _find_splits(arrays).items()}
    if "train" not in splits:
        raise DataError(
            f"{path}: holds no 'train_images'; it holds: {', '.join(sorted(arrays)) or 'nothing'}"
        )
    _refuse_mixed_sizes(path, splits)
    classes = _classes(path, arrays, splits)
    if "test" not in splits:
        train = splits["train"]
        test = carve_test(train.labels, options.test, str(path))
        splits["train"] = Images(train.pixels[~test], train.labels[~test])
        splits["test"] = Images(train.pixels[test], train.labels[test])
    for split, images in splits.items():
        album.add(split, images.pixels, images.labels)
    return Reading(classes)


def list_shapes(path: Path) -> dict[str, Shape]:
    """Name -> shape of each array, from their heads alone; those that cannot be read are left out."""
    shapes: dict[str, Shape] = {}
    with suppress(Exception), zipfile.ZipFile(path) as archive:  # reading will say what is wrong with it
        for member in archive.namelist():
            with suppress(Exception), archive.open(member) as file:
                if np.lib.format.read_magic(file) == (1, 0):  # np.save writes no other for numbers
                    shapes[member.removesuffix(".npy")] = np.lib.format.read_array_header_1_0(file)[0]
    return shapes


def list_unused_arrays(shapes: Mapping[str, Shape]) -> list[str]:
    """Arrays shaped like images that no split is made of."""
    used = {f"{called}_images" for called in _find_splits(shapes).values()}
    return [name for name, shape in shapes.items() if len(shape) in {3, 4} and name not in used]


def _find_splits(names: Iterable[str]) -> dict[Split, str]:
    """Split -> how the names of its arrays begin."""
    every = set(names)
    found = {
        split: next((one for one in called if f"{one}_images" in every), None)
        for split, called in _CALLED.items()
    }
    return {split: called for split, called in found.items() if called}


def _load(path: Path) -> dict[str, NDArray[Any]]:
    try:
        _refuse_bomb(path)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: np.asarray(archive[name]) for name in archive.files}
    except DataError:
        raise
    except Exception as error:  # zip, zlib and header parsers raise nearly anything
        raise DataError(
            f"{path}: no NumPy archive of plain arrays: {error or type(error).__name__}"
        ) from error


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        Budget(path).take(sum(member.file_size for member in archive.infolist()))


def _refuse_mixed_sizes(path: Path, splits: dict[Split, Images]) -> None:
    expected = splits["train"].pixels.shape[1:]
    for split, images in splits.items():
        if images.pixels.shape[1:] != expected:
            raise DataError(
                f"{path}: {split}_images: has images of {images.pixels.shape[1:]} and train_images of "
                f"{expected} (channels, height, width); expected the same"
            )


def _images(path: Path, called: str, arrays: dict[str, NDArray[Any]]) -> Images:
    pixels = arrays[f"{called}_images"]
    labels = arrays.get(f"{called}_labels")
    where = f"{path}: {called}_images"
    if pixels.dtype != np.uint8:
        raise DataError(f"{where}: has type {pixels.dtype}; expected uint8 values from 0 to 255")
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.ndim != 4 or pixels.shape[-1] not in {1, 3}:
        raise DataError(
            f"{where}: has shape {pixels.shape}; expected [images, height, width] or [..., 1 or 3]"
        )
    if not pixels.size:
        raise DataError(f"{where}: has shape {pixels.shape}; expected at least one image with a pixel")
    if labels is not None and labels.shape == (len(pixels), 1):
        labels = labels[:, 0]
    if labels is None or labels.shape != (len(pixels),) or labels.dtype.kind not in "iu":
        raise DataError(f"{path}: {called}_labels: expected {len(pixels)} whole numbers, one an image")
    return Images(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)), labels.astype(np.int64))


def _classes(path: Path, arrays: dict[str, NDArray[Any]], splits: dict[Split, Images]) -> tuple[str, ...]:
    highest = max(int(images.labels.max()) for images in splits.values())
    lowest = min(int(images.labels.min()) for images in splits.values())
    names = _names(path, arrays["classes"]) if "classes" in arrays else None
    count = len(names) if names else highest + 1
    if lowest < 0 or highest >= count or count < 2:
        raise DataError(f"{path}: labels run from {lowest} to {highest}; expected 0 to {max(count, 2) - 1}")
    return names or tuple(map(str, range(count)))


def _names(path: Path, given: NDArray[Any]) -> tuple[str, ...]:
    if given.dtype.kind == "S":
        given = np.char.decode(given, "utf-8", "backslashreplace")
    names = tuple(map(str, given)) if given.ndim == 1 else ()
    if len(set(names)) < max(len(names), 2):
        raise DataError(f"{path}: classes: expected a list of at least two names, each once")
    return names
