"""MATLAB files of version 5, as far as they hold plain numbers: matrix after matrix, a block at a time.

The layout is that of MathWorks' "MAT-File Format". Files are hostile until shown otherwise: every length is
bounded by what is there, and cells, structs, objects, functions, sparse and complex matrices are refused.
"""

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from paribus.errors import DataError

_COMPRESSED, _MATRIX = 15, 14  # elements that a file is made of
_INT8, _INT32, _UINT32 = 1, 5, 6
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
_NUMERIC = range(6, 16)  # classes of matrices: double, single, and whole numbers of 8 to 64 bits
_OTHERS = {
    1: "a cell array",
    2: "a struct",
    3: "an object",
    4: "a text",
    5: "a sparse matrix",
    16: "a function",
}
_COMPLEX = 0x0800
_MOST_DIMENSIONS = 8
_LONGEST_NAME = 63  # characters; MATLAB allows no more
_PACKED_BLOCK_BYTES = 1 << 16
_HEADER_BYTES = 128


_Order = Literal["<", ">"]


class _Stream(Protocol):
    """Bytes of one element."""

    def read(self, count: int) -> bytes:
        """Exactly so many, or a DataError."""
        ...

    def finish(self) -> None:
        """A DataError where more is left than what fills up the last eight bytes."""
        ...


@dataclass
class Matrix:
    """A matrix whose numbers are yet to be read, in MATLAB's order: the first dimension runs fastest."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    stream: _Stream
    left: int  # numbers

    def read(self, count: int) -> NDArray[np.generic]:
        """The next numbers."""
        assert 0 <= count <= self.left
        self.left -= count
        return np.frombuffer(self.stream.read(count * self.dtype.itemsize), self.dtype)


def read_matrices(path: Path) -> Iterator[Matrix]:
    """Each matrix of the file in its order; each is to be read to its end before the next is asked for."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            order = _byte_order(path, file.read(_HEADER_BYTES))
            while file.tell() < size:
                stream, end = _element(path, file, size, order)
                matrix = _matrix(path, stream, order)
                yield matrix
                assert not matrix.left
                stream.finish()
                file.seek(end)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def _byte_order(path: Path, header: bytes) -> _Order:
    if header.startswith((b"MATLAB 7.3", b"\x89HDF")):
        raise DataError(f"{path}: is a MATLAB file of version 7.3; expected version 5, which save -v7 writes")
    orders: dict[bytes, _Order] = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}  # version and byte order
    if header[-4:] not in orders or len(header) < _HEADER_BYTES:
        raise DataError(f"{path}: is no MATLAB file of version 5")
    return orders[header[-4:]]


def _element(path: Path, file: BinaryIO, size: int, order: _Order) -> tuple[_Stream, int]:
    """The stream of the next matrix behind its tag, and where the element after it begins."""
    tag = file.read(8)
    if len(tag) < 8:
        raise _cut(path)
    kind, count = struct.unpack(f"{order}II", tag)
    end = file.tell() + count
    if end > size:
        raise _cut(path)
    if kind == _MATRIX:
        return _Plain(path, file, count), end
    if kind != _COMPRESSED:
        raise DataError(f"{path}: holds an element of kind {kind}; expected matrices")
    stream = _Inflated(path, file, count)
    kind, _ = struct.unpack(f"{order}II", stream.read(8))
    if kind != _MATRIX:
        raise DataError(f"{path}: holds a compressed element of kind {kind}; expected matrices")
    return stream, end


