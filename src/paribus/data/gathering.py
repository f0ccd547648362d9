"""Images that come one by one with their labels, nobody knows how many: into an album, block by block.

What the classes are is known only at the end, and so is who becomes the test set where there is none; until
then images lie on the disk and labels in memory. Does not know where the pairs come from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paribus.data.album import Album
from paribus.data.carving import carve_test
from paribus.data.grouping import group_names
from paribus.data.images import Reading, Split
from paribus.data.pictures.decoding import decode_picture, upright_in_colour
from paribus.data.progress import Progress
from paribus.errors import DataError
from paribus.specs.words import quoted

_BLOCK_BYTES = 4_000_000

Label = str | int
Pixels = NDArray[np.uint8]


@dataclass
class _Gathered:
    """What is known of a split besides its pixels."""

    labels: list[Label] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # of those images that are files


@dataclass(frozen=True)
class Gathering:
    """Where pairs go, and how faults are told."""

    where: str  # what yields them
    album: Album
    root: Path  # what paths of pictures are relative to
    test_share: float
    groups: str | None = None  # pattern of names: images whose group matches alike stay on one side
    classes: Sequence[Label] | None = None  # in their order; None: whatever labels there are, sorted

    def gather(self, splits: Mapping[Split, Iterable[object]]) -> Reading:
        """All pairs of image and label into the album; without a test set one is carved out of train."""
        known: dict[Split, _Gathered] = {}
        for split, pairs in splits.items():
            known[split] = _Gathered()
            for block in self._blocks(split, pairs, known[split]):
                self.album.put(split, self.album.counts.get(split, 0), block)
            if not known[split].labels:
                raise DataError(f"{self.where}: '{split}' holds no image")
        classes = self._find_classes(known)
        for split, gathered in known.items():
            self._label(split, gathered, classes)
        names = tuple(map(str, classes))
        if "test" not in splits:
            self.album.move("train", self._carved(known["train"], classes), "test")
        return Reading(names)

    def _blocks(self, split: Split, pairs: Iterable[object], gathered: _Gathered) -> Iterator[Pixels]:
        """Fitted images of one size, a few megabytes at a time."""
        total = len(pairs) if isinstance(pairs, Sized) else None
        waiting: list[Pixels] = []
        for number, pair in enumerate(pairs):
            place = f"{self.where}: image {number} of '{split}'"
            image, label = _unpacked(place, pair)
            gathered.labels.append(_label(place, label))
            pixels = self._pixels(place, image, gathered)
            if waiting and (pixels.shape != waiting[0].shape or pixels.nbytes * len(waiting) >= _BLOCK_BYTES):
                yield np.stack(waiting)
                self.album.tell(Progress(f"Reading {self.where}", number, total))
                waiting = []
            waiting.append(pixels)
        if waiting:
            yield np.stack(waiting)

    def _pixels(self, place: str, image: object, gathered: _Gathered) -> Pixels:
        """[channels, height, width], fitted."""
        fit = self.album.fit
        if isinstance(image, np.ndarray):
            return np.array(fit.arrays(_channels_first(place, image)[None])[0])  # theirs may be filled again
        try:
            if isinstance(image, Image.Image):
                return fit.picture(upright_in_colour(image))
            if isinstance(image, BytesIO):
                return decode_picture(image, fit)
            if isinstance(image, str | Path):
                gathered.names.append(Path(image).as_posix())
                return decode_picture(self.root / image, fit)
        except DataError as error:
            named = f" ({quoted(str(image))})" if isinstance(image, str | Path) else ""
            raise DataError(f"{place}{named}: {error}") from error
        raise DataError(
            f"{place}: is a value of type {type(image).__name__}; expected an array of uint8, a Pillow "
            "image, or a path"
        )

    def _find_classes(self, known: Mapping[Split, _Gathered]) -> Sequence[Label]:
        if self.classes is not None:
            return self.classes
        labels = {label for gathered in known.values() for label in gathered.labels}
        if len({type(label) for label in labels}) > 1:
            raise DataError(f"{self.where}: has both names and numbers as labels; expected one kind")
        if len(labels) < 2:
            raise DataError(f"{self.where}: has images of {len(labels)} class; expected at least two")
        return sorted(labels)

    def _label(self, split: Split, gathered: _Gathered, classes: Sequence[Label]) -> None:
        are_named = len(gathered.names) == len(gathered.labels)
        self.album.label(split, self._positions(gathered, classes), gathered.names if are_named else None)

    def _carved(self, train: _Gathered, classes: Sequence[Label]) -> NDArray[np.bool_]:
        """[images of train]: which of them become the test set."""
        are_named = len(train.names) == len(train.labels)
        groups = group_names(train.names, self.groups) if self.groups and are_named else None
        return carve_test(self._positions(train, classes), self.test_share, self.where, groups)

    def _positions(self, gathered: _Gathered, classes: Sequence[Label]) -> NDArray[np.int64]:
        position = {label: number for number, label in enumerate(classes)}
        return np.array([position[label] for label in gathered.labels], np.int64)


def _unpacked(place: str, pair: object) -> tuple[object, object]:
    if isinstance(pair, tuple | list) and len(pair) == 2:
        return pair[0], pair[1]
    raise DataError(
        f"{place}: is a value of type {type(pair).__name__}; expected a pair of image and label, "
        "such as zip(images, labels) yields"
    )


def _label(place: str, label: object) -> Label:
    if isinstance(label, str):
        return str(label)
    if isinstance(label, int | np.integer) and not isinstance(label, bool):
        return int(label)
    raise DataError(f"{place}: has the label {quoted(label)}; expected a name or a whole number")


def _channels_first(place: str, image: NDArray[np.generic]) -> Pixels:
    if image.dtype != np.uint8:
        raise DataError(f"{place}: has type {image.dtype}; expected uint8 values from 0 to 255")
    shown = image[..., None] if image.ndim == 2 else image
    if shown.ndim != 3 or shown.shape[-1] not in {1, 3} or not shown.size:
        raise DataError(f"{place}: has shape {image.shape}; expected [height, width] or [..., 1 or 3]")
    return shown.transpose(2, 0, 1)  # type: ignore[return-value]
