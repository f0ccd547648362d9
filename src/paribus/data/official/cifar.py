"""CIFAR-10 and CIFAR-100 from their Python batches, packed or unpacked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.images import Reading, Source, Split
from paribus.data.official.distributions import Home, Wanted, home_of
from paribus.data.official.members import open_members
from paribus.data.official.pickles import read_pickle
from paribus.data.official.remotes import CIFAR10, CIFAR100
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, Cifar10, Cifar100

_MOST_BATCH_BYTES = 500_000_000  # the largest there is has 155 million
_AT_ONCE = 5_000  # images


@dataclass(frozen=True)
class _Layout:
    """What is where in one of the two."""

    wanted: Wanted
    batches: Mapping[str, Split]
    meta: str
    classes: str  # key of the classes' names in `meta`
    labels: str  # key of the labels in a batch

    @property
    def files(self) -> tuple[str, ...]:
        return (*self.batches, self.meta)


_TRAIN_10: dict[str, Split] = {f"data_batch_{number}": "train" for number in range(1, 6)}
_LAYOUT_10 = _Layout(CIFAR10, {**_TRAIN_10, "test_batch": "test"}, "batches.meta", "label_names", "labels")


def read_cifar10(options: Cifar10, tell: Tell) -> Source:
    return _source("cifar10", _LAYOUT_10, options.path, tell)


def read_cifar100(options: Cifar100, tell: Tell) -> Source:
    kind = options.labels
    layout = _Layout(
        CIFAR100, {"train": "train", "test": "test"}, "meta", f"{kind}_label_names", f"{kind}_labels"
    )
    return _source("cifar100", layout, options.path, tell)


def _source(name: str, layout: _Layout, path: str | None, tell: Tell) -> Source:
    home = home_of(name, path)
    found = home.digest(layout.wanted, tell, layout.files)
    key = f"{name}/{DATASETS[name].version}/{layout.labels}/{found}"
    return Source(hashlib.sha256(key.encode()).hexdigest(), lambda album: _read(home, layout, album))


def _read(home: Home, layout: _Layout, album: Album) -> Reading:
    """In the order of the batches, not in that of the archive."""
    path = home.obtain(layout.wanted, album.tell)
    batches = _load(path, layout, album.tell)
    classes = _classes(path, layout, batches.pop(layout.meta))
    done, total = 0, sum(len(_of(path, name, batch, "data")) for name, batch in batches.items())
    for name, split in layout.batches.items():
        pixels, labels, names = _checked(path, name, batches.pop(name), layout, len(classes))
        for start in range(0, len(pixels), _AT_ONCE):
            block = slice(start, start + _AT_ONCE)
            album.add(split, pixels[block], labels[block], names and names[block])
            done += len(pixels[block])
            album.tell(Progress(f"Reading {path.name}", done, total))
    return Reading(classes)


def _load(path: Path, layout: _Layout, tell: Tell) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for member in open_members(path, layout.files, tell):
        if member.size > _MOST_BATCH_BYTES:
            raise DataError(f"{member.where}: has {member.size:,} bytes; no batch is that large")
        value = read_pickle(member.read(member.size), member.where)
        if not isinstance(value, dict):
            raise DataError(f"{member.where}: holds no dict; expected one, as every batch is")
        found[member.name] = {_text(key): content for key, content in value.items()}
    missing = [name for name in layout.files if name not in found]
    if missing:
        raise DataError(f"{path}: holds no '{missing[0]}'; expected {', '.join(layout.files)}")
    return found


def _of(path: Path, name: str, batch: Mapping[str, Any], key: str) -> Any:
    if key not in batch:
        raise DataError(f"{path}: {name}: holds no '{key}'; it holds: {', '.join(map(repr, batch))[:200]}")
    return batch[key]


def _classes(path: Path, layout: _Layout, meta: Mapping[str, Any]) -> tuple[str, ...]:
    given = _of(path, layout.meta, meta, layout.classes)
    names = tuple(map(_text, given)) if isinstance(given, list) else ()
    if len(names) < 2 or len(set(names)) < len(names) or not all(names):
        raise DataError(f"{path}: {layout.meta}: {layout.classes}: expected a list of names, each once")
    return names


def _checked(
    path: Path, name: str, batch: Mapping[str, Any], layout: _Layout, classes: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64], list[str] | None]:
    where = f"{path}: {name}"
    pixels = _of(path, name, batch, "data")
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.shape[1:] != (3072,):
        raise DataError(f"{where}: data: expected an array of uint8 with 3,072 values for each image")
    labels = _of(path, name, batch, layout.labels)
    if isinstance(labels, np.ndarray):
        labels = labels.tolist()
    right = isinstance(labels, list) and all(type(one) is int and 0 <= one < classes for one in labels)
    if not right or len(labels) != len(pixels) or not len(pixels):
        raise DataError(
            f"{where}: {layout.labels}: expected {len(pixels):,} whole numbers from 0 to {classes - 1}"
        )
    given = batch.get("filenames")
    named = given if isinstance(given, list) and len(given) == len(labels) else None
    names = named and [_text(name) for name in named]
    return pixels.reshape(-1, 3, 32, 32), np.array(labels, np.int64), names


def _text(given: Any) -> str:
    """Texts of Python 2 come as bytes."""
    return given.decode("utf-8", "backslashreplace") if isinstance(given, bytes) else str(given)
