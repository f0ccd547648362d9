"""STL-10 from its binary files, packed or unpacked: labelled images, their ten folds, and unlabeled ones."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.images import Reading, Source, Split
from paribus.data.official.distributions import Home, home_of
from paribus.data.official.members import Member, open_members
from paribus.data.official.remotes import STL10
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, Stl10

_IMAGE_BYTES = 3 * 96 * 96
_AT_ONCE = 256  # images
_MOST_IMAGES = 1_000_000
_MOST_TEXT_BYTES = 1_000_000
_PIXELS: dict[str, Split] = {
    "train_X.bin": "train",
    "test_X.bin": "test",
    "unlabeled_X.bin": "unlabeled",
}
_LABELS: dict[str, Split] = {"train_y.bin": "train", "test_y.bin": "test"}
_NAMES, _FOLDS = "class_names.txt", "fold_indices.txt"


@dataclass
class _Found:
    """What is known besides the pixels, in whatever order the files came."""

    counts: dict[Split, int] = field(default_factory=dict)
    labels: dict[Split, NDArray[np.int64]] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)  # lines


def read_stl10(options: Stl10, tell: Tell) -> Source:
    home = home_of("stl10", options.path)
    files = _files(options)
    found = home.digest(STL10, tell, files)
    key = f"stl10/{DATASETS['stl10'].version}/{options.fold}/{options.unlabeled}/{found}"
    return Source(hashlib.sha256(key.encode()).hexdigest(), lambda album: _read(home, options, album))


def _files(options: Stl10) -> tuple[str, ...]:
    files = ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin", _NAMES]
    files += ["unlabeled_X.bin"] if options.unlabeled else []
    files += [_FOLDS] if options.fold is not None else []
    return tuple(files)


def _read(home: Home, options: Stl10, album: Album) -> Reading:
    path = home.obtain(STL10, album.tell)
    found = _Found()
    seen = []
    for member in open_members(path, _files(options), album.tell):
        _take(member, found, album)
        seen.append(member.name)
    missing = [name for name in _files(options) if name not in seen]
    if missing:
        raise DataError(f"{path}: holds no '{missing[0]}'; expected {', '.join(_files(options))}")
    classes = tuple(found.texts[_NAMES])
    if len(classes) < 2 or len(set(classes)) < len(classes):
        raise DataError(f"{path}: {_NAMES}: expected a name in each line, each once")
    for split, count in found.counts.items():
        album.label(split, _labels_of(path, split, count, found, len(classes)))
    if options.fold is not None:
        album.keep("train", _fold(path, found, options.fold))
    return Reading(classes)


def _take(member: Member, found: _Found, album: Album) -> None:
    if member.name in _PIXELS:
        found.counts[_PIXELS[member.name]] = _put_images(member, _PIXELS[member.name], album)
    elif member.size > _MOST_TEXT_BYTES:
        raise DataError(f"{member.where}: has {member.size:,} bytes; expected at most {_MOST_TEXT_BYTES:,}")
    elif member.name in _LABELS:
        given = np.frombuffer(member.read(member.size), np.uint8)
        found.labels[_LABELS[member.name]] = given.astype(np.int64) - 1
    else:
        text = member.read(member.size).decode("utf-8", "backslashreplace")
        found.texts[member.name] = [line.strip() for line in text.splitlines() if line.strip()]


def _put_images(member: Member, split: Split, album: Album) -> int:
    count, rest = divmod(member.size, _IMAGE_BYTES)
    if rest or not 0 < count <= _MOST_IMAGES:
        raise DataError(
            f"{member.where}: has {member.size:,} bytes; expected {_IMAGE_BYTES:,} for each image"
        )
    for start in range(0, count, _AT_ONCE):
        images = min(_AT_ONCE, count - start)
        values = np.frombuffer(member.read(images * _IMAGE_BYTES), np.uint8)
        upright = values.reshape(images, 3, 96, 96).transpose(0, 1, 3, 2)  # it lies column by column
        album.put(split, start, album.fit.arrays(np.ascontiguousarray(upright)))
        album.tell(Progress(f"Reading {member.name}", start + images, count))
    return count


def _labels_of(path: Path, split: Split, count: int, found: _Found, classes: int) -> NDArray[np.int64]:
    if split == "unlabeled":
        return np.full(count, -1, np.int64)
    labels = found.labels[split]
    if len(labels) != count or labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"{path}: {split}_y.bin: expected {count:,} labels from 1 to {classes}")
    return labels


def _fold(path: Path, found: _Found, fold: int) -> NDArray[np.bool_]:
    """[images of train]: which of them belong to the fold."""
    count, lines = found.counts["train"], found.texts[_FOLDS]
    words = lines[fold].split() if fold < len(lines) else []
    places = [int(word) for word in words if word.isdecimal() and len(word) < 10]
    if not places or len(places) < len(words) or max(places) >= count:
        raise DataError(
            f"{path}: {_FOLDS}: line {fold + 1}: expected positions of images, from 0 to {count - 1:,}"
        )
    kept = np.zeros(count, bool)
    kept[places] = True
    return kept
