"""SHA-256 of many files, with an index of path, size and time that makes the second look instant."""

import hashlib
import json
from pathlib import Path

from paribus.data.cache import cache_folder

_Index = dict[str, list[int | str]]  # relative path -> size, time in ns, SHA-256


def hash_files(root: Path, paths: list[Path]) -> dict[str, str]:
    """Relative path -> SHA-256 of its content."""
    where = (
        cache_folder() / "hashes" / (hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24] + ".json")
    )
    known = _read_index(where)
    index: _Index = {}
    for path in paths:
        facts = path.stat()
        relative = path.relative_to(root).as_posix()
        before = known.get(relative)
        if before and before[:2] == [facts.st_size, facts.st_mtime_ns]:
            index[relative] = before
        else:
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            index[relative] = [facts.st_size, facts.st_mtime_ns, sha256]
    if index != known:
        _write_index(where, index)
    return {relative: str(facts[2]) for relative, facts in index.items()}


def _read_index(where: Path) -> _Index:
    try:
        return dict(json.loads(where.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_index(where: Path, index: _Index) -> None:
    """A convenience only: where it cannot be written, the next look hashes again."""
    aside = where.with_suffix(".part")
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(index), encoding="utf-8")
        aside.replace(where)
    except OSError:
        aside.unlink(missing_ok=True)
