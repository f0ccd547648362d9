"""Named files of an archive, or of the folder that it was unpacked to, as streams.

An archive is read once from its beginning to its end, where its checksum stands, and nothing is ever written
by a member's name. What an archive may unpack to is bounded, and so is what is held in memory. What is in the
files is the readers' affair.
"""

import gzip
import tarfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, cast

from paribus.data.progress import Progress, Tell
from paribus.errors import DataError

_MOST_UNPACKED_BYTES = 8_000_000_000  # STL-10, the largest, has 3.2 billion
_MOST_HEAD_BYTES = 2_000_000  # between one member and the next
_TOLD_BYTES = 16_000_000


@dataclass
class Member:
    """A file that is open for reading."""

    name: str  # without folders
    size: int  # bytes
    where: str
    _stream: IO[bytes]

    def read(self, count: int) -> bytes:
        """Exactly so many bytes, or a DataError."""
        with _guarded(self.where):
            content = self._stream.read(count)
        if len(content) < count:
            raise DataError(f"{self.where}: ends too early")
        return content


def open_members(path: Path, names: Collection[str], tell: Tell) -> Iterator[Member]:
    """Those of the names that are there, each once; each is to be read before the next is asked for.

    They lie in the folder, or in a `.tar` or `.tar.gz` under at most one folder.
    """
    found = _in_folder(path, names) if path.is_dir() else _in_archive(path, names, tell)
    seen = set()
    for member in found:
        if member.name in seen:
            raise DataError(f"{path}: holds '{member.name}' twice")
        seen.add(member.name)
        yield member


def _in_folder(path: Path, names: Collection[str]) -> Iterator[Member]:
    for name in names:
        try:
            if not (path / name).exists():
                continue
            with (path / name).open("rb") as file:
                yield Member(name, (path / name).stat().st_size, str(path / name), file)
        except OSError as error:
            raise DataError(f"{path / name}: cannot be read: {error.strerror or error}") from error


def _in_archive(path: Path, names: Collection[str], tell: Tell) -> Iterator[Member]:
    with _opened(path) as file:
        watched = _Watched(path, file, tell)
        with _guarded(path):
            stream = cast("IO[bytes]", watched)
            archive = tarfile.open(None, "r|", stream, bufsize=1 << 20)  # noqa: SIM115  closed below
        with archive:
            while (member := _next(path, archive, watched)) is not None:
                parts = PurePosixPath(member.name).parts
                if member.isreg() and len(parts) in {1, 2} and parts[-1] in names:
                    content = archive.extractfile(member)
                    assert content is not None
                    yield Member(parts[-1], member.size, f"{path}: {parts[-1]}", content)
        watched.drain()


def _next(path: Path, archive: tarfile.TarFile, watched: "_Watched") -> tarfile.TarInfo | None:
    with _guarded(path):
        member = archive.next()
    if member is not None and member.size < 0:
        raise DataError(f"{path}: {member.name[:60]!a} claims {member.size:,} bytes")
    archive.members = []  # type: ignore[attr-defined]  # or it remembers every one
    if member is not None:
        watched.limit = member.offset_data + member.size + _MOST_HEAD_BYTES
    return member


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    with file:
        yield file


@contextmanager
def _guarded(where: object) -> Iterator[None]:
    """Archive readers raise nearly anything on broken files."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise DataError(
            f"{where}: cannot be read, expected a .tar or .tar.gz that is whole: {why}"
        ) from error


class _Watched:
    """The unpacked stream of an archive: counts what leaves it, and tells how far it is."""

    def __init__(self, path: Path, packed: BinaryIO, tell: Tell) -> None:
        self.limit = _MOST_HEAD_BYTES  # how far it may be read until the next member is known
        self._path, self._packed, self._tell = path, packed, tell
        self._size, self._position, self._told = path.stat().st_size, 0, 0
        is_packed = packed.read(2) == b"\x1f\x8b"
        packed.seek(0)
        self._stream = cast("IO[bytes]", gzip.GzipFile(fileobj=packed)) if is_packed else packed

    def read(self, count: int) -> bytes:
        content = self._stream.read(count)
        self._position += len(content)
        if self._position > min(self.limit, _MOST_UNPACKED_BYTES) + count:
            raise DataError(f"{self._path}: unpacks to more than such an archive should hold")
        if self._position >= self._told + _TOLD_BYTES:
            self._told = self._position
            self._tell(Progress(f"Reading {self._path.name}", self._packed.tell(), self._size, "bytes"))
        return content

    def drain(self) -> None:
        """To the end, where the checksum stands."""
        self.limit = self._position + _MOST_HEAD_BYTES
        with _guarded(self._path):
            while self.read(1 << 16):
                pass
