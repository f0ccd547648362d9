"""From a name or paths, with nothing else said, to options with which the data open.

A data set is asked for by its name; else what lies at the paths says what it is. Pictures of different sizes
are given one size, and it is said which: nobody has to write a study to look at a folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.data.looking import RESIZED, Look, choose_fit, look_at, look_at_table
from paribus.data.npz import list_shapes, list_unused_arrays
from paribus.data.official.guessing import official_at
from paribus.data.pictures.layout import lay_out
from paribus.data.progress import Tell, tell_nobody
from paribus.data.trees import Tree, open_tree
from paribus.data.unused import list_unused
from paribus.errors import DataError
from paribus.specs import DATASETS, DataOptions
from paribus.specs.datasets import Csv, Folder, Npz, UserData
from paribus.specs.tables import is_user_object
from paribus.specs.words import did_you_mean, known

_TABLES = (".csv", ".tsv")


@dataclass(frozen=True)
class Guess:
    """What data seem to be."""

    options: DataOptions
    if_sizes_differ: Mapping[str, Any]  # what more to ask
    unused: tuple[str, ...] = ()  # what lies there and is not read, such as "6 files .heic"


def guess_data(words: Sequence[str], folder: Path, tell: Tell = tell_nobody) -> Guess:
    """`words` are one name of a data set, or paths relative to `folder`."""
    paths = [folder / Path(word).expanduser() for word in words]
    missing = [word for word, path in zip(words, paths, strict=True) if not path.exists()]
    if missing:
        return Guess(_named(words, missing), RESIZED)
    lone = next((word for word in words if word.lower().endswith((*_TABLES, ".npz"))), None)
    if lone and len(words) > 1:
        raise DataError(f"{lone}: one such file at a time; several folders or archives are one set")
    if len(paths) == 1 and (found := official_at(paths[0])):
        return Guess(found, RESIZED)
    if lone and paths[0].suffix.lower() == ".npz":
        return _guess_npz(lone, paths[0])
    if lone:
        look = look_at_table(paths[0], tell)
        return _fitting(Csv(path=lone, on_bad="skip"), look)
    return _guess_folder(words[0] if len(words) == 1 else tuple(words), paths, tell)


def _named(words: Sequence[str], missing: Sequence[str]) -> DataOptions:
    """Options of what is asked for by a name, for nothing of that name lies here."""
    word = missing[0]
    if len(words) > 1 and (word in DATASETS or is_user_object(word)):
        raise DataError(
            f"{' '.join(words)}: '{word}' is the name of a data set, which stands alone; "
            "give that name, or paths that are one set together"
        )
    if word in DATASETS:
        return _by_name(word)
    if is_user_object(word):
        return UserData(name=word)
    sets = [name for name in DATASETS if not _needed(name)]
    raise DataError(
        f"{word}: neither a data set nor a file or folder here; {known(sets)}.{did_you_mean(word, sets)}"
    )


def _guess_folder(given: str | tuple[str, ...], paths: Sequence[Path], tell: Tell) -> Guess:
    trees: list[tuple[Tree, Sequence[str]]] = []
    unused: list[str] = []
    for number, path in enumerate(paths):
        tree = open_tree(path, tell)
        names = tree.names()
        placed = lay_out(number, names)
        trees.append((tree, [one.name for one in placed]))
        unused += list_unused(names, placed)
    return _fitting(Folder(path=given, on_bad="skip"), look_at(trees, tell), unused)


def _guess_npz(word: str, path: Path) -> Guess:
    shapes = list_shapes(path)
    _, height, width, *_ = (*shapes.get("train_images", ()), 0, 0, 0)
    look = Look(((width, height),)) if height and width else Look(())
    arrays = list_unused_arrays(shapes)
    return _fitting(Npz(path=word), look, [f"the arrays {', '.join(arrays)}"] if arrays else [])


def _fitting(options: DataOptions, look: Look, unused: Sequence[str] = ()) -> Guess:
    fitted = options.model_copy(update=choose_fit(look))
    return Guess(fitted, choose_fit(look, differing=True), tuple(unused))


def _by_name(name: str) -> DataOptions:
    if needed := _needed(name):
        raise DataError(f"'{name}' is a kind of data that needs {', '.join(needed)}; give its path instead")
    options = DATASETS[name].options(name=name)
    assert isinstance(options, DataOptions)
    return options


def _needed(name: str) -> list[str]:
    """Options without which a set cannot be opened."""
    return [field for field, facts in DATASETS[name].options.model_fields.items() if facts.is_required()]
