"""From a name or paths, with nothing else said, to options with which the data open.

A data set is asked for by its name; else what lies at the paths says what it is. Pictures of different sizes
are given one size, and it is said which: nobody has to write a study to look at a folder.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from paribus.data.pictures.decoding import FORMATS
from paribus.data.pictures.layout import lay_out
from paribus.data.trees import Tree, open_tree
from paribus.errors import DataError
from paribus.specs import DATASETS, DataOptions
from paribus.specs.datasets import Csv, Folder, Npz, UserData
from paribus.specs.tables import is_user_object
from paribus.specs.words import did_you_mean, known

_LOOKED_AT = 2_000  # pictures whose sizes are read beforehand
_TABLES = (".csv", ".tsv")
_SIDES = (16, 24, 32, 48, 64)  # 64: what two processors train on in minutes
_GRAY_MODES = {"1", "L", "LA", "I;16", "I;16B", "I;16L"}
_NEARLY_SQUARE = 1.25  # of the longer side to the shorter: squashing such is hardly seen
_OFFICIAL = {
    "svhn": ("train_32x32.mat",),
    "cifar10": ("cifar-10-batches-py", "cifar-10-python.tar.gz"),
    "cifar100": ("cifar-100-python", "cifar-100-python.tar.gz"),
    "stl10": ("stl10_binary", "stl10_binary.tar.gz", "train_X.bin"),
}


@dataclass(frozen=True)
class Look:
    """What a first look at pictures found."""

    sizes: tuple[tuple[int, int], ...]  # width, height; of those looked at that could be opened
    gray: bool  # all of them

    @property
    def uniform(self) -> bool:
        return len(set(self.sizes)) <= 1


def options_for(words: Sequence[str], folder: Path) -> DataOptions:
    """`words` are one name of a data set, or paths relative to `folder`."""
    paths = [folder / Path(word).expanduser() for word in words]
    missing = [word for word, path in zip(words, paths, strict=True) if not path.exists()]
    if missing:
        if len(words) == 1 and words[0] in DATASETS:
            return _by_name(words[0])
        if len(words) == 1 and is_user_object(words[0]):
            return UserData(name=words[0])
        sets = [name for name in DATASETS if not _needed(name)]
        hint = did_you_mean(missing[0], sets)
        raise DataError(f"{missing[0]}: neither a data set nor a file or folder here; {known(sets)}.{hint}")
    lone = next((word for word in words if word.lower().endswith((*_TABLES, ".npz"))), None)
    if lone and len(words) > 1:
        raise DataError(f"{lone}: one such file at a time; several folders or archives are one set")
    if len(paths) == 1:
        if found := _official_at(paths[0]):
            return found
        if paths[0].suffix.lower() == ".npz":
            return Npz(path=words[0])
        if paths[0].suffix.lower() in _TABLES:
            return Csv(path=words[0], on_bad="skip", **_fitted(look_at([open_tree(paths[0].parent)])))
    given = words[0] if len(words) == 1 else tuple(words)
    return Folder(path=given, on_bad="skip", **_fitted(look_at([open_tree(path) for path in paths])))


def look_at(trees: Sequence[Tree]) -> Look:
    """Sizes and modes, from the heads of some of the pictures."""
    sizes: list[tuple[int, int]] = []
    modes: Counter[str] = Counter()
    for tree in trees:
        names = [one.name for one in lay_out(0, tree.names())]
        some = names[:: max(1, len(names) // _LOOKED_AT)]
        for _, content in tree.contents(some):
            try:
                source = BytesIO(content) if isinstance(content, bytes) else content
                if isinstance(source, DataError):
                    continue
                with Image.open(source, formats=FORMATS) as image:
                    sizes.append(image.size)
                    modes[image.mode] += 1
            except Exception:  # noqa: BLE001, S112  decoders raise nearly anything; reading will name the file
                continue
    return Look(tuple(sizes), bool(modes) and set(modes) <= _GRAY_MODES)


def _fitted(look: Look) -> dict[str, Any]:
    """Options that make one size of many, and one channel of gray."""
    asked: dict[str, Any] = {"gray": True} if look.gray else {}
    if not look.sizes or (look.uniform and max(look.sizes[0]) <= _SIDES[-1]):
        return asked
    short = median(min(size) for size in look.sizes)
    asked["resize"] = max((side for side in _SIDES if side <= short), default=_SIDES[0])
    if median(max(size) / min(size) for size in look.sizes) > _NEARLY_SQUARE:
        asked["fit"] = "crop"
    return asked


def _by_name(name: str) -> DataOptions:
    if needed := _needed(name):
        raise DataError(f"'{name}' is a kind of data that needs {', '.join(needed)}; give its path instead")
    options = DATASETS[name].options(name=name)
    assert isinstance(options, DataOptions)
    return options


def _needed(name: str) -> list[str]:
    """Options without which a set cannot be opened."""
    return [field for field, facts in DATASETS[name].options.model_fields.items() if facts.is_required()]


def _official_at(path: Path) -> DataOptions | None:
    """An official distribution, known by the names of its files."""
    for name, files in _OFFICIAL.items():
        if name in DATASETS and (path.name in files or any((path / file).exists() for file in files)):
            options = DATASETS[name].options.model_validate({"name": name, "path": str(path)})
            assert isinstance(options, DataOptions)
            return options
    return None
