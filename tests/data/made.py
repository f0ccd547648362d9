"""Small picture folders for tests."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from paribus.data.album import Album
from paribus.data.images import Images
from paribus.data.opening import fit_of
from paribus.data.pictures.folder import read_folder
from paribus.data.pictures.reading import refuse_bad
from paribus.data.progress import tell_nobody
from paribus.specs.datasets import Folder, PictureOptions

PAST = time.time() - 1000


def picture(seed, width=8, height=6, channels=3):
    """uint8 [height, width, channels], smooth enough to survive JPEG."""
    random = np.random.default_rng(seed)
    low, high = random.integers(0, 256, (2, channels))
    slope = np.linspace(0, 1, height * width).reshape(height, width, 1)
    return np.round(low + (high - low) * slope).astype(np.uint8)


def put(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def make_classes(root, *, names=("cat", "dog"), images=3, suffix=".png", seed=0):
    for label in names:
        for number in range(images):
            put(root / label / f"{number}{suffix}", picture((seed, number, *label.encode())))
    return root


def make_old(root):
    """As if the files had been there for long: only then the index trusts their times."""
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (PAST, PAST))


@dataclass(frozen=True)
class Read:
    """All that a reader found, in memory."""

    splits: dict
    names: dict
    classes: tuple
    skipped: tuple
    met: dict


def read_source(found, options):
    """What the source puts into an album, and what it says of it."""
    with TemporaryDirectory() as place:
        with Album(Path(place), fit_of(options)) as album:
            reading = found.read(album)
        if isinstance(options, PictureOptions):
            refuse_bad(reading.skipped, options)
        splits = {
            split: Images(*(np.load(Path(place) / f"{split}-{what}.npy") for what in ("pixels", "labels")))
            for split in album.counts
        }
        lists = {split: Path(place) / f"{split}-names.json" for split in album.counts}
        names = {split: json.loads(path.read_text()) for split, path in lists.items() if path.exists()}
    return Read(splits, names, reading.classes, reading.skipped, reading.met)


def source(root, **options):
    return read_folder(Folder(path=str(root), **options), tell_nobody)


def read(root, **options):
    return read_source(source(root, **options), Folder(path=str(root), **options))
