"""The drawn set `streetnumbers`, as a data set with its splits."""

import numpy as np

from paribus.data.images import Images, Reading, Source
from paribus.data.streetnumbers import draw_streetnumbers
from paribus.specs.datasets import DATASETS, StreetNumbers

_DIGITS = tuple("0123456789")


def read_streetnumbers(options: StreetNumbers) -> Source:
    version = DATASETS["streetnumbers"].version
    key = f"streetnumbers/{version}/{options.train}/{options.test}/{options.extra}/{options.size}"
    return Source(key, lambda: _draw(options))


def _draw(options: StreetNumbers) -> Reading:
    pixels, labels = draw_streetnumbers(options.train, split="train", size=options.size)
    if options.extra:
        more, more_labels = draw_streetnumbers(options.extra, split="extra", size=options.size)
        pixels, labels = np.concatenate([pixels, more]), np.concatenate([labels, more_labels])
    test = Images(*draw_streetnumbers(options.test, split="test", size=options.size))
    return Reading({"train": Images(pixels, labels), "test": test}, _DIGITS)
