"""What the names of picture files say: split and class. Knows no files, only names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from paribus.data.images import Split

SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "training_set": "train",
    "train_set": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "validation_set": "validation",
    "test": "test",
    "testing": "test",
    "test_set": "test",
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


def lay_out(tree: int, names: Iterable[str], alone: Split = "train") -> list[Placed]:
    """The pictures among the names: SPLIT/CLASS/..., or CLASS/... which are all of the split `alone`."""
    pictures = [name for name in names if name.lower().endswith(SUFFIXES)]
    root = _common_root(pictures)
    parts = {name: name[len(root) :].split("/") for name in pictures}
    splits = _split_folders(parts.values())
    placed = []
    for name, (first, *rest) in parts.items():
        if first in splits and len(rest) >= 2:
            placed.append(Placed(tree, name, name[len(root) :], SPLIT_FOLDERS[first.lower()], rest[0]))
        elif rest and not splits:
            placed.append(Placed(tree, name, name[len(root) :], alone, first))
    return placed


def _split_folders(parts: Iterable[list[str]]) -> set[str]:
    """Folders that are splits: where `train` is among them, or nothing else is there."""
    deep = {first for first, *rest in parts if len(rest) >= 2}
    splits = {first for first in deep if is_split(first)}
    has_train = any(SPLIT_FOLDERS[first.lower()] == "train" for first in splits)
    return splits if has_train or splits == deep else set()


def split_called(name: str) -> Split | None:
    """`cifar10-train.tar.gz` -> train: the one split that a file's or folder's name speaks of."""
    words = re.split(r"[^a-z]+", name.lower())
    found = {SPLIT_FOLDERS[word] for word in words if word in SPLIT_FOLDERS}
    return found.pop() if len(found) == 1 else None


def is_split(folder: str) -> bool:
    return folder.lower() in SPLIT_FOLDERS


def _common_root(names: list[str]) -> str:
    """`photos/` where all lie under one folder that is itself neither a split nor a class of pictures."""
    firsts = {name.split("/")[0] for name in names}
    if len(firsts) != 1 or min((name.count("/") for name in names), default=0) < 2:
        return ""
    first = firsts.pop()
    return "" if is_split(first) else f"{first}/"
