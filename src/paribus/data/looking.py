"""A first look at pictures, at their heads alone: their sizes and colours, and the options that fit them.

Knows no classes and no splits. What it misses, opening the set will find.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image
from PIL.ExifTags import Base

from paribus.data.naming import legible
from paribus.data.pictures.decoding import FORMATS
from paribus.data.pictures.table import place_rows
from paribus.data.progress import Progress, Tell
from paribus.data.trees import Content, FolderTree, Tree
from paribus.errors import DataError
from paribus.specs.datasets import Csv

LARGEST = 64  # pixels a side that nobody chose: what two processors train on in minutes
_SIDES = (16, 24, 32, 48, LARGEST)
_SMALLEST = 8  # of pictures that most have alike, and that are left as they are
_LOOKED_AT = 2_000  # pictures whose heads are read
_TOLD_EVERY = 64
_GRAY_MODES = {"1", "L", "LA", "I;16", "I;16B", "I;16L"}
_NEARLY_SQUARE = 1.25  # of the longer side to the shorter: squashing such is hardly seen
_LYING = (5, 6, 7, 8)  # orientations that turn a picture by a quarter

RESIZED: Mapping[str, Any] = {"resize": LARGEST}  # where nothing is known of sizes but that they differ

Size = tuple[int, int]  # width, height


@dataclass(frozen=True)
class Look:
    """What a first look at pictures found."""

    sizes: tuple[Size, ...]  # upright; of those looked at that could be opened
    gray: bool = False  # all of them

    @property
    def is_uniform(self) -> bool:
        return len(set(self.sizes)) <= 1


def look_at(trees: Sequence[tuple[Tree, Sequence[str]]], tell: Tell) -> Look:
    """Sizes and modes, from the heads of some of the named pictures."""
    sizes: list[Size] = []
    modes: set[str] = set()
    for tree, names in trees:
        some = names[:: max(1, len(names) // _LOOKED_AT)]
        for done, (_, content) in enumerate(tree.contents(some)):
            if done % _TOLD_EVERY == 0:
                tell(Progress(f"Looking at pictures of {legible(tree.where.name)}", done, len(some)))
            with suppress(Exception):  # decoders raise nearly anything; reading will name the file
                size, mode = _head(content)
                sizes.append(size)
                modes.add(mode)
    return Look(tuple(sizes), bool(modes) and modes <= _GRAY_MODES)


def look_at_table(path: Path, tell: Tell) -> Look:
    """The same for the files that a table names."""
    with suppress(DataError):  # reading will say what is wrong with it
        names = [one.name for one in place_rows(Csv(path=str(path)))]
        return look_at([(FolderTree(path.parent), names)], tell)
    return Look(())


def choose_fit(look: Look, *, differing: bool = False) -> dict[str, Any]:
    """Options that make one size of many, and one channel of gray; `differing`: more sizes than were seen."""
    asked: dict[str, Any] = {"gray": True} if look.gray else {}
    if not look.sizes:
        return dict(RESIZED) if differing else {}
    if look.is_uniform and max(look.sizes[0]) <= LARGEST and not differing:
        return asked
    asked["resize"] = _side(look.sizes)
    if median(max(size) / min(size) for size in look.sizes) > _NEARLY_SQUARE:
        asked["fit"] = "crop"
    return asked


def _side(sizes: Sequence[Size]) -> int:
    """The size that most have, where that is square and small; else one that few are blown up to."""
    (width, height), count = Counter(sizes).most_common(1)[0]
    if 2 * count > len(sizes) and _SMALLEST <= width == height <= LARGEST:
        return width
    short = median(min(size) for size in sizes)
    return max((side for side in _SIDES if side <= short), default=_SIDES[0])


def _head(content: Content | DataError) -> tuple[Size, str]:
    """Size and mode of a picture as people see it. Raises where there is none."""
    if isinstance(content, DataError):
        raise content
    if isinstance(content, Path) and not content.is_file():
        raise DataError("is no regular file")  # a pipe may never end
    with Image.open(BytesIO(content) if isinstance(content, bytes) else content, formats=FORMATS) as image:
        width, height = image.size
        return ((height, width) if _lies(image) else (width, height)), image.mode


def _lies(image: Image.Image) -> bool:
    """Whether it has yet to be turned by a quarter. A TIFF opens upright."""
    if image.format == "TIFF":
        return False
    if image.format == "PNG" and "exif" not in image.info:
        return False  # to look behind its pixels they would be decoded
    return image.getexif().get(Base.Orientation) in _LYING
