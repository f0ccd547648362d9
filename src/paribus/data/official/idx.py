"""Files in the format of MNIST: whole numbers of eight bits, their shape before them, gzip'd or not.

Read a block at a time; a length that does not fit its shape is refused. What the numbers mean is the readers'
affair.
"""

import gzip
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from paribus.errors import DataError

_BYTES = 8  # the code of uint8
_MOST_ITEMS = 10_000_000
_MOST_SIDE = 4_096


class IdxFile:
    """An open file: its shape, and its items one block after another."""

    def __init__(self, path: Path, stream: IO[bytes], dimensions: int) -> None:
        self._path, self._stream = path, stream
        head = self._read(4)
        if head != bytes([0, 0, _BYTES, dimensions]):
            raise DataError(
                f"{path}: is no idx file of {dimensions} dimension{'s' * (dimensions > 1)} and 8 bits"
            )
        self.shape = struct.unpack(f">{dimensions}I", self._read(4 * dimensions))
        if not 0 < self.shape[0] <= _MOST_ITEMS or any(not 0 < side <= _MOST_SIDE for side in self.shape[1:]):
            raise DataError(f"{path}: claims the shape {self.shape}, which cannot be")

    def blocks(self, at_once: int) -> Iterator[NDArray[np.uint8]]:
        """All items, so many at a time; at the end nothing may be left."""
        count, *item = self.shape
        for start in range(0, count, at_once):
            items = min(at_once, count - start)
            yield np.frombuffer(self._read(items * math.prod(item)), np.uint8).reshape(items, *item)
        if self._read_up_to(1):
            raise DataError(f"{self._path}: goes on behind what its shape {self.shape} holds")

    def _read(self, count: int) -> bytes:
        content = self._read_up_to(count)
        if len(content) < count:
            raise DataError(f"{self._path}: ends too early")
        return content

    def _read_up_to(self, count: int) -> bytes:
        try:
            return self._stream.read(count)
        except Exception as error:  # gzip raises EOFError, zlib.error and OSError
            raise DataError(f"{self._path}: cannot be unpacked: {error}") from error


@contextmanager
def open_idx(path: Path, dimensions: int) -> Iterator[IdxFile]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    with file:
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if is_packed else file
        yield IdxFile(path, stream, dimensions)
