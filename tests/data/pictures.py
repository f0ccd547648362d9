"""Small picture folders for tests."""

import os
import time

import numpy as np
from PIL import Image

from paribus.data.folder import read_folder
from paribus.specs.datasets import Folder

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


def source(root, **options):
    return read_folder(Folder(path=str(root), **options))


def read(root, **options):
    return source(root, **options).read()
