import gzip
import struct

import numpy as np
import pytest

from paribus.data.official.mnist import read_fashion_mnist, read_mnist
from paribus.data.opening import open_data
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import FashionMnist, Mnist
from tests.data.made import read_source

RANDOM = np.random.default_rng(0)
IMAGES = {
    split: RANDOM.integers(0, 256, (n, 28, 28), dtype=np.uint8)
    for split, n in {"train": 30, "t10k": 12}.items()
}
LABELS = {split: np.arange(len(images)) % 10 for split, images in IMAGES.items()}
READERS = [(Mnist, read_mnist), (FashionMnist, read_fashion_mnist)]


def idx(array):
    head = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


FILES = {f"{split}-images-idx3-ubyte": idx(images) for split, images in IMAGES.items()} | {
    f"{split}-labels-idx1-ubyte": idx(labels) for split, labels in LABELS.items()
}


def put(folder, *, packed=True, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        given = changes.get(name.split("-idx")[0].replace("-", "_"), content)
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(given, 1) if packed else given)
    return folder


def read(path, options=Mnist, reader=read_mnist):
    asked = options(path=str(path))
    return read_source(reader(asked, tell_nobody), asked)


def refusal(path):
    with pytest.raises(DataError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(("options", "reader"), READERS)
def test_images_are_gray_with_their_labels(tmp_path, options, reader, packed):
    found = read(put(tmp_path, packed=packed), options, reader)
    assert len(found.classes) == 10
    for split, part in {"train": "train", "test": "t10k"}.items():
        assert np.array_equal(found.splits[split].pixels, IMAGES[part][:, None])
        assert found.splits[split].labels.tolist() == LABELS[part].tolist()


def test_their_classes_have_their_names(tmp_path):
    put(tmp_path)
    assert read(tmp_path).classes == tuple("0123456789")
    clothes = read(tmp_path, FashionMnist, read_fashion_mnist).classes
    assert clothes[0] == "T-shirt/top"
    assert clothes[9] == "Ankle boot"


@pytest.mark.parametrize(("options", "below"), [(Mnist, "MNIST"), (FashionMnist, "FashionMNIST")])
@pytest.mark.usefixtures("cache")
def test_the_folders_that_torchvision_makes_are_looked_into(tmp_path, options, below):
    put(tmp_path / "data" / below / "raw", packed=False)
    put(tmp_path / "flat")
    found = [open_data(options(path=path), tmp_path) for path in ("data", f"data/{below}", "flat")]
    assert len({one.fingerprint for one in found}) == 1
    assert found[0].counts == {"train": 30, "test": 12}


@pytest.mark.usefixtures("cache")
def test_the_two_are_different_sets_even_with_the_same_pixels(tmp_path):
    put(tmp_path)
    mnist, fashion = (open_data(options(path=str(tmp_path)), tmp_path) for options, _ in READERS)
    assert mnist.fingerprint != fashion.fingerprint


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_labels": idx(np.arange(29) % 10)}, "holds 30 images, and its labels are 29"),
        ({"t10k_labels": idx(np.full(12, 10))}, "holds the label 10; expected 0 to 9"),
        ({"train_images": idx(LABELS["train"])}, "is no idx file of 3 dimensions and 8 bits"),
        ({"train_labels": idx(IMAGES["train"])}, "is no idx file of 1 dimension and 8 bits"),
        ({"train_images": b"\0\0\x0d" + idx(IMAGES["train"])[3:]}, "is no idx file of 3 dimensions"),
        ({"train_images": idx(IMAGES["train"])[:-1]}, "ends too early"),
        ({"train_images": idx(IMAGES["train"])[:9]}, "ends too early"),
        ({"train_images": b""}, "ends too early"),
        ({"train_images": idx(IMAGES["train"]) + b"\0"}, "goes on behind what its shape (30, 28, 28) holds"),
        ({"train_images": b"\0\0\x08\x03" + b"\xff" * 12}, "claims the shape (4294967295, 4294967295,"),
        ({"train_images": idx(IMAGES["train"][:0])}, "claims the shape (0, 28, 28), which cannot be"),
        ({"t10k_images": idx(IMAGES["t10k"][:, :20])},
         "images differ in size: 1 x 28 x 28 and 1 x 20 x 28 (channels x height x width). Set data.resize"),
    ],
)  # fmt: skip
def test_every_refusal_says_what_is_wrong(tmp_path, changes, message, packed):
    assert message in refusal(put(tmp_path, packed=packed, **changes))


def test_a_file_that_is_not_there_is_named(tmp_path):
    put(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    assert "holds no 't10k-labels-idx1-ubyte.gz' or 't10k-labels-idx1-ubyte' or" in refusal(tmp_path)


def test_a_file_that_is_cut_or_changed_is_refused(tmp_path):
    """Packed, a checksum finds every change; of the head of a gzip file only what matters is looked at."""
    put(tmp_path)
    path = tmp_path / "train-images-idx3-ubyte.gz"
    whole, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(200):
        damaged = bytearray(whole)
        if random.random() < 0.5:
            del damaged[int(random.integers(len(whole))) :]
        else:
            damaged[int(random.integers(10, len(whole)))] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        assert refusal(tmp_path)