def _matrix(path: Path, stream: _Stream, order: _Order) -> Matrix:
    flags = _small(path, stream, order, _UINT32, 8)
    packed = int(np.frombuffer(flags, f"{order}u4")[0]) if len(flags) == 8 else 0
    kind = packed & 0xFF
    if kind not in _NUMERIC or packed & _COMPLEX:
        what = "complex numbers" if kind in _NUMERIC else _OTHERS.get(kind, f"a value of class {kind}")
        raise DataError(f"{path}: holds {what}; expected matrices of plain numbers")
    sides = _small(path, stream, order, _INT32, 4 * _MOST_DIMENSIONS)
    shape = struct.unpack(f"{order}{len(sides) // 4}i", sides[: len(sides) // 4 * 4])
    name = _small(path, stream, order, _INT8, _LONGEST_NAME).decode("latin-1")
    if len(sides) % 4 or len(shape) < 2 or min(shape) < 0 or not name.isidentifier():
        raise DataError(f"{path}: holds a matrix with a broken head")
    number, size, rest = _tag(stream, order)
    if number not in _NUMBERS:
        raise DataError(f"{path}: {name}: holds values of kind {number}; expected numbers")
    dtype = np.dtype(_NUMBERS[number]).newbyteorder(order)
    if math.prod(shape) * dtype.itemsize != size:
        raise DataError(f"{path}: {name}: has shape {shape} and {size:,} bytes of {dtype}")
    values: _Stream = stream if rest is None else _Small(path, rest[:size], stream)
    return Matrix(name, shape, dtype, values, math.prod(shape))


def _small(path: Path, stream: _Stream, order: _Order, kind: int, most: int) -> bytes:
    """The content of a short element of that kind."""
    found, count, rest = _tag(stream, order)
    if found != kind or count > most:
        raise DataError(f"{path}: holds a matrix with a broken head")
    if rest is not None:
        return rest[:count]
    return stream.read(count + -count % 8)[:count]


def _tag(stream: _Stream, order: _Order) -> tuple[int, int, bytes | None]:
    """Kind and length of an element, and its content where that is so small that it lies within the tag."""
    tag = stream.read(8)
    kind, count = struct.unpack(f"{order}II", tag)
    if kind >> 16:
        return kind & 0xFFFF, min(kind >> 16, 4), tag[4:]
    return kind, count, None


def _cut(path: Path) -> DataError:
    return DataError(f"{path}: ends in the middle of a matrix")


class _Plain:
    """An element as it lies in the file."""

    def __init__(self, path: Path, file: BinaryIO, left: int) -> None:
        self._path, self._file, self._left = path, file, left

    def read(self, count: int) -> bytes:
        content = self._file.read(count) if count <= self._left else b""
        if len(content) < count:
            raise _cut(self._path)
        self._left -= count
        return content

    def finish(self) -> None:
        if self._left >= 8:
            raise DataError(f"{self._path}: goes on behind the numbers of a matrix")


class _Small:
    """Up to four bytes that lie within a tag."""

    def __init__(self, path: Path, content: bytes, around: _Stream) -> None:
        self._path, self._content, self._around = path, content, around

    def read(self, count: int) -> bytes:
        content, self._content = self._content[:count], self._content[count:]
        if len(content) < count:
            raise _cut(self._path)
        return content

    def finish(self) -> None:
        self._around.finish()


class _Inflated:
    """A compressed element; no more of it is unpacked than is asked for."""

    def __init__(self, path: Path, file: BinaryIO, left: int) -> None:
        self._path, self._file, self._left = path, file, left
        self._zlib = zlib.decompressobj()

    def read(self, count: int) -> bytes:
        content = self._inflate(count)
        if len(content) < count:
            raise _cut(self._path)
        return content

    def finish(self) -> None:
        """To its end, where its checksum stands."""
        if len(self._inflate(8)) >= 8:
            raise DataError(f"{self._path}: goes on behind the numbers of a matrix")
        if not self._zlib.eof:
            raise _cut(self._path)

    def _inflate(self, most: int) -> bytes:
        """`most` bytes, or fewer where the element ends."""
        content = bytearray()
        while len(content) < most and not self._zlib.eof:
            packed = self._zlib.unconsumed_tail or self._file.read(min(_PACKED_BLOCK_BYTES, self._left))
            if not self._zlib.unconsumed_tail:
                self._left -= len(packed)
            before = len(content)
            try:
                content += self._zlib.decompress(packed, most - len(content))
            except zlib.error as error:
                raise DataError(f"{self._path}: holds a damaged matrix: {error}") from error
            if not packed and len(content) == before:
                break
        return bytes(content)
