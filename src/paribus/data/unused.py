"""What lies among the pictures of a data set and is not read: told, so that nobody misses it.

Knows names alone.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from paribus.data.images import SPLITS
from paribus.data.naming import legible
from paribus.data.pictures.layout import SUFFIXES, Placed

# Pictures, or nearly so, of kinds that are not read; drawings and raw files of cameras too.
_UNREAD = {
    *(".heic", ".heif", ".avif", ".jpe", ".jp2", ".j2k", ".jxl", ".psd", ".svg", ".eps", ".ico"),
    *(".tga", ".ppm", ".pgm", ".pbm", ".pnm", ".exr", ".hdr", ".dcm"),
    *(".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf"),
}
_FOLDERS_NAMED = 5


def list_unused(names: Sequence[str], placed: Sequence[Placed]) -> list[str]:
    """`6 files .heic`, `3 loose pictures`, `the folder 'extra' beside train and test (12 pictures)`."""
    used = {one.name for one in placed}
    root = placed[0].name.removesuffix(placed[0].shown) if placed else ""
    splits = _split_folders(placed)
    unread: Counter[str] = Counter()
    beside: Counter[str] = Counter()
    loose = 0
    for name in names:
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in _UNREAD:
            unread[suffix] += 1
        elif suffix in SUFFIXES and name not in used:
            first, slash, _ = name.removeprefix(root).partition("/")
            if splits and slash and first not in splits:
                beside[first] += 1
            else:
                loose += 1
    told = [f"{_count(count, 'file')} {suffix}" for suffix, count in sorted(unread.items())]
    told += [f"{_count(loose, 'loose picture')}"] if loose else []
    return told + ([_tell_folders(beside, splits)] if beside else [])


def _split_folders(placed: Sequence[Placed]) -> list[str]:
    """`train` and `test` where they are folders; none where classes are."""
    firsts = {one.shown.split("/")[0]: one for one in placed}
    found = {first: SPLITS.index(one.split) for first, one in firsts.items() if first != one.label}
    return sorted(found, key=lambda first: found[first])


def _tell_folders(beside: Counter[str], splits: Sequence[str]) -> str:
    named = ", ".join(f"'{legible(name)}'" for name in sorted(beside)[:_FOLDERS_NAMED])
    more = f" and {len(beside) - _FOLDERS_NAMED} more" if len(beside) > _FOLDERS_NAMED else ""
    the = "the folder" if len(beside) == 1 else "the folders"
    return f"{the} {named}{more} beside {' and '.join(splits)} ({_count(sum(beside.values()), 'picture')})"


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
