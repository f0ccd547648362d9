"""From placed picture files to a data set: digests, decoding, the album. Knows not how they were placed."""

import hashlib
import os
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.data.album import Album
from paribus.data.carving import carve_test
from paribus.data.fitting import Fit
from paribus.data.grouping import group_names
from paribus.data.images import SPLITS, Reading, Source, Split
from paribus.data.pictures.decoding import decode_and_note
from paribus.data.pictures.layout import SUFFIXES, Placed
from paribus.data.progress import Progress, Tell
from paribus.data.trees import Content, Found, Tree
from paribus.errors import DataError
from paribus.specs.datasets import DATASETS, PictureOptions

_AT_ONCE = 64  # pictures decoded by one task
_LARGE_BYTES = (
    16_000  # of a file: from here on threads help; on 32x32 JPEGs two take 1.5 times as long as one
)
_SIZES_NOTED = 2_000

Decoded = tuple[NDArray[np.uint8], dict[str, str]]  # pixels, and what the picture was


def picture_source(
    trees: Sequence[Tree], placed: list[Placed], options: PictureOptions, tell: Tell
) -> Source:
    """The pictures in their order, known by names, digests, splits and classes."""
    where = str(trees[0].where)
    _refuse_few_classes(where, placed)
    _refuse_twins(where, placed)
    placed = _with_test(where, placed, options)
    sums = _sum_up(trees, placed, tell)
    known = hashlib.sha256(f"pictures/{DATASETS[options.name].version}".encode())
    for one in placed:
        line = f"\n{one.split}\0{one.label}\0{one.group}\0{one.shown}\0{sums[one.tree][one.name]}"
        known.update(line.encode("utf-8", "surrogateescape"))
    fingerprint = known.hexdigest()
    return Source(fingerprint, lambda album: _read(trees, placed, album), fingerprint)


def refuse_bad(skipped: Sequence[str]) -> None:
    """Where `on_bad` says that a file which cannot be read is one too many."""
    if skipped:
        others = f" ({len(skipped) - 1} more such files)" if len(skipped) > 1 else ""
        raise DataError(
            f'{skipped[0]}{others}. Mend or remove it, or set data.on_bad = "skip" to go on without'
        )


def in_order(placed: Iterable[Placed]) -> list[Placed]:
    """By path, folder by folder, whatever order the files were found in."""
    return sorted(placed, key=lambda one: (SPLITS.index(one.split), one.shown.split("/")))


def legible(name: object) -> str:
    """A path or name in letters that every page and terminal can write, whatever bytes it has on the disk."""
    return str(name).encode("utf-8", "backslashreplace").decode()


def _refuse_few_classes(where: str, placed: Sequence[Placed], skipped: Sequence[str] = ()) -> None:
    labels = {one.label for one in placed if one.split == "train"}
    if len(labels) < 2:
        raise DataError(
            f"{legible(where)}: holds images of {len(labels)} classes; expected at least two folders, one "
            f"for each class, with images inside ({', '.join(SUFFIXES)}), under train/ or directly"
            + (f". {len(skipped):,} cannot be read, the first: {skipped[0]}" if skipped else "")
        )


def _refuse_twins(where: str, placed: Sequence[Placed]) -> None:
    seen = Counter((one.split, one.shown) for one in placed)
    (_, name), count = seen.most_common(1)[0]
    if count > 1:
        raise DataError(
            f"{legible(where)}: '{legible(name)}' is there {count} times; expected each path once"
        )


def _with_test(where: str, placed: list[Placed], options: PictureOptions) -> list[Placed]:
    """In order, and with a test set: its own, or one carved out of train."""
    placed = in_order(placed)
    if any(one.split == "test" for one in placed):
        return placed
    train = [one for one in placed if one.split == "train"]
    classes = tuple(sorted({one.label for one in train}))
    groups = _groups(train, options)
    labels = np.array([classes.index(one.label) for one in train], np.int64)
    carved = carve_test(labels, options.test, tuple(map(legible, classes)), legible(where), groups)
    moved = {id(one) for one, taken in zip(train, carved, strict=True) if taken}
    return in_order(replace(one, split="test") if id(one) in moved else one for one in placed)


