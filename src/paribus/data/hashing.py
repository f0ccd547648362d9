"""SHA-256 of many files, with an index of path, size and time that makes the second look instant."""

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from paribus.data.cache import cache_folder

_Index = dict[str, list[int | str]]  # relative path -> what `_seen` saw, SHA-256
UNREADABLE = "cannot be read"  # how the sum of a file begins that has none
_SETTLED_NS = 2_000_000_000  # a younger file may yet change without its time showing it: clocks are coarse
_BLOCK_BYTES = 1 << 20
_ENTRY = 5  # values
_TOLD_EVERY = 250  # files


def hash_files(
    root: Path, paths: list[Path], tell: Callable[[int], None] = lambda _done: None
) -> dict[str, str]:
    """Relative path -> SHA-256 of its content, or why it cannot be read; `tell` is told how many are done."""
    where = _index_of(root)
    known = _read_index(where)
    asked = {path.relative_to(root).as_posix() for path in paths}
    others = {name: entry for name, entry in known.items() if name not in asked}
    index: _Index = {name: entry for name, entry in others.items() if (root / name).exists()}
    sums = {}
    for done, path in enumerate(paths):
        if done % _TOLD_EVERY == 0:
            tell(done)
        relative = path.relative_to(root).as_posix()
        try:
            facts = path.stat()
            if not stat.S_ISREG(facts.st_mode):  # a pipe or a device may never end
                sums[relative] = f"{UNREADABLE}: is no regular file"
                continue
            before = known.get(relative, [])
            if before[:-1] == _seen(facts):
                sums[relative] = str(before[-1])
            else:
                sums[relative] = _hash_file(path)
        except OSError as error:
            sums[relative] = f"{UNREADABLE}: {error.strerror}"
            continue
        if _settled(facts.st_mtime_ns):
            index[relative] = [*_seen(facts), sums[relative]]
    if index != known:
        _write_index(where, index)
    return sums


def hash_file(path: Path) -> str:
    """SHA-256 of one file. Raises OSError."""
    found = hash_files(path.parent, [path])[path.name]
    if found.startswith(UNREADABLE):
        path.open("rb").close()
        raise OSError(0, found)
    return found


def remembered(archive: Path, look: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What `look` found in an archive, as long as the archive is the same by size and times."""
    where = _index_of(archive)
    facts = archive.stat()
    seen = _seen(facts)
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        known = json.loads(where.read_text(encoding="utf-8"))
        if known["seen"] == seen:
            return {str(name): str(one) for name, one in known["found"].items()}
    found = look()
    if _settled(facts.st_mtime_ns):
        _write_index(where, {"seen": seen, "found": found})
    return found


def _index_of(place: Path) -> Path:
    name = hashlib.sha256(str(place.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return cache_folder() / "hashes" / f"{name}.json"


def _seen(facts: os.stat_result) -> list[int | str]:
    """Who restores a file's time cannot restore the time of that."""
    return [facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino]


def _settled(time_ns: int) -> bool:
    return time_ns < time.time_ns() - _SETTLED_NS


def _hash_file(path: Path) -> str:
    sha256 = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            sha256.update(block)
    return sha256.hexdigest()


def _read_index(where: Path) -> _Index:
    try:
        known = dict(json.loads(where.read_text(encoding="utf-8")))
        return {str(name): list(entry) for name, entry in known.items() if len(entry) == _ENTRY}
    except (OSError, ValueError, TypeError):
        return {}


def _write_index(where: Path, index: object) -> None:
    """A convenience only: where it cannot be written, the next look hashes again."""
    aside = where.with_suffix(".part")
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(index), encoding="utf-8")
        aside.replace(where)
    except OSError:
        with suppress(OSError):
            aside.unlink()
