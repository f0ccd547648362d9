"""An album: where a reader puts images on their way into the cache, a file a split, in any order.

Nothing is held in memory but labels and names, so that a set may be larger than memory.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import compress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from paribus.data.fitting import Fit
from paribus.data.images import Split
from paribus.data.progress import Tell, tell_nobody
from paribus.errors import SizesDiffer

_HEADER_BYTES = 128  # of a .npy file of up to five dimensions; NumPy leaves room for the first to grow
_MOVED_AT_ONCE = 16_000_000  # bytes


@dataclass
class _Page:
    """A split under way."""

    file: BinaryIO
    count: int = 0
    labels: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    words: dict[str, list[str]] = field(default_factory=dict)  # "names" and "groups", where known


class Album:
    """Takes images, fits them, and writes them down."""

    def __init__(self, folder: Path, fit: Fit = Fit(), tell: Tell = tell_nobody) -> None:  # noqa: B008
        self.folder, self.fit, self.tell = folder, fit, tell
        self.shape: tuple[int, int, int] | None = None  # channels, height, width, after fitting
        self._pages: dict[Split, _Page] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for split, page in self._pages.items():
            with page.file:
                if kind is None:
                    self._finish(split, page)

    @property
    def counts(self) -> dict[Split, int]:
        return {split: page.count for split, page in self._pages.items() if page.count}

    def add(
        self,
        split: Split,
        pixels: NDArray[np.uint8],
        labels: NDArray[np.integer],
        names: Sequence[str] | None = None,
    ) -> None:
        """Images behind those that are there: uint8 [images, channels, height, width]."""
        page = self._page(split)
        self.put(split, page.count, self.fit.arrays(pixels))
        every_name = None if names is None else [*page.words.get("names", []), *names]
        self.label(split, np.concatenate([page.labels, labels.astype(np.int64)]), every_name)

    def put(self, split: Split, start: int, fitted: NDArray[np.uint8]) -> None:
        """Images that are fitted already, at the places from `start` on."""
        if self.shape is None:
            channels, height, width = fitted.shape[1:]
            self.shape = channels, height, width
        if fitted.shape[1:] != self.shape:
            raise SizesDiffer(
                f"images differ in size: {_told(self.shape)} and {_told(fitted.shape[1:])} "
                "(channels x height x width). Set data.resize, such as resize = 64"
            )
        page = self._page(split)
        _write_at(page.file, _HEADER_BYTES + start * fitted[0:1].nbytes, np.ascontiguousarray(fitted))
        page.count = max(page.count, start + len(fitted))

    def label(
        self,
        split: Split,
        labels: NDArray[np.int64],
        names: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
    ) -> None:
        """All labels of a split, and what its images are called and grouped by where that is known."""
        page = self._page(split)
        page.labels = labels
        page.words = {what: list(w) for what, w in [("names", names), ("groups", groups)] if w is not None}

    def keep(self, split: Split, good: NDArray[np.bool_]) -> None:
        """Drops the places that hold nothing; the others close up, and with them labels and names."""
        page = self._page(split)
        page.labels = page.labels[good]
        page.words = {what: list(compress(words, good)) for what, words in page.words.items()}
        if self.shape and not good.all():
            self._close_up(page, np.flatnonzero(good))
        page.count = int(good.sum())

    def move(self, split: Split, taken: NDArray[np.bool_], to: Split) -> None:
        """Those images, labelled already, to a split that has none yet; the others close up."""
        page, places = self._page(split), np.flatnonzero(taken)
        assert self.shape
        assert to not in self.counts
        every = np.memmap(Path(page.file.name), np.uint8, "r", _HEADER_BYTES, (page.count, *self.shape))
        at_once = max(1, _MOVED_AT_ONCE // int(np.prod(self.shape)))
        for start in range(0, len(places), at_once):
            self.put(to, start, every[places[start : start + at_once]])
        words = {what: list(compress(every_word, taken)) for what, every_word in page.words.items()}
        self.label(to, page.labels[taken], words.get("names"), words.get("groups"))
        self.keep(split, ~taken)

    def _close_up(self, page: _Page, kept: NDArray[np.int64]) -> None:
        size = int(np.prod(self.shape or ()))
        path = Path(page.file.name)
        if len(kept):
            every = np.memmap(path, np.uint8, "r", _HEADER_BYTES, (int(kept[-1]) + 1, size))
            at_once = max(1, _MOVED_AT_ONCE // size)
            for start in range(0, len(kept), at_once):  # images only move towards the front
                block = every[kept[start : start + at_once]]
                _write_at(page.file, _HEADER_BYTES + start * size, block)
        os.truncate(path, _HEADER_BYTES + len(kept) * size)

    def _page(self, split: Split) -> _Page:
        if split not in self._pages:
            self._pages[split] = _Page((self.folder / f"{split}-pixels.npy").open("w+b", buffering=0))
        return self._pages[split]

    def _finish(self, split: Split, page: _Page) -> None:
        """The header at last, and what belongs to the pixels."""
        if not page.count:
            Path(page.file.name).unlink()
            return
        assert len(page.labels) == page.count, f"{split}: {len(page.labels)} labels, {page.count} images"
        assert self.shape is not None
        _write_at(page.file, 0, np.frombuffer(_header("|u1", (page.count, *self.shape)), np.uint8))
        save_array(self.folder / f"{split}-labels.npy", page.labels)
        for what, words in page.words.items():
            (self.folder / f"{split}-{what}.json").write_text(json.dumps(words), encoding="utf-8")


def save_array(path: Path, array: NDArray[np.generic]) -> None:
    """What np.save writes; but that does not notice when the disk has no room for the last few bytes."""
    with path.open("wb", buffering=0) as file:
        _write_at(file, 0, np.frombuffer(_header(array.dtype.str, array.shape), np.uint8))
        _write_at(file, _HEADER_BYTES, np.ascontiguousarray(array))


def _header(kind: str, shape: tuple[int, ...]) -> bytes:
    written = BytesIO()
    np.lib.format.write_array_header_1_0(written, {"descr": kind, "fortran_order": False, "shape": shape})
    assert written.tell() == _HEADER_BYTES
    return written.getvalue()


def _write_at(file: BinaryIO, offset: int, array: NDArray[np.generic]) -> None:
    """Every byte or an OSError: a write may take less than it was given when the disk is nearly full."""
    left = memoryview(array.reshape(-1).view(np.uint8))  # type: ignore[arg-type]
    while left:
        written = os.pwrite(file.fileno(), left, offset)
        left, offset = left[written:], offset + written


def _told(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
