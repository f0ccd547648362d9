"""MNIST and Fashion-MNIST from their four files each."""

import hashlib
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.images import Reading, Source
from paribus.data.official.distributions import Home, Wanted, home_of
from paribus.data.official.idx import open_idx
from paribus.data.official.remotes import FASHION_MNIST, MNIST
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, FashionMnist, Mnist

_AT_ONCE = 4_096  # images
_DIGITS = tuple("0123456789")
_CLOTHES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")  # fmt: skip


def read_mnist(options: Mnist, tell: Tell) -> Source:
    home = home_of("mnist", options.path, ("MNIST/raw", "raw"))
    return _source("mnist", home, MNIST, _DIGITS, tell)


def read_fashion_mnist(options: FashionMnist, tell: Tell) -> Source:
    home = home_of("fashion-mnist", options.path, ("FashionMNIST/raw", "raw"))
    return _source("fashion-mnist", home, FASHION_MNIST, _CLOTHES, tell)


def _source(
    name: str, home: Home, files: Mapping[str, Wanted], classes: tuple[str, ...], tell: Tell
) -> Source:
    sums = "/".join(home.digest(wanted, tell) for wanted in files.values())
    key = hashlib.sha256(f"{name}/{DATASETS[name].version}/{sums}".encode()).hexdigest()
    return Source(key, lambda album: _read(home, files, classes, album))


def _read(home: Home, files: Mapping[str, Wanted], classes: tuple[str, ...], album: Album) -> Reading:
    for split in ("train", "test"):
        labels = _labels(home, files[f"{split} labels"], len(classes), album.tell)
        _add_images(home, files[f"{split} images"], split, labels, album)
    return Reading(classes)


def _labels(home: Home, wanted: Wanted, classes: int, tell: Tell) -> NDArray[np.int64]:
    path = home.obtain(wanted, tell)
    with open_idx(path, dimensions=1) as file:
        labels = np.concatenate(list(file.blocks(1_000_000))).astype(np.int64)
    if labels.max() >= classes:
        raise DataError(f"{path}: holds the label {labels.max()}; expected 0 to {classes - 1}")
    return labels


def _add_images(
    home: Home, wanted: Wanted, split: Literal["train", "test"], labels: NDArray[np.int64], album: Album
) -> None:
    path = home.obtain(wanted, album.tell)
    with open_idx(path, dimensions=3) as file:
        count = file.shape[0]
        if count != len(labels):
            raise DataError(f"{path}: holds {count:,} images, and its labels are {len(labels):,}")
        done = 0
        for block in file.blocks(_AT_ONCE):
            album.add(split, block[:, None], labels[done : done + len(block)])
            done += len(block)
            album.tell(Progress(f"Reading {path.name}", done, count))
