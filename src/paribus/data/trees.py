"""Where picture files lie: a folder, or an archive that is read without unpacking it.

A tree gives names, digests and contents. It does not know what the names mean, nor what is in the files.
Archives are hostile until shown otherwise: nothing is ever written by a member's name, and what a member or
the whole may grow to is bounded.
"""

import bz2
import gzip
import hashlib
import lzma
import os
import tarfile
import zipfile
from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Protocol, cast

from paribus.data.hashing import hash_files, remembered
from paribus.data.naming import legible
from paribus.data.progress import Progress, Tell, tell_nobody
from paribus.errors import DataError

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip")
MOST_FILE_BYTES = 256_000_000  # of one picture file
_FREE_BYTES = 1_000_000_000  # what an archive may grow to whatever its own size
_MOST_GROWTH = 50  # beyond that: how many times its own size; pictures hardly shrink, so 50 is a bomb

_TOLD_EVERY = 250  # files

Content = Path | bytes  # where a file lies, or what is in it
Found = tuple[str, Content | DataError]


class Tree(Protocol):
    """Files under relative names with slashes."""

    where: Path

    def names(self) -> list[str]:
        """Every file but those that systems hide."""
        ...

    def sums(self, wanted: Collection[str]) -> dict[str, str]:
        """Name -> SHA-256 of the content, or why it cannot be read."""
        ...

    def contents(self, wanted: Collection[str]) -> Iterator[Found]:
        """Each wanted file once, in whatever order is fastest."""
        ...


def open_tree(path: Path, tell: Tell = tell_nobody) -> Tree:
    """`tell` is told how far looking through it is, which is long the first time."""
    if path.is_dir():
        return FolderTree(path, tell)
    if not path.exists():
        raise DataError(f"{path}: no such folder or archive")
    return ZipTree(path, tell) if _is_zip(path) else TarTree(path, tell)


def _is_zip(path: Path) -> bool:
    """By its first bytes: a tar may end in a zip."""
    try:
        with path.open("rb") as file:
            return file.read(4) in {b"PK\3\4", b"PK\5\6"}
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error


class FolderTree:
    """A folder on the disk."""

    def __init__(self, root: Path, tell: Tell = tell_nobody) -> None:
        self.where = root
        self._tell = tell

    def names(self) -> list[str]:
        return list(_walk(self.where, "", frozenset()))

    def sums(self, wanted: Collection[str]) -> dict[str, str]:
        what = f"Looking through {legible(self.where.name)}"

        def tell(done: int) -> None:
            self._tell(Progress(what, done, len(wanted), "files"))

        return hash_files(self.where, [self.where / name for name in wanted], tell)

    def contents(self, wanted: Collection[str]) -> Iterator[Found]:
        for name in wanted:
            yield name, self.where / name


def _walk(folder: Path, within: str, above: frozenset[tuple[int, int]]) -> Iterator[str]:
    """Names below a folder, through links, but never into a folder that it lies in."""
    try:
        facts = folder.stat()
        this = (facts.st_dev, facts.st_ino)
        entries = [] if this in above else sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise DataError(f"{folder}: cannot be read: {error.strerror}") from error
    for entry in entries:
        if _hidden(entry.name):
            continue
        if _is_folder(entry):
            yield from _walk(folder / entry.name, f"{within}{entry.name}/", above | {this})
        else:
            yield within + entry.name


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