def _groups(placed: Sequence[Placed], options: PictureOptions) -> list[str] | None:
    """What keeps images on one side of a split: their column, or the pattern of their names."""
    if options.groups is not None:
        return group_names([one.shown for one in placed], options.groups)
    groups = [one.group for one in placed]
    return [str(group) for group in groups] if any(groups) else None


def _sum_up(trees: Sequence[Tree], placed: Sequence[Placed], tell: Tell) -> list[dict[str, str]]:
    sums = []
    for number, tree in enumerate(trees):
        wanted = [one.name for one in placed if one.tree == number]
        tell(Progress(f"Looking through {legible(tree.where.name)}", 0, len(wanted)))
        sums.append(tree.sums(wanted))
    return sums


# -- reading ----------------------------------------------------------------------------------------------


def _read(trees: Sequence[Tree], placed: Sequence[Placed], album: Album) -> Reading:
    """Goes on without what cannot be read; whether that may be is asked when the set is opened."""
    slots = _slots(placed)
    bad: dict[int, str] = {}
    met: dict[str, Counter[str]] = {}
    first: tuple[Placed, tuple[int, ...]] | None = None
    for number, found in _decoded(trees, placed, album):
        if isinstance(found, DataError):
            bad[number] = f"{legible(trees[placed[number].tree].where / placed[number].name)}: {found}"
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
    _refuse_few_classes(str(trees[0].where), good, skipped)
    classes = tuple(sorted({one.label for one in good}))
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
    for split in {one.split for one in placed}:
        here = [(number, one) for number, one in enumerate(placed) if one.split == split]
        labels = np.array([position.get(one.label, -1) for _, one in here], np.int64)
        groups = [legible(one.group) for _, one in here] if any(one.group for _, one in here) else None
        album.label(split, labels, [legible(one.shown) for _, one in here], groups)
        album.keep(split, np.array([number not in bad for number, _ in here], bool))


def _mixed_sizes(*files: tuple[Placed, tuple[int, ...]]) -> DataError:
    sizes = " and ".join(f"{s[2]} x {s[1]} ({legible(Path(one.name).name)})" for one, s in files)
    return DataError(f"images differ in size: {sizes}. Set data.resize, such as resize = 64")


def _decoded(
    trees: Sequence[Tree], placed: Sequence[Placed], album: Album
) -> Iterator[tuple[int, Decoded | DataError]]:
    """Each picture once with its number, in whatever order it comes."""
    done = 0
    for tree_number, tree in enumerate(trees):
        numbers = {one.name: number for number, one in enumerate(placed) if one.tree == tree_number}
        what = f"Reading {legible(tree.where.name)}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with a file is told in our own words
            for name, found in _decode_all(tree.contents(list(numbers)), album.fit):
                done += 1
                if done % _AT_ONCE == 0 or done == len(placed):
                    album.tell(Progress(what, done, len(placed)))
                yield numbers.pop(name), found
        for number in numbers.values():  # the archive changed since it was listed
            yield number, DataError("is no longer there")


def _decode_all(contents: Iterator[Found], fit: Fit) -> Iterator[tuple[str, Decoded | DataError]]:
    """By threads where files are large; no more is held in memory than they are busy with."""
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[list[tuple[str, Decoded | DataError]]]] = deque()
        while task := list(islice(contents, _AT_ONCE)):
            if _are_large(task):
                under_way.append(pool.submit(_decode_task, task, fit))
                if len(under_way) > 2 * threads:
                    yield from under_way.popleft().result()
            else:
                yield from _decode_task(task, fit)
        for future in under_way:
            yield from future.result()


def _are_large(task: Sequence[Found]) -> bool:
    return sum(_size(content) for _, content in task) > _LARGE_BYTES * len(task)


def _size(content: Content | DataError) -> int:
    try:
        if isinstance(content, Path):
            return content.stat().st_size
        return len(content) if isinstance(content, bytes) else 0
    except OSError:
        return 0


def _decode_task(task: Sequence[Found], fit: Fit) -> list[tuple[str, Decoded | DataError]]:
    return [(name, _decode(content, fit)) for name, content in task]


def _decode(content: Content | DataError, fit: Fit) -> Decoded | DataError:
    if isinstance(content, DataError):
        return content
    try:
        return decode_and_note(content if isinstance(content, Path) else BytesIO(content), fit)
    except DataError as error:
        return error
