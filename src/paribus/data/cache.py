"""The mapped cache: a data set is read once, then mapped by as many processes as like, one copy for all.

A set is a folder of plain `.npy` files and a manifest, made aside and renamed, so that it is whole or absent.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from paribus.data.images import Images, Reading, Source, Split, resized
from paribus.errors import DataError

_LAYOUT = 1  # grows when the files mean something else


@dataclass(frozen=True)
class DataSet:
    """A data set in the cache. Splits are mapped when asked for; nothing is read before."""

    folder: Path
    fingerprint: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]  # channels, height, width
    counts: dict[Split, int]
    mean: tuple[float, ...]  # by channel, of the whole train split, values from 0 to 255
    deviation: tuple[float, ...]
    skipped: tuple[str, ...]

    def split(self, name: Split) -> Images:
        try:
            pixels = np.load(
                self.folder / f"{name}-pixels.npy", mmap_mode="c"
            )  # shared; writable, as torch likes
            labels = np.load(self.folder / f"{name}-labels.npy", mmap_mode="c")
            self._refuse_others(name, pixels, labels)
        except Exception as error:  # NumPy's reading of headers raises nearly anything
            raise DataError(f"{self.folder}: damaged: {error}; remove this folder and run again") from error
        return Images(pixels, np.array(labels))

    def _refuse_others(self, name: Split, pixels: NDArray[Any], labels: NDArray[Any]) -> None:
        """A damaged header may still be one, of another array."""
        count = self.counts[name]
        kinds, shapes = (pixels.dtype, labels.dtype), (pixels.shape, labels.shape)
        if kinds != (np.dtype(np.uint8), np.dtype(np.int64)) or shapes != ((count, *self.shape), (count,)):
            raise ValueError(f"the split '{name}' is not as its manifest says")


def cache_folder() -> Path:
    """`PARIBUS_CACHE`, or the user's cache directory."""
    named = os.environ.get("PARIBUS_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("paribus"))


def open_cached(source: Source, resize: int | None) -> DataSet:
    """The data set from the cache; the first time it is read and put there."""
    key = hashlib.sha256(f"{_LAYOUT}/{source.key}/{resize}".encode()).hexdigest()[:24]
    folder = cache_folder() / "images" / key
    known = _read_manifest(folder)
    if known:
        return known
    try:
        with _alone(folder):
            known = _read_manifest(folder)  # another process may have made it while we waited
            if known is None:
                _write_set(folder, source, resize)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written: {error.strerror or error}; make room or make it writable, "
            "or name another place in PARIBUS_CACHE"
        ) from error
    made = known or _read_manifest(folder)
    assert made is not None
    return made


def _read_manifest(folder: Path) -> DataSet | None:
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        lists = {name: tuple(facts[name]) for name in ("classes", "shape", "mean", "deviation", "skipped")}
        return DataSet(folder, facts["fingerprint"], counts=facts["counts"], **lists)
    except (OSError, ValueError, KeyError, TypeError):  # absent or damaged: it is made anew
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_set(folder: Path, source: Source, resize: int | None) -> None:
    reading = source.read()
    aside = folder.with_suffix(".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        for name, images in reading.splits.items():
            pixels = images.pixels if resize is None else resized(images.pixels, resize)
            reading.splits[name] = Images(np.ascontiguousarray(pixels), images.labels)
            _save(aside / f"{name}-pixels.npy", reading.splits[name].pixels)
            _save(aside / f"{name}-labels.npy", images.labels.astype(np.int64))
        manifest = json.dumps(_manifest(reading, source), indent=1)
        (aside / "manifest.json").write_text(manifest, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _save(path: Path, array: NDArray[Any]) -> None:
    """What np.save writes; but that does not notice when the disk has no room for the last few bytes."""
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
        file.write(array.data)


def _manifest(reading: Reading, source: Source) -> dict[str, Any]:
    mean, deviation = _mean_and_deviation(reading.splits["train"].pixels)
    return {
        "fingerprint": source.fingerprint or _pixels_digest(reading),
        "classes": reading.classes,
        "shape": reading.splits["train"].pixels.shape[1:],
        "counts": {name: len(images) for name, images in reading.splits.items()},
        "mean": mean,
        "deviation": deviation,
        "skipped": reading.skipped,
    }


def _pixels_digest(reading: Reading) -> str:
    sha256 = hashlib.sha256(repr(reading.classes).encode())
    for name in sorted(reading.splits):
        images = reading.splits[name]
        sha256.update(f"{name}{images.pixels.shape}".encode())
        sha256.update(np.ascontiguousarray(images.pixels).data)
        sha256.update(images.labels.astype("<i8").data)
    return sha256.hexdigest()


def _mean_and_deviation(pixels: NDArray[np.uint8]) -> tuple[list[float], list[float]]:
    """From exact whole-number counts, so that they are the same on every machine."""
    means, deviations = [], []
    values = np.arange(256, dtype=np.float64)
    for channel in range(pixels.shape[1]):
        counts = np.bincount(pixels[:, channel].reshape(-1), minlength=256)
        mean = float((counts * values).sum() / counts.sum())
        variance = float((counts * (values - mean) ** 2).sum() / counts.sum())
        means.append(mean)
        deviations.append(max(variance**0.5, 1.0))  # a flat channel is not blown up
    return means, deviations
