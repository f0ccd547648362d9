"""The mapped cache: a data set is read once, then mapped by as many processes as like, one copy for all.

A set is a folder of plain `.npy` files and a manifest, made aside and renamed, so that it is whole or absent.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from paribus.data.album import Album, save_array
from paribus.data.fitting import Fit
from paribus.data.images import SPLITS, Images, Reading, Source, Split
from paribus.data.measuring import digests, mean_and_deviation, pixels_digest
from paribus.data.progress import Tell, tell_nobody
from paribus.errors import DataError

_LAYOUT = 2  # grows when the files mean something else


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
    met: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # see Reading

    def split(self, name: Split) -> Images:
        try:
            pixels = np.load(
                self.folder / f"{name}-pixels.npy", mmap_mode="c"
            )  # shared; writable, as torch likes
            labels = np.load(self.folder / f"{name}-labels.npy", mmap_mode="c")
            self._refuse_others(name, pixels, labels)
        except Exception as error:  # NumPy's reading of headers raises nearly anything
            raise self._damaged(error) from error
        return Images(pixels, np.array(labels))

    def names(self, split: Split) -> list[str] | None:
        """What the images of a split are called, such as their paths; None where they have no names."""
        return self._words(split, "names")

    def groups(self, split: Split) -> list[str] | None:
        """What keeps images of a split together; None where the data do not say."""
        return self._words(split, "groups")

    def _words(self, split: Split, what: str) -> list[str] | None:
        try:
            words = json.loads((self.folder / f"{split}-{what}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._damaged(error) from error
        if not isinstance(words, list) or len(words) != self.counts[split]:
            raise self._damaged(f"the {what} of '{split}' are not as its manifest says")
        return [str(word) for word in words]

    def digests(self, split: Split) -> NDArray[np.uint64]:
        """[images]: equal numbers for equal pixels."""
        try:
            found = np.load(self.folder / f"{split}-digests.npy")
        except Exception as error:
            raise self._damaged(error) from error
        if found.shape != (self.counts[split],) or found.dtype != np.uint64:
            raise self._damaged(f"the digests of '{split}' are not as its manifest says")
        return np.asarray(found)

    def _damaged(self, why: object) -> DataError:
        return DataError(f"{self.folder}: damaged: {why}; remove this folder and run again")

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


def open_cached(source: Source, fit: Fit = Fit(), tell: Tell = tell_nobody) -> DataSet:  # noqa: B008
    """The data set from the cache; the first time it is read and put there."""
    key = hashlib.sha256(f"{_LAYOUT}/{source.key}/{fit}".encode()).hexdigest()[:24]
    folder = cache_folder() / "images" / key
    known = _read_manifest(folder)
    if known:
        return known
    try:
        with _alone(folder):
            known = _read_manifest(folder)  # another process may have made it while we waited
            if known is None:
                _write_set(folder, source, fit, tell)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written: {error.strerror or error}; make room or make it writable, "
            "or name another place in PARIBUS_CACHE"
        ) from error
    made = known or _read_manifest(folder)
    assert made is not None
    return made


def reopen(name: str) -> DataSet | None:
    """The set whose folder in the cache is called so, if it is still there; its source is not looked at."""
    return _read_manifest(cache_folder() / "images" / name)


def _read_manifest(folder: Path) -> DataSet | None:
    try:
        facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        lists = {name: tuple(facts[name]) for name in ("classes", "shape", "mean", "deviation", "skipped")}
        return DataSet(folder, facts["fingerprint"], counts=facts["counts"], met=facts["met"], **lists)
    except (OSError, ValueError, KeyError, TypeError):  # absent or damaged: it is made anew
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_set(folder: Path, source: Source, fit: Fit, tell: Tell) -> None:
    aside = folder.with_suffix(".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        with Album(aside, fit, tell) as album:
            reading = source.read(album)
        manifest = _measured(aside, album, reading, source)
        (aside / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _measured(folder: Path, album: Album, reading: Reading, source: Source) -> dict[str, Any]:
    """The manifest; the digests of images are written on the way."""
    if "train" not in album.counts:
        raise DataError("the data hold no image to train on")
    counts = {split: album.counts[split] for split in SPLITS if split in album.counts}
    arrays = {split: np.load(folder / f"{split}-pixels.npy", mmap_mode="r") for split in counts}
    for split, pixels in arrays.items():
        save_array(folder / f"{split}-digests.npy", digests(pixels))
    mean, deviation = mean_and_deviation(arrays["train"])
    return {
        "fingerprint": source.fingerprint or _known_by_pixels(folder, arrays, reading),
        "classes": reading.classes,
        "shape": album.shape,
        "counts": counts,
        "mean": mean,
        "deviation": deviation,
        "skipped": reading.skipped,
        "met": reading.met,
    }


def _known_by_pixels(folder: Path, arrays: dict[Split, NDArray[np.uint8]], reading: Reading) -> str:
    sha256 = hashlib.sha256(repr(reading.classes).encode())
    for split in sorted(arrays):
        sha256.update(f"{split}{pixels_digest(arrays[split])}".encode())
        sha256.update(np.load(folder / f"{split}-labels.npy").astype("<i8").data)
    return sha256.hexdigest()
