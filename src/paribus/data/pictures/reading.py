"""From placed picture files to a data set: digests, a test set, the album. Knows not how they were placed."""

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from paribus.data.album import Album
from paribus.data.carving import carve_test
from paribus.data.grouping import group_names
from paribus.data.hashing import UNREADABLE
from paribus.data.images import SPLITS, Reading, Source, Split
from paribus.data.naming import in_class_order, legible
from paribus.data.pictures.decoding import Unreadable
from paribus.data.pictures.layout import SUFFIXES, Placed
from paribus.data.pictures.parallel import AT_ONCE, Decoded, decode_all
from paribus.data.progress import Progress
from paribus.data.trees import Tree
from paribus.errors import DataError, SizesDiffer
from paribus.specs.datasets import DATASETS, PictureOptions

_SIZES_NOTED = 2_000
FOLDERS_WANTED = (
    f"expected at least two folders, one for each class, with images inside ({', '.join(SUFFIXES)}), under "
    "train/ or directly"
)


@dataclass(frozen=True)
class _Pictures:
    """Picture files in their order."""

    where: str  # what a message calls the place they are from
    wanted: str  # what was expected there
    trees: Sequence[Tree]
    placed: Sequence[Placed]
    sums: Sequence[str]  # SHA-256 of each, or why there is none


def picture_source(
    trees: Sequence[Tree],
    placed: Sequence[Placed],
    options: PictureOptions,
    *,
    where: object = None,
    wanted: str = FOLDERS_WANTED,
) -> Source:
    """The pictures in their order, known by names, digests, splits and classes."""
    where = legible(trees[0].where if where is None else where)
    _refuse_few_classes(where, wanted, placed)
    _refuse_twice(where, placed)
    placed = _with_test(where, placed, options)
    pictures = _Pictures(where, wanted, trees, placed, _sum_up(trees, placed))
    known = hashlib.sha256(f"pictures/{DATASETS[options.name].version}".encode())
    for one, found in zip(placed, pictures.sums, strict=True):
        line = f"\n{one.split}\0{one.label}\0{one.group}\0{one.shown}\0{found}"
        known.update(line.encode("utf-8", "surrogateescape"))
    fingerprint = known.hexdigest()
    return Source(fingerprint, lambda album: _read(pictures, album), fingerprint)


def refuse_bad(skipped: Sequence[str], options: PictureOptions) -> None:
    """Where `on_bad` says that a file which cannot be read is one too many."""
    if skipped and options.on_bad == "fail":
        path = getattr(options, "root", None) or getattr(options, "path", None)
        first = f"{path}/{skipped[0]}" if isinstance(path, str) and options.name == "folder" else skipped[0]
        others = f" ({len(skipped) - 1} more such files)" if len(skipped) > 1 else ""
        raise DataError(f'{first}{others}. Mend or remove it, or set data.on_bad = "skip" to go on without')


def _in_order(placed: Iterable[Placed]) -> list[Placed]:
    """By path, folder by folder, whatever order the files were found in."""
    return sorted(placed, key=lambda one: (SPLITS.index(one.split), one.shown.split("/")))


def _refuse_few_classes(
    where: str, wanted: str, placed: Sequence[Placed], skipped: Sequence[str] = ()
) -> None:
    labels = in_class_order(one.label for one in placed if one.split == "train")
    if len(labels) < 2:
        alone = f"1 class, '{legible(labels[0])}'" if labels else "0 classes"
        bad = f". {len(skipped):,} cannot be read, the first: {skipped[0]}" if skipped else ""
        raise DataError(f"{where}: holds images of {alone}; {wanted}{bad}")


def _refuse_twice(where: str, placed: Sequence[Placed]) -> None:
    """In two splits it would be a leak, in two classes a contradiction."""
    for counted in (
        Counter((one.tree, one.name) for one in placed),
        Counter((one.split, one.shown) for one in placed),
    ):
        (_, name), count = counted.most_common(1)[0]
        if count > 1:
            raise DataError(f"{where}: '{legible(name)}' is there {count} times; expected each picture once")


def _with_test(where: str, placed: Sequence[Placed], options: PictureOptions) -> list[Placed]:
    """In order, and with a test set: its own, or one carved out of train."""
    placed = _in_order(placed)
    if any(one.split == "test" for one in placed):
        return placed
    train = [one for one in placed if one.split == "train"]
    classes = in_class_order(one.label for one in train)
    position = {label: number for number, label in enumerate(classes)}
    labels = np.array([position[one.label] for one in train], np.int64)
    carved = carve_test(labels, options.test, where, _groups(train, options))
    moved = {id(one) for one, taken in zip(train, carved, strict=True) if taken}
    return _in_order(replace(one, split="test") if id(one) in moved else one for one in placed)