class _Archive:
    """What archives have in common: all that is known of them comes from one pass over their members."""

    def __init__(self, path: Path, tell: Tell = tell_nobody) -> None:
        self.where = path
        self._tell = tell
        self._read_bytes = 0  # of the archive, by the pass under way

    def names(self) -> list[str]:
        return list(self._all_sums)

    def sums(self, wanted: Collection[str]) -> dict[str, str]:
        return {name: self._all_sums[name] for name in wanted if name in self._all_sums}

    def contents(self, wanted: Collection[str]) -> Iterator[Found]:
        names = set(wanted)
        return ((name, content) for name, content in self._guarded() if name in names)

    @cached_property
    def _all_sums(self) -> dict[str, str]:
        return remembered(self.where, self._sum_up)

    def _sum_up(self) -> dict[str, str]:
        sums: dict[str, str] = {}
        what, size = f"Looking through {legible(self.where.name)}", self.where.stat().st_size
        for name, content in self._guarded():
            if len(sums) % _TOLD_EVERY == 0:
                self._tell(Progress(what, self._read_bytes, size, "bytes"))
            if name in sums:
                raise DataError(f"{self.where}: holds '{name}' twice")
            assert not isinstance(content, Path)
            sums[name] = (
                str(content) if isinstance(content, DataError) else hashlib.sha256(content).hexdigest()
            )
        return sums

    def _guarded(self) -> Iterator[Found]:
        """Archive readers raise nearly anything on broken files."""
        try:
            for name, content in self._members():
                if not _hidden(name):
                    yield name, content
        except (DataError, GeneratorExit):
            raise
        except Exception as error:
            raise DataError(
                f"{self.where}: cannot be read as an archive: {error or type(error).__name__}; "
                f"known: {', '.join(ARCHIVES)}"
            ) from error

    def _members(self) -> Iterator[Found]:
        raise NotImplementedError


class ZipTree(_Archive):
    """A zip archive, opened member by member."""

    def _members(self) -> Iterator[Found]:
        budget = Budget(self.where)
        with zipfile.ZipFile(self.where) as archive:
            for member in archive.infolist():
                if member.is_dir():
                    continue
                name = _safe_name(self.where, _zip_name(member).replace("\\", "/"))
                if member.file_size > MOST_FILE_BYTES:
                    yield name, _too_large()
                    continue
                budget.take(member.file_size)
                self._read_bytes += member.compress_size
                yield name, _member_content(archive, member)


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without the flag that says so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _member_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | DataError:
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except Exception as error:  # noqa: BLE001  broken, encrypted or strangely packed members raise anything
        return DataError(f"cannot be read from its archive: {error or type(error).__name__}")


class TarTree(_Archive):
    """A tar archive, packed by gzip, bzip2, xz or not at all, read from its beginning to its end."""

    def _members(self) -> Iterator[Found]:
        with self.where.open("rb") as packed, _unpacked(packed) as stream:
            watched = _Watched(stream, Budget(self.where))
            with tarfile.open(None, "r|", cast("IO[bytes]", watched), bufsize=1 << 20) as archive:
                for member in archive:
                    self._read_bytes = packed.tell()
                    archive.members = []  # type: ignore[attr-defined]  # or it remembers every one
                    if not member.isdir():
                        yield _safe_name(self.where, member.name), _tar_content(archive, member)


def _tar_content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | DataError:
    if not member.isreg():
        return DataError("is a link or a device inside its archive")
    if member.size > MOST_FILE_BYTES:
        return _too_large()
    file = archive.extractfile(member)
    assert file is not None
    content = file.read()
    if len(content) < member.size:
        raise EOFError("it ends in the middle of a file")
    return content


def _unpacked(packed: BinaryIO) -> IO[bytes]:
    """By its first bytes, whatever it is called."""
    start = packed.read(6)
    packed.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return cast("IO[bytes]", gzip.open(packed))
    if start.startswith(b"BZh"):
        return bz2.open(packed)
    if start.startswith(b"\xfd7zXZ\0"):
        return lzma.open(packed)
    return packed


class Budget:
    """What an archive may still grow to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = max(_FREE_BYTES, _MOST_GROWTH * path.stat().st_size)

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise DataError(
                f"{self._path}: unpacks to more than {_MOST_GROWTH} times its size; not read further"
            )


class _Watched:
    """A stream that counts what leaves it."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def read(self, count: int) -> bytes:
        content = self._stream.read(count)
        self._budget.take(len(content))
        return content


def _safe_name(where: Path, name: str) -> str:
    for path in (PurePosixPath(name), PurePosixPath(name.replace("\\", "/"))):
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            raise DataError(f"{where}: a member is called {name!r}, which points outside the archive")
    return PurePosixPath(name).as_posix()


def _hidden(name: str) -> bool:
    """What systems leave beside pictures: .DS_Store, ._cat.jpg, __MACOSX."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _too_large() -> DataError:
    return DataError(f"has more than {MOST_FILE_BYTES:,} bytes, which are allowed")
