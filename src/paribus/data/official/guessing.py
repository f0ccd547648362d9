"""Which official distribution lies at a path, known by the names of its files and folders."""

from pathlib import Path

from paribus.errors import DataError
from paribus.specs import DATASETS, DataOptions

_SIGNS = {
    "svhn": ("train_32x32.mat",),
    "cifar10": ("cifar-10-batches-py", "cifar-10-python.tar.gz"),
    "cifar100": ("cifar-100-python", "cifar-100-python.tar.gz"),
    "stl10": ("stl10_binary", "stl10_binary.tar.gz", "train_X.bin"),
}
_IDX_SIGNS = ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz")
_IDX_FOLDERS = {"MNIST": "mnist", "FashionMNIST": "fashion-mnist"}  # as torchvision calls them


def official_at(path: Path) -> DataOptions | None:
    """Its options, or none where it is something else."""
    for name, files in _SIGNS.items():
        if path.name in files or _holds(path, files):
            return _options(name, path)
    return _idx_at(path)


def _idx_at(path: Path) -> DataOptions | None:
    """MNIST and Fashion-MNIST have files of the same names: the folder's name tells them apart."""
    if path.name in _IDX_SIGNS:
        path = path.parent
    below = [folder for folder in _IDX_FOLDERS if _holds(path / folder / "raw", _IDX_SIGNS)]
    if len(below) > 1:
        raise DataError(f"{path}: holds {' and '.join(below)}; give one of these folders")
    if below:
        return _options(_IDX_FOLDERS[below[0]], path / below[0])
    if not _holds(path, _IDX_SIGNS) and not _holds(path / "raw", _IDX_SIGNS):
        return None
    name = _idx_called(path.resolve())
    return _options(name, path) if name else None


def _idx_called(path: Path) -> str | None:
    """Others, such as KMNIST, have these file names too, and other classes."""
    for folder in (path.name, path.parent.name):
        called = "".join(letter for letter in folder.lower() if letter.isalnum())
        if "fashion" in called:
            return "fashion-mnist"
        if called.endswith("mnist"):
            return "mnist" if called == "mnist" else None
    return "mnist"


def _holds(folder: Path, files: tuple[str, ...]) -> bool:
    return any((folder / file).exists() for file in files)


def _options(name: str, path: Path) -> DataOptions:
    options = DATASETS[name].options.model_validate({"name": name, "path": str(path)})
    assert isinstance(options, DataOptions)
    return options
