"""The drawn set `streetnumbers`, as a data set with its splits."""

from paribus.data.album import Album
from paribus.data.images import Reading, Source
from paribus.data.progress import Tell
from paribus.data.streetnumbers import draw_streetnumbers
from paribus.specs.datasets import DATASETS, StreetNumbers

_DIGITS = tuple("0123456789")


def read_streetnumbers(options: StreetNumbers, _tell: Tell) -> Source:
    version = DATASETS["streetnumbers"].version
    key = f"streetnumbers/{version}/{options.train}/{options.test}/{options.extra}/{options.size}"
    return Source(key, lambda album: _draw(options, album))


def _draw(options: StreetNumbers, album: Album) -> Reading:
    album.add("train", *draw_streetnumbers(options.train, split="train", size=options.size))
    if options.extra:
        album.add("train", *draw_streetnumbers(options.extra, split="extra", size=options.size))
    album.add("test", *draw_streetnumbers(options.test, split="test", size=options.size))
    return Reading(_DIGITS)
