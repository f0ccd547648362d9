"""What the names of picture files say: split and class. Knows no files, only names."""

from collections.abc import Iterable
from dataclasses import dataclass

from paribus.data.images import Split

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True)
class Placed:
    """A picture file with its split and class."""

    tree: int  # which of the trees it lies in
    name: str  # what the tree calls it
    shown: str  # what people see: without the folder that all lie in
    split: Split
    label: str
    group: str | None = None


def lay_out(tree: int, names: Iterable[str]) -> list[Placed]:
    """The pictures among the names: SPLIT/CLASS/..., or CLASS/... which is all train."""
    pictures = [name for name in names if name.lower().endswith(SUFFIXES)]
    root = _common_root(pictures)
    parts = {name: name[len(root) :].split("/") for name in pictures}
    split_folders = {first for first, *rest in parts.values() if is_split(first) and len(rest) >= 2}
    placed = []
    for name, (first, *rest) in parts.items():
        if split_folders and first in split_folders and len(rest) >= 2:
            placed.append(Placed(tree, name, name[len(root) :], SPLIT_FOLDERS[first.lower()], rest[0]))
        elif rest and not split_folders:
            placed.append(Placed(tree, name, name[len(root) :], "train", first))
    return placed


def is_split(folder: str) -> bool:
    return folder.lower() in SPLIT_FOLDERS


def _common_root(names: list[str]) -> str:
    """`photos/` where all lie under one folder that is itself neither a split nor a class of pictures."""
    firsts = {name.split("/")[0] for name in names}
    if len(firsts) != 1 or min((name.count("/") for name in names), default=0) < 2:
        return ""
    first = firsts.pop()
    return "" if is_split(first) else f"{first}/"
