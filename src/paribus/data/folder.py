"""Image folders: `train/ test/` and perhaps `val/` with a folder a class, or just a folder a class."""

import hashlib
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.data.carving import carve_test
from paribus.data.decoding import decode_picture
from paribus.data.hashing import hash_files
from paribus.data.images import Images, Reading, Source, Split
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, Folder

_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
_SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_THREADS = 4


@dataclass(frozen=True)
class _File:
    path: Path
    split: Split
    label: str


def read_folder(options: Folder) -> Source:
    root = Path(options.path)
    files = _list_files(root)
    sums = hash_files(root, [file.path for file in files])
    known = hashlib.sha256(f"folder/{DATASETS['folder'].version}/{options.test}/{options.on_bad}".encode())
    for file in files:
        relative = file.path.relative_to(root).as_posix()
        known.update(f"\n{relative}\0{sums[relative]}".encode("utf-8", "surrogateescape"))
    fingerprint = known.hexdigest()
    return Source(fingerprint, lambda: _read(root, files, options), fingerprint)


def _list_files(root: Path) -> list[_File]:
    """Every image with its split and class, sorted by path."""
    if not root.is_dir():
        raise DataError(f"{root}: no such folder; expected one with a folder for each class")
    files = [
        _File(path, split, _shown(label.name))
        for split, folder in _find_splits(root).items()
        for label in sorted(folder.iterdir())
        if label.is_dir() and not label.name.startswith(".")
        for path in sorted(label.rglob("*"))
        if _is_image(path) and not any(part.startswith(".") for part in path.relative_to(label).parts)
    ]
    _refuse_few_classes(root, files)
    return files


def _find_splits(root: Path) -> dict[Split, Path]:
    splits: dict[Split, Path] = {}
    for path in sorted(root.iterdir()):
        split = _SPLIT_FOLDERS.get(path.name.lower())
        if split is None or not path.is_dir():
            continue
        if split in splits:
            raise DataError(
                f"{root}: holds both '{splits[split].name}' and '{path.name}'; expected one folder with the "
                f"{split} images"
            )
        splits[split] = path
    return splits if "train" in splits else {"train": root}


def _is_image(path: Path) -> bool:
    """By its name; a link that leads nowhere is an image that cannot be read."""
    if path.suffix.lower() not in _SUFFIXES:
        return False
    return path.is_file() or (path.is_symlink() and not path.exists())


def _shown(name: object) -> str:
    """A path or name in letters that every page and terminal can write, whatever bytes it has on the disk."""
    return str(name).encode("utf-8", "backslashreplace").decode()


def _refuse_few_classes(root: Path, files: list[_File]) -> None:
    labels = {file.label for file in files if file.split == "train"}
    if len(labels) < 2:
        raise DataError(
            f"{_shown(root)}: holds images of {len(labels)} classes; expected at least two folders, one for "
            f"each class, with images inside ({', '.join(_SUFFIXES)}), under train/ or directly"
        )


def _read(root: Path, files: list[_File], options: Folder) -> Reading:
    with warnings.catch_warnings(), ThreadPoolExecutor(_THREADS) as pool:
        warnings.simplefilter("ignore")  # what is wrong with a file is told in our own words
        decoded = list(pool.map(lambda file: _decode(file.path, options.resize), files))
    bad = [
        f"{_shown(file.path)}: {found}"
        for file, found in zip(files, decoded, strict=True)
        if isinstance(found, str)
    ]
    if bad and options.on_bad == "fail":
        others = f" ({len(bad) - 1} more such files)" if len(bad) > 1 else ""
        raise DataError(f'{bad[0]}{others}. Mend or remove it, or set data.on_bad = "skip" to go on without')
    good = [(f, p) for f, p in zip(files, decoded, strict=True) if not isinstance(p, str)]
    _refuse_few_classes(root, [file for file, _ in good])
    classes = tuple(sorted({file.label for file, _ in good}))
    _refuse_mixed_sizes(good)
    splits = {split: _gather(good, split, classes) for split in dict.fromkeys(file.split for file, _ in good)}
    if "test" not in splits:
        splits |= carve_test(splits["train"], options.test, classes, str(root))
    return Reading(splits, classes, tuple(bad))


def _decode(path: Path, resize: int | None) -> NDArray[np.uint8] | str:
    """[channels, height, width], or what is wrong with the file."""
    try:
        return decode_picture(path, size=None if resize is None else (resize, resize))
    except DataError as error:
        return str(error)


def _refuse_mixed_sizes(good: list[tuple[_File, NDArray[np.uint8]]]) -> None:
    first_file, first = good[0]
    for file, pixels in good:
        if pixels.shape != first.shape:
            sizes = " and ".join(
                f"{p.shape[2]} x {p.shape[1]} ({_shown(f.path.name)})"
                for f, p in [(first_file, first), (file, pixels)]
            )
            raise DataError(f"images differ in size: {sizes}. Set data.resize, such as resize = 64")


def _gather(good: list[tuple[_File, NDArray[np.uint8]]], split: Split, classes: tuple[str, ...]) -> Images:
    members = [(file, pixels) for file, pixels in good if file.split == split]
    labels = np.array([classes.index(file.label) for file, _ in members], np.int64)
    return Images(np.stack([pixels for _, pixels in members]), labels)
