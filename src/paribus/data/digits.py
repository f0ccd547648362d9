"""The set `digits`: 1,797 real handwritten digits, 8x8 gray, that come inside scikit-learn."""

from importlib.metadata import PackageNotFoundError, version

import numpy as np

from paribus.data.album import Album
from paribus.data.images import Reading, Source
from paribus.data.progress import Tell
from paribus.data.splitting import stratified
from paribus.errors import MissingExtra
from paribus.specs.datasets import Digits

_TEST_SHARE = 0.2


def read_digits(_options: Digits, _tell: Tell) -> Source:
    try:
        found = version("scikit-learn")
    except PackageNotFoundError as error:
        raise MissingExtra("scikit-learn", "digits", "The data set 'digits'") from error
    return Source(f"digits/{found}", _read)


def _read(album: Album) -> Reading:
    from sklearn.datasets import load_digits  # noqa: PLC0415  takes 0.8 s, and only the first time

    bunch = load_digits()
    pixels = np.round(bunch.images * (255 / 16)).astype(np.uint8)[:, None]  # [images, 1, 8, 8]
    labels = bunch.target.astype(np.int64)
    rest, test = stratified(labels, _TEST_SHARE, 0, "digits test")
    album.add("train", pixels[rest], labels[rest])
    album.add("test", pixels[test], labels[test])
    return Reading(tuple("0123456789"))