def _groups(placed: Sequence[Placed], options: PictureOptions) -> list[str] | None:
    """What keeps images on one side of a split: the pattern of their names, or their column."""
    if options.groups is not None:
        return group_names([one.shown for one in placed], options.groups)
    return _own_groups(placed)


def _own_groups(placed: Sequence[Placed]) -> list[str] | None:
    """As the data say; a picture without a group is one of its own."""
    if not any(one.group for one in placed):
        return None
    return [legible(f"group {one.group}" if one.group else f"name {one.shown}") for one in placed]


def _sum_up(trees: Sequence[Tree], placed: Sequence[Placed]) -> list[str]:
    sums = []
    for number, tree in enumerate(trees):
        wanted = [one.name for one in placed if one.tree == number]
        sums.append(tree.sums(wanted))
    return [sums[one.tree].get(one.name, f"{UNREADABLE}: is not there") for one in placed]


# -- reading ----------------------------------------------------------------------------------------------


def _read(pictures: _Pictures, album: Album) -> Reading:
    """Goes on without what is no picture; whether that may be is asked when the set is opened."""
    placed = pictures.placed
    slots = _slots(placed)
    bad: dict[int, str] = {}
    met: dict[str, Counter[str]] = {}
    first: tuple[Placed, tuple[int, ...]] | None = None
    for number, found in _decoded(pictures, album):
        if isinstance(found, DataError):
            bad[number] = f"{legible(placed[number].shown)}: {found}"
            continue
        pixels, facts = found
        first = first or (placed[number], pixels.shape)
        if pixels.shape != first[1]:
            raise _mixed_sizes(first, (placed[number], pixels.shape))
        album.put(*slots[number], pixels[None])
        for kind, value in facts.items():
            met.setdefault(kind, Counter())[value] += 1
    skipped = tuple(bad[number] for number in sorted(bad, key=lambda n: placed[n].shown.split("/")))
    good = [one for number, one in enumerate(placed) if number not in bad]
    _refuse_few_classes(pictures.where, pictures.wanted, good, skipped)
    classes = in_class_order(one.label for one in good)
    _label(album, placed, bad, classes)
    noted = {kind: dict(counts.most_common(_SIZES_NOTED)) for kind, counts in met.items()}
    return Reading(tuple(map(legible, classes)), skipped, noted)


def _slots(placed: Sequence[Placed]) -> list[tuple[Split, int]]:
    """Where each goes: its split, and its place there."""
    counts: Counter[Split] = Counter()
    slots = []
    for one in placed:
        slots.append((one.split, counts[one.split]))
        counts[one.split] += 1
    return slots


def _label(album: Album, placed: Sequence[Placed], bad: dict[int, str], classes: tuple[str, ...]) -> None:
    position = {label: number for number, label in enumerate(classes)}
    groups = _own_groups(placed)
    for split in {one.split for one in placed}:
        here = [number for number, one in enumerate(placed) if one.split == split]
        labels = np.array([position.get(placed[number].label, -1) for number in here], np.int64)
        names = [legible(placed[number].shown) for number in here]
        album.label(split, labels, names, None if groups is None else [groups[number] for number in here])
        album.keep(split, np.array([number not in bad for number in here], bool))


def _mixed_sizes(*files: tuple[Placed, tuple[int, ...]]) -> SizesDiffer:
    sizes = " and ".join(f"{s[2]} x {s[1]} ({legible(Path(one.name).name)})" for one, s in files)
    return SizesDiffer(f"images differ in size: {sizes}. Set data.resize, such as resize = 64")


def _decoded(pictures: _Pictures, album: Album) -> Iterator[tuple[int, Decoded | DataError]]:
    """Each picture once with its number, in whatever order it comes."""
    done = 0
    for tree_number, tree in enumerate(pictures.trees):
        numbers = {one.name: number for number, one in enumerate(pictures.placed) if one.tree == tree_number}
        for name, number in list(numbers.items()):
            if pictures.sums[number].startswith(UNREADABLE):
                yield numbers.pop(name), DataError(pictures.sums[number])
        what = f"Reading {legible(tree.where.name)}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with a file is told in our own words
            for name, found in decode_all(tree.contents(list(numbers)), album.fit):
                done += 1
                if done % AT_ONCE == 0 or done == len(pictures.placed):
                    album.tell(Progress(what, done, len(pictures.placed)))
                if isinstance(found, Unreadable):
                    raise _changed(tree, name, found)
                yield numbers.pop(name), found
        for name in numbers:
            raise _changed(tree, name, "is no longer there")


def _changed(tree: Tree, name: str, why: object) -> DataError:
    """A file that could be read a moment ago: what is not so for good must not be remembered."""
    return DataError(f"{legible(tree.where / name)}: {why}, though it could be read before; try again")
