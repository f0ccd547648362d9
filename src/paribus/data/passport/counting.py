"""What counting tells of a data set: images by class and split, original sizes, formats, colours, gaps."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from paribus.data.cache import DataSet
from paribus.data.images import Split
from paribus.data.measuring import Pixels, blocks

FEW = 20  # training images of a class: of fewer, one in ten to validate is one or two
UNEVEN = 3.0  # times as many training images in the largest class as in the smallest


@dataclass(frozen=True)
class Sizes:
    """Originals by their number of pixels, as "width x height"."""

    smallest: str
    median: str
    largest: str
    kinds: int


@dataclass(frozen=True)
class Counts:
    """All of it is plain, to be shown or printed."""

    classes: tuple[str, ...]
    shape: tuple[int, int, int]  # channels, height, width
    images: dict[Split, int]
    by_class: dict[Split, list[int]]  # of each split with labels, in the order of the classes
    sizes: Sizes | None  # None where the data did not come as files
    formats: dict[str, int]
    modes: dict[str, int]
    mean: tuple[float, ...]  # by channel, from 0 to 255
    deviation: tuple[float, ...]
    few: tuple[str, ...]  # classes with fewer than FEW training images
    missing: dict[Split, list[str]]  # classes that a split has no image of
    imbalance: float | None  # largest class over smallest, in train; None where one is empty
    gray: int | None  # images whose channels are all equal; None where there is one channel
    groups: dict[Split, int]  # how many, where the data know any
    skipped: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.images.values())


def count_images(data: DataSet) -> Counts:
    by_class = {}
    for split in data.counts:
        labels = data.split(split).labels
        if (labels >= 0).any():
            by_class[split] = np.bincount(labels[labels >= 0], minlength=len(data.classes)).tolist()
    train = by_class["train"]
    groups = {split: len(set(found)) for split in data.counts if (found := data.groups(split)) is not None}
    return Counts(
        classes=data.classes,
        shape=data.shape,
        images=dict(data.counts),
        by_class=by_class,
        sizes=_sizes(data.met.get("size", {})),
        formats=_by_frequency(data.met.get("format", {})),
        modes=_by_frequency(data.met.get("mode", {})),
        mean=data.mean,
        deviation=data.deviation,
        few=tuple(name for name, count in zip(data.classes, train, strict=True) if count < FEW),
        missing=_missing(data.classes, by_class),
        imbalance=max(train) / min(train) if min(train) else None,
        gray=_count_gray(data) if data.shape[0] == 3 else None,
        groups=groups,
        skipped=data.skipped,
    )


def _by_frequency(met: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(met.items(), key=lambda item: (-item[1], item[0])))


def _sizes(met: Mapping[str, int]) -> Sizes | None:
    """The median is over images, so that one odd picture does not move it."""
    if not met:
        return None

    def area(size: str) -> tuple[int, int]:
        width, height = map(int, size.split(" x "))
        return width * height, width

    ordered = sorted(met, key=area)
    ends = np.cumsum([met[size] for size in ordered])
    median = ordered[int(np.searchsorted(ends, (ends[-1] + 1) // 2))]
    return Sizes(ordered[0], median, ordered[-1], len(ordered))


def _missing(classes: tuple[str, ...], by_class: dict[Split, list[int]]) -> dict[Split, list[str]]:
    missing = {
        split: [name for name, count in zip(classes, counts, strict=True) if not count]
        for split, counts in by_class.items()
    }
    return {split: names for split, names in missing.items() if names}


def _count_gray(data: DataSet) -> int:
    return sum(_gray_among(data.split(split).pixels) for split in data.counts)


def _gray_among(pixels: Pixels) -> int:
    return sum(int((block == block[:, :1]).all((1, 2, 3)).sum()) for block in blocks(pixels))
