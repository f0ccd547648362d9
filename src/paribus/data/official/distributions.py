"""Where the files of an official distribution lie, what they are known by, and how they come to be there.

A file that lies where it is looked for is used as it is, whatever its digest. One that does not is known by
its published digest, and downloaded when the set is read for the first time; so a set that is in the cache
already needs neither the file nor the web. What is in the files is the readers' affair.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paribus.data.cache import cache_folder
from paribus.data.hashing import hash_file
from paribus.data.official.download import Remote, fetch
from paribus.data.progress import Progress, Tell
from paribus.errors import DataError

_SLOW_BYTES = 100_000_000  # of a file: from here on its hashing is told of


@dataclass(frozen=True)
class Wanted:
    """A file, or what does as well, such as the same unpacked."""

    remote: Remote
    instead: tuple[str, ...] = ()  # names of files or folders
    sign: str | None = None  # of an archive: a member; the folder that holds it is the unpacked archive


@dataclass(frozen=True)
class Home:
    """Where a distribution's files lie: what the study names, or the folder for downloads."""

    given: Path  # a folder, or one of the files
    named: bool  # by the study; then nothing is downloaded
    also: tuple[str, ...] = ()  # folders below it to look into, such as other programs make

    def look(self, wanted: Wanted) -> Path | None:
        """The file or folder that is there. None only where it may be downloaded."""
        if wanted.sign and (self.given.is_file() or (self.given / wanted.sign).is_file()):
            return self.given
        for folder in (self.folder, *(self.folder / below for below in self.also)):
            for name in (wanted.remote.name, *wanted.instead):
                if (folder / name).exists():
                    return folder / name
        if self.named:
            raise self._missing(wanted)
        return None

    def obtain(self, wanted: Wanted, tell: Tell) -> Path:
        """Where it lies; for that it may have to be downloaded."""
        return self.look(wanted) or fetch(wanted.remote, self.folder, tell)

    def digest(self, wanted: Wanted, tell: Tell, members: Sequence[str] = ()) -> str:
        """SHA-256 of the file that is there, or of the one that will be; of a folder, of those members."""
        path = self.look(wanted)
        if path is None:
            return wanted.remote.sha256
        if path.is_file():
            return _digest(path, tell)
        lines = [f"{name} {_digest(path / name, tell)}" for name in members if (path / name).exists()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def folder(self) -> Path:
        return self.given.parent if self.given.is_file() else self.given

    def _missing(self, wanted: Wanted) -> DataError:
        names = " or ".join(f"'{name}'" for name in (wanted.remote.name, *wanted.instead))
        if not self.given.exists():
            return DataError(f"{self.given}: no such file or folder; expected one with {names}")
        return DataError(
            f"{self.folder}: holds no {names}. Put it there, or leave data.path out to have it downloaded"
        )


def home_of(name: str, path: str | None, also: Sequence[str] = ()) -> Home:
    """`path`, or the folder of that name in `PARIBUS_DATA`, or the one in the cache."""
    if path is not None:
        return Home(Path(path), named=True, also=tuple(also))
    kept = os.environ.get("PARIBUS_DATA")
    return Home(
        Path(kept) / name if kept else cache_folder() / "downloads" / name, named=False, also=tuple(also)
    )


def _digest(path: Path, tell: Tell) -> str:
    try:
        if path.stat().st_size > _SLOW_BYTES:
            tell(Progress(f"Looking through {path.name}", 0, None, "bytes"))
        return hash_file(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
