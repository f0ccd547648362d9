"""SHA-256 of many files, with an index of path, size and time that makes the second look instant."""

import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path

from paribus.data.cache import cache_folder

_Index = dict[str, list[int | str]]  # relative path -> size, time in ns, SHA-256
_SETTLED_NS = 2_000_000_000  # a younger file may yet change without its time showing it: clocks are coarse


def hash_files(root: Path, paths: list[Path]) -> dict[str, str]:
    """Relative path -> SHA-256 of its content, or why it cannot be read."""
    where = (
        cache_folder() / "hashes" / (hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24] + ".json")
    )
    known = _read_index(where)
    index: _Index = {}
    sums = {}
    for path in paths:
        relative = path.relative_to(root).as_posix()
        try:
            facts = path.stat()
            before = known.get(relative)
            if before and before[:2] == [facts.st_size, facts.st_mtime_ns]:
                sums[relative] = str(before[2])
            else:
                sums[relative] = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            sums[relative] = f"cannot be read: {error.strerror}"
            continue
        if facts.st_mtime_ns < time.time_ns() - _SETTLED_NS:
            index[relative] = [facts.st_size, facts.st_mtime_ns, sums[relative]]
    if index != known:
        _write_index(where, index)
    return sums


def _read_index(where: Path) -> _Index:
    try:
        return dict(json.loads(where.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _write_index(where: Path, index: _Index) -> None:
    """A convenience only: where it cannot be written, the next look hashes again."""
    aside = where.with_suffix(".part")
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(index), encoding="utf-8")
        aside.replace(where)
    except OSError:
        with suppress(OSError):
            aside.unlink()
