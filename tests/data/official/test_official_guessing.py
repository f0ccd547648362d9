import pytest

from paribus.data.official.guessing import official_at
from paribus.errors import DataError

IDX = "train-images-idx3-ubyte"


@pytest.fixture
def at(tmp_path):
    """What is found at a path below which files of these names lie."""

    def find(path, *files):
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes(b"")
        found = official_at(tmp_path / path)
        return None if found is None else (found.name, found.path.removeprefix(f"{tmp_path}").strip("/"))

    return find


@pytest.mark.parametrize(
    ("path", "file", "found"),
    [
        ("MNIST/raw", f"MNIST/raw/{IDX}", ("mnist", "MNIST/raw")),
        ("MNIST", f"MNIST/raw/{IDX}.gz", ("mnist", "MNIST")),
        ("", f"MNIST/raw/{IDX}", ("mnist", "MNIST")),
        ("FashionMNIST/raw", f"FashionMNIST/raw/{IDX}", ("fashion-mnist", "FashionMNIST/raw")),
        ("", f"FashionMNIST/raw/{IDX}.gz", ("fashion-mnist", "FashionMNIST")),
        ("fashion-mnist", f"fashion-mnist/{IDX}", ("fashion-mnist", "fashion-mnist")),
        ("set", f"set/{IDX}.gz", ("mnist", "set")),
        (f"set/{IDX}.gz", f"set/{IDX}.gz", ("mnist", "set")),
        ("KMNIST/raw", f"KMNIST/raw/{IDX}", None),
        ("EMNIST", f"EMNIST/raw/{IDX}", None),
        ("set", "set/t10k-images-idx3-ubyte", None),
        ("x", "x/train_32x32.mat", ("svhn", "x")),
        ("x/cifar-10-python.tar.gz", "x/cifar-10-python.tar.gz", ("cifar10", "x/cifar-10-python.tar.gz")),
        ("x", "x/cifar-100-python/train", ("cifar100", "x")),
        ("x", "x/train_X.bin", ("stl10", "x")),
        ("x", "x/cat/1.png", None),
    ],
)
def test_official_files_are_known_by_their_names_and_folders(at, path, file, found):
    assert at(path, file) == found


def test_two_sets_in_one_folder_are_not_guessed_between(at):
    with pytest.raises(DataError, match="holds MNIST and FashionMNIST; give one of these folders"):
        at("", f"MNIST/raw/{IDX}", f"FashionMNIST/raw/{IDX}")
