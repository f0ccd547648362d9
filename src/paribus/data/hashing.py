"""SHA-256 of many files, with an index of path, size and time that makes the second look instant."""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from paribus.data.cache import cache_folder

_Index = dict[str, list[int | str]]  # relative path -> size, time in ns, SHA-256
_SETTLED_NS = 2_000_000_000  # a younger file may yet change without its time showing it: clocks are coarse
_BLOCK_BYTES = 1 << 20


def hash_files(root: Path, paths: list[Path]) -> dict[str, str]:
    """Relative path -> SHA-256 of its content, or why it cannot be read."""
    where = _index_of(root)
    known = _read_index(where)
    asked = {path.relative_to(root).as_posix() for path in paths}
    others = {name: entry for name, entry in known.items() if name not in asked}
    index: _Index = {name: entry for name, entry in others.items() if (root / name).exists()}
    sums = {}
    for path in paths:
        relative = path.relative_to(root).as_posix()
        try:
            facts = path.stat()
            before = known.get(relative)
            if before and before[:2] == [facts.st_size, facts.st_mtime_ns]:
                sums[relative] = str(before[2])
            else:
                sums[relative] = _hash_file(path)
        except OSError as error:
            sums[relative] = f"cannot be read: {error.strerror}"
            continue
        if _settled(facts.st_mtime_ns):
            index[relative] = [facts.st_size, facts.st_mtime_ns, sums[relative]]
    if index != known:
        _write_index(where, index)
    return sums


def hash_file(path: Path) -> str:
    """SHA-256 of one file. Raises OSError."""
    found = hash_files(path.parent, [path])[path.name]
    if found.startswith("cannot"):
        path.open("rb").close()
        raise OSError(0, found)
    return found


def remembered(archive: Path, look: Callable[[], dict[str, str]]) -> dict[str, str]:
    """What `look` found in an archive, as long as the archive is the same by size and time."""
    where = _index_of(archive)
    facts = archive.stat()
    seen = [facts.st_size, facts.st_mtime_ns]
    with suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads(where.read_text(encoding="utf-8"))
        if known["seen"] == seen:
            return dict(known["found"])
    found = look()
    if _settled(facts.st_mtime_ns):
        _write_index(where, {"seen": seen, "found": found})
    return found


def _index_of(place: Path) -> Path:
    name = hashlib.sha256(str(place.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return cache_folder() / "hashes" / f"{name}.json"


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
        return dict(json.loads(where.read_text(encoding="utf-8")))
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
