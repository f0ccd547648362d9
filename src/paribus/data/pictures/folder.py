"""Image folders and archives of such: `train/ test/` and perhaps `val/`, or just a folder for each class."""

from dataclasses import replace
from pathlib import Path

from paribus.data.images import Source, Split
from paribus.data.naming import legible
from paribus.data.pictures.layout import Placed, is_split, lay_out, split_called
from paribus.data.pictures.reading import picture_source
from paribus.data.progress import Tell
from paribus.data.trees import Tree, open_tree
from paribus.errors import DataError
from paribus.specs.datasets import Folder


def read_folder(options: Folder, tell: Tell) -> Source:
    paths = [options.path] if isinstance(options.path, str) else options.path
    trees = [_open(Path(path), tell) for path in paths]
    placed: list[Placed] = []
    for number, tree in enumerate(trees):
        called = split_called(tree.where.name) if len(trees) > 1 else None
        placed += lay_out(number, tree.names(), called or "train")
    _refuse_two_folders_of_one_split(trees, placed)
    where = ", ".join(str(tree.where) for tree in trees)
    return picture_source(trees, _as_asked(placed, options), options, where=where)


def _open(path: Path, tell: Tell) -> Tree:
    if not path.exists():
        raise DataError(
            f"{path}: no such folder; expected one with a folder for each class, or an archive of it"
        )
    return open_tree(path, tell)


def _as_asked(placed: list[Placed], options: Folder) -> list[Placed]:
    """What `val` is, as the options say; a lone split is what there is to train on."""
    splits = {one.split for one in placed}
    renamed: dict[Split, Split] = {}
    if len(splits) == 1:
        renamed = dict.fromkeys(splits - {"train"}, "train")
    elif options.val == "test":
        renamed = {"validation": "test"}
    return [replace(one, split=renamed[one.split]) if one.split in renamed else one for one in placed]


def _refuse_two_folders_of_one_split(trees: list[Tree], placed: list[Placed]) -> None:
    folders: dict[tuple[int, Split], str] = {}
    for one in placed:
        first = one.shown.split("/")[0]
        if is_split(first) and folders.setdefault((one.tree, one.split), first) != first:
            both = " and ".join(f"'{name}'" for name in sorted([folders[one.tree, one.split], first]))
            raise DataError(
                f"{legible(trees[one.tree].where)}: holds both {both}; expected one folder "
                f"with the {one.split} images"
            )
