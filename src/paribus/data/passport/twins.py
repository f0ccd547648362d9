"""Twins: images that stand in a data set more than once, inside a split or across splits.

Exact ones have the same pixels. Near ones are the same picture cropped by a little, brighter, compressed anew
or mirrored; they are looked for once and kept beside the set in the cache.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from paribus.data.cache import DataSet
from paribus.data.images import SPLITS, Split
from paribus.data.passport.candidates import (
    NONE,
    SKETCH,
    Candidates,
    find_candidates,
    join,
    keep_likest,
    sketch,
)
from paribus.data.passport.likeness import compare, find_traits
from paribus.data.passport.thumbnails import Floats, Gallery, Numbers, brightness_of
from paribus.data.progress import Progress, Tell, tell_nobody

LIKE = 0.95  # from this likeness on, two images count as near twins
SMALLEST_SIDE = 16  # pixels: smaller images have too little detail to tell pictures apart
CHEAP = 100_000  # images among which near twins are looked for without being asked

_VERSION = 1  # grows when the same images give other twins
_MOST = 4_000_000  # candidates held at once; where there are more, the likest go on
_AT_ONCE = 512  # images or pairs

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Twin:
    """Two images that are one picture: (split, position) of each."""

    first: tuple[Split, int]
    second: tuple[Split, int]
    likeness: float  # 1 where exact
    exact: bool
    mirrored: bool


@dataclass(frozen=True)
class Twins:
    """All twins of a data set. Its images have one row of numbers, split after split."""

    same: Numbers  # [images]: the first image with the same pixels
    near: Numbers  # [2, pairs]: images that are first of their kind, the smaller number first
    likeness: Floats  # [pairs]
    mirrored: Flags  # [pairs]
    counts: Numbers  # [splits]: images in each of SPLITS
    searched: Flags  # []: whether near twins were looked for
    crowd: Numbers  # []: near pairs that were found and not kept, for there were more than images

    def within(self, split: Split) -> slice:
        """The numbers of a split's images."""
        end = int(self.counts[: SPLITS.index(split) + 1].sum())
        return slice(end - int(self.counts[SPLITS.index(split)]), end)

    def place(self, number: int) -> tuple[Split, int]:
        ends = np.cumsum(self.counts)
        split = int(np.searchsorted(ends, number, side="right"))
        return SPLITS[split], int(number - ends[split] + self.counts[split])

    def standing_in(self, split: Split) -> Flags:
        """[images]: which have a twin in that split, other than themselves."""
        kinds = self._kinds_in(split)
        near_there = np.zeros(len(self.same), bool)
        for one, other in (self.near, self.near[::-1]):
            near_there[one[kinds[other] > 0]] = True
        return self.exactly_in(split) | near_there[self.same]

    def exactly_in(self, split: Split) -> Flags:
        """[images]: which have an exact twin in that split, other than themselves."""
        others = self._kinds_in(split)[self.same]
        others[self.within(split)] -= 1
        return np.asarray(others > 0)

    def _kinds_in(self, split: Split) -> Numbers:
        """How many images of the split are of each kind."""
        return np.bincount(self.same[self.within(split)], minlength=len(self.same))

    def pairs(self) -> Iterator[Twin]:
        """Every exact twin with the first of its kind, then the near ones, the likest first."""
        for number in np.flatnonzero(self.same != np.arange(len(self.same))).tolist():
            first = int(self.same[number])
            yield Twin(self.place(first), self.place(number), 1.0, exact=True, mirrored=False)
        for pair in np.argsort(-self.likeness, kind="stable").tolist():
            one, other = (int(number) for number in self.near[:, pair])
            likeness, mirrored = float(self.likeness[pair]), bool(self.mirrored[pair])
            yield Twin(self.place(one), self.place(other), likeness, exact=False, mirrored=mirrored)


def find_twins(data: DataSet, tell: Tell = tell_nobody, *, near: bool = True) -> Twins:
    """From the cache where they are known. Without `near`, only what costs nothing: near ones if known."""
    where = data.folder / f"twins-{_VERSION}.npz"
    known = _read(where, data)
    if known is not None:
        return known
    same = _first_of_its_kind(data)
    counts = np.array([data.counts.get(split, 0) for split in SPLITS])
    if not near or min(data.shape[1:]) < SMALLEST_SIDE:
        return _twins(same, counts, NONE, searched=False)
    twins = _twins(same, counts, _search(data, same, tell), searched=True)
    _write(where, twins)
    return twins


def is_cheap(data: DataSet) -> bool:
    """Whether near twins may be looked for without being asked: some ten seconds at the most, once."""
    return sum(data.counts.values()) <= CHEAP


