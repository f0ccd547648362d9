"""SVHN, cropped digits ("format 2"): three MATLAB files, of which `extra` may join `train`."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.images import Reading, Source, Split
from paribus.data.official.distributions import Home, home_of
from paribus.data.official.matfile import Matrix, read_matrices
from paribus.data.official.remotes import SVHN
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, Svhn

_IMAGE = (32, 32, 3)  # rows, columns, channels
_MOST_IMAGES = 1_000_000
_AT_ONCE = 2_048  # images
_DIGITS = tuple("0123456789")


def read_svhn(options: Svhn, tell: Tell) -> Source:
    home = home_of("svhn", options.path)
    parts: dict[str, Split] = {"train": "train", "test": "test"}
    if options.extra:
        parts = {"train": "train", "extra": "train", "test": "test"}
    sums = [home.digest(SVHN[part], tell) for part in parts]
    key = hashlib.sha256(f"svhn/{DATASETS['svhn'].version}/{'/'.join(sums)}".encode()).hexdigest()
    return Source(key, lambda album: _read(home, parts, album))


def _read(home: Home, parts: dict[str, Split], album: Album) -> Reading:
    labels: dict[Split, list[NDArray[np.int64]]] = {}
    for part, split in parts.items():
        path = home.obtain(SVHN[part], album.tell)
        labels.setdefault(split, []).append(_read_file(path, split, album))
        album.label(split, np.concatenate(labels[split]))
    return Reading(_DIGITS)


def _read_file(path: Path, split: Split, album: Album) -> NDArray[np.int64]:
    """The images into the album; the labels come back."""
    count, labels = None, None
    for matrix in read_matrices(path):
        if matrix.name == "X" and count is None:
            count = _read_images(path, matrix, split, album)
        elif matrix.name == "y" and labels is None:
            labels = _read_labels(path, matrix)
        else:
            raise DataError(f"{path}: holds '{matrix.name}'; expected the matrices 'X' and 'y', each once")
    if count is None or labels is None:
        raise DataError(f"{path}: holds no '{'y' if labels is None else 'X'}'; expected 'X' and 'y'")
    if len(labels) != count:
        raise DataError(f"{path}: holds {count:,} images and {len(labels):,} labels; expected as many")
    return labels


def _read_images(path: Path, matrix: Matrix, split: Split, album: Album) -> int:
    shape, count = matrix.shape, matrix.shape[-1]
    if shape[:-1] != _IMAGE or matrix.dtype != np.uint8 or not 0 < count <= _MOST_IMAGES:
        raise DataError(
            f"{path}: X: has shape {shape} of {matrix.dtype}; expected (32, 32, 3, images) of uint8"
        )
    first, done = album.counts.get(split, 0), 0
    for block in _blocks(matrix, count):
        album.put(split, first + done, album.fit.arrays(block))
        done += len(block)
        album.tell(Progress(f"Reading {path.name}", done, count))
    return count


def _blocks(matrix: Matrix, count: int) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, count, _AT_ONCE):
        images = min(_AT_ONCE, count - start)
        values = matrix.read(images * 32 * 32 * 3).astype(np.uint8, copy=False)
        # [images, channels, columns, rows], for MATLAB's first dimension runs fastest
        yield np.ascontiguousarray(values.reshape(images, 3, 32, 32).transpose(0, 1, 3, 2))


def _read_labels(path: Path, matrix: Matrix) -> NDArray[np.int64]:
    count = matrix.shape[0]
    if matrix.shape != (count, 1) or not 0 < count <= _MOST_IMAGES:
        raise DataError(f"{path}: y: has shape {matrix.shape}; expected (images, 1)")
    given = matrix.read(count)
    if not np.isin(given, range(1, 11)).all():
        raise DataError(f"{path}: y: expected labels from 1 to 10, where 10 means the digit 0")
    return given.astype(np.int64) % 10
