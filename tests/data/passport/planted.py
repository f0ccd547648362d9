"""Data sets with twins planted in them."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from paribus.data import open_data
from paribus.specs.datasets import Npz, StreetNumbers


def pictures(count, seed=0, size=32):
    """uint8 [count, size, size, 3]: blobs, bars and grain, each unlike the others."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, (count, 6, 6, 3)).astype(np.uint8)
    large = [
        np.asarray(Image.fromarray(one).resize((size, size), Image.Resampling.BICUBIC)) for one in coarse
    ]
    grain = random.normal(0, 14, (count, size // 2, size // 2, 1)).repeat(2, 1).repeat(2, 2)
    return np.clip(np.stack(large) + grain, 0, 255).astype(np.uint8)


def drawn(count):
    """House numbers as the product draws them: uint8 [count, 32, 32, 3]."""
    train = open_data(StreetNumbers(train=count, test=20), Path()).split("train")
    return np.ascontiguousarray(train.pixels.transpose(0, 2, 3, 1))


def as_jpeg(picture, quality=75):
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=quality)
    return np.asarray(Image.open(written))


def brighter(picture):
    return np.clip(picture * 0.8 + 40.0, 0, 255).astype(np.uint8)


def shifted(picture):
    return np.roll(picture, 1, axis=1)


def mirrored(picture):
    return picture[:, ::-1]


def saved(folder, **arrays):
    """The set of an archive made of these arrays; labels count up unless given."""
    path = folder / "planted.npz"
    for name in [name for name in arrays if name.endswith("_images")]:
        labels = np.arange(len(arrays[name])) % 10
        arrays.setdefault(name.replace("images", "labels"), labels)
    np.savez(path, **arrays)
    return open_data(Npz(path=str(path)), Path())