def _first_of_its_kind(data: DataSet) -> Numbers:
    digests = np.concatenate([data.digests(split) for split in SPLITS if split in data.counts])
    _, first, kind = np.unique(digests, return_index=True, return_inverse=True)
    return first[kind].astype(np.int64)


def _search(data: DataSet, same: Numbers, tell: Tell) -> Candidates:
    """Near twins among the images that are first of their kind, with their likeness.

    BLAS is held to one thread: its own wait for each other, and on a busy machine take five times as long.
    """
    gallery = Gallery([data.split(split).pixels for split in SPLITS if split in data.counts])
    kinds = np.flatnonzero(same == np.arange(len(same)))
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        numbers, sketches = _sketch_all(gallery, kinds, pool, tell)
        pairs, mirrored = _gather(sketches, pool, tell)
        return _verify(gallery, numbers[pairs], mirrored, pool, tell)


def _sketch_all(gallery: Gallery, kinds: Numbers, pool: Executor, tell: Tell) -> tuple[Numbers, Floats]:
    """The images that have contrast enough, and their sketches."""
    kept, sketches = [np.empty(0, np.int64)], [np.empty((0, SKETCH), np.float32)]
    parts = [kinds[start : start + _AT_ONCE] for start in range(0, len(kinds), _AT_ONCE)]
    drawn = pool.map(lambda some: sketch(brightness_of(gallery.thumbnails(some))), parts)
    for done, (some, (found, usable)) in enumerate(zip(parts, drawn, strict=True)):
        kept.append(some[usable])
        sketches.append(found[usable])
        tell(Progress("Looking at every image", done * _AT_ONCE + len(some), len(kinds)))
    return np.concatenate(kept), np.concatenate(sketches)


def _gather(sketches: Floats, pool: Executor, tell: Tell) -> tuple[Numbers, Flags]:
    """Candidates in an order that reads the images nearly one after another."""
    parts, held = [NONE], 0
    for found, done in find_candidates(sketches, pool):
        parts.append(found)
        held += len(found[2])
        if held > _MOST:
            parts, held = [keep_likest(parts, _MOST // 2)], _MOST // 2
        tell(Progress("Looking for images alike", done, len(sketches)))
    pairs, mirrored, _ = join(parts)
    order = np.lexsort((pairs[1], pairs[0]))
    return pairs[:, order], mirrored[order]


def _verify(gallery: Gallery, pairs: Numbers, mirrored: Flags, pool: Executor, tell: Tell) -> Candidates:
    """The pairs that the second look confirms."""

    def likeness_of(some: slice) -> Floats:
        needed, places = np.unique(pairs[:, some], return_inverse=True)
        first, second = places.reshape(2, -1)
        traits = find_traits(gallery.thumbnails(needed))
        return compare(traits.of(first), traits.of(second), mirrored[some])

    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(mirrored), _AT_ONCE)]
    found = [NONE]
    for some, likeness in zip(parts, pool.map(likeness_of, parts), strict=True):
        good = likeness >= LIKE
        found.append((pairs[:, some][:, good], mirrored[some][good], likeness[good]))
        done = min(some.stop, len(mirrored))
        tell(Progress("Comparing images that look alike", done, len(mirrored), "pairs"))
    return join(found)


def _twins(same: Numbers, counts: Numbers, found: Candidates, *, searched: bool) -> Twins:
    """Where images are alike throughout, such as frames of a film, near ones are counted and say nothing."""
    crowd = len(found[2]) if len(found[2]) > len(same) else 0
    near, mirrored, likeness = NONE if crowd else found
    return Twins(same, near, likeness, mirrored, counts, np.array(searched), np.array(crowd))


# -- beside the set in the cache --------------------------------------------------------------------------


def _read(where: Path, data: DataSet) -> Twins | None:
    """None where they are not known, or the file is damaged: then they are looked for again."""
    try:
        with where.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            twins = Twins(**{field.name: kept[field.name] for field in fields(Twins)})
            whole = twins.counts.tolist() == [data.counts.get(split, 0) for split in SPLITS]
            return twins if whole and len(twins.same) == twins.counts.sum() else None
    except Exception:  # noqa: BLE001  NumPy's reading of archives raises nearly anything
        return None


def _write(where: Path, twins: Twins) -> None:
    """A convenience only: where it cannot be written, the next look searches again."""
    aside = where.with_name(f".{where.name}.{os.getpid()}")
    with suppress(OSError):
        try:
            with aside.open("wb") as file:
                np.savez(file, **{field.name: getattr(twins, field.name) for field in fields(Twins)})
            aside.replace(where)
        finally:
            aside.unlink(missing_ok=True)
