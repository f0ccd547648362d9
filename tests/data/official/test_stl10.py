import tracemalloc

import numpy as np
import pytest

from paribus.data.album import Album
from paribus.data.official.stl10 import read_stl10
from paribus.data.opening import open_data
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Stl10
from tests.data.made import read_source

from .test_cifar import pack, put

RANDOM = np.random.default_rng(0)
COUNTS = {"train": 20, "test": 8, "unlabeled": 5}
IMAGES = {split: RANDOM.integers(0, 256, (n, 3, 96, 96), dtype=np.uint8) for split, n in COUNTS.items()}
LABELS = {split: np.arange(COUNTS[split]) % 3 for split in ("train", "test")}
FOLDS = [sorted(RANDOM.permutation(20)[:6].tolist()) for _ in range(10)]
FILES = {
    **{f"{split}_X.bin": images.transpose(0, 1, 3, 2).tobytes() for split, images in IMAGES.items()},
    **{f"{split}_y.bin": (labels + 1).astype(np.uint8).tobytes() for split, labels in LABELS.items()},
    "class_names.txt": b"airplane\nbird\ncar\n",
    "fold_indices.txt": "\n".join(" ".join(map(str, fold)) for fold in FOLDS).encode() + b"\n",
}


def read(path, **options):
    asked = Stl10(path=str(path), **options)
    return read_source(read_stl10(asked, tell_nobody), asked)


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("order", [None, sorted(FILES), sorted(FILES, reverse=True)])
def test_images_stand_upright_however_they_lie(tmp_path, order):
    put(tmp_path / "a" / "stl10_binary", FILES)
    pack(tmp_path / "b" / "stl10_binary.tar.gz", FILES, "stl10_binary/", order)
    for place in (tmp_path / "a", tmp_path / "a" / "stl10_binary", tmp_path / "b"):
        found = read(place)
        assert found.classes == ("airplane", "bird", "car")
        assert sorted(found.splits) == ["test", "train"]
        for split, images in found.splits.items():
            assert np.array_equal(images.pixels, IMAGES[split])
            assert images.labels.tolist() == LABELS[split].tolist()


@pytest.mark.parametrize("fold", range(10))
def test_a_fold_keeps_its_images_of_train_alone(tmp_path, fold):
    found = read(put(tmp_path, FILES), fold=fold)
    assert np.array_equal(found.splits["train"].pixels, IMAGES["train"][FOLDS[fold]])
    assert found.splits["train"].labels.tolist() == LABELS["train"][FOLDS[fold]].tolist()
    assert len(found.splits["test"]) == 8


def test_unlabeled_images_have_no_label(tmp_path):
    found = read(put(tmp_path, FILES), unlabeled=True).splits["unlabeled"]
    assert np.array_equal(found.pixels, IMAGES["unlabeled"])
    assert found.labels.tolist() == [-1] * 5


@pytest.mark.usefixtures("cache")
def test_packed_or_not_it_is_the_same_set_and_a_fold_is_another(tmp_path):
    put(tmp_path / "a", FILES)
    pack(tmp_path / "b.tar.gz", FILES, "stl10_binary/")
    first = open_data(Stl10(path="a"), tmp_path)
    assert first.counts == {"train": 20, "test": 8}
    assert open_data(Stl10(path="b.tar.gz"), tmp_path).fingerprint == first.fingerprint
    prints = {open_data(Stl10(path="a", fold=fold), tmp_path).fingerprint for fold in range(10)}
    assert len(prints | {first.fingerprint}) == 11
    assert open_data(Stl10(path="a", unlabeled=True), tmp_path).counts["unlabeled"] == 5


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train_X.bin", FILES["train_X.bin"][:-1],
         "train_X.bin: has 552,959 bytes; expected 27,648 for each image"),
        ("train_X.bin", b"", "train_X.bin: has 0 bytes; expected 27,648 for each image"),
        ("train_y.bin", b"\1\2", "train_y.bin: expected 20 labels from 1 to 3"),
        ("test_y.bin", bytes(8), "test_y.bin: expected 8 labels from 1 to 3"),
        ("test_y.bin", b"\4" * 8, "test_y.bin: expected 8 labels from 1 to 3"),
        ("class_names.txt", b"bird\nbird\n", "class_names.txt: expected a name in each line, each once"),
        ("class_names.txt", bytes(1_000_001),
         "class_names.txt: has 1,000,001 bytes; expected at most 1,000,000"),
        *(("fold_indices.txt", content, "line 3: expected positions of images, from 0 to 19")
          for content in (b"", b"1\n2\n20\n", b"1\n2\n3 x\n", b"1\n2\n-1\n", b"1\n2\n" + b"9" * 50)),
    ],
)  # fmt: skip
def test_every_refusal_names_the_file_and_what_is_expected(tmp_path, name, content, message):
    assert message in refusal(put(tmp_path, FILES | {name: content}), fold=2)


def test_a_file_that_is_not_there_is_named_if_it_is_needed(tmp_path):
    files = {name: content for name, content in FILES.items() if name != "fold_indices.txt"}
    put(tmp_path, files)
    assert len(read(tmp_path).splits["train"]) == 20
    assert f"{tmp_path}: holds no 'fold_indices.txt'; expected train_X.bin," in refusal(tmp_path, fold=0)


def test_many_unlabeled_images_are_not_held_in_memory(tmp_path):
    """110 MB of them; the rest of the test needs a fraction of that."""
    path = pack(tmp_path / "a.tar.gz", FILES | {"unlabeled_X.bin": bytes(4_000 * 27_648)})
    asked = Stl10(path=str(path), unlabeled=True)
    source = read_stl10(asked, tell_nobody)
    (tmp_path / "album").mkdir()
    tracemalloc.start()
    with Album(tmp_path / "album") as album:
        source.read(album)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000


def test_an_archive_that_is_cut_or_changed_is_refused(tmp_path):
    whole = pack(tmp_path / "a.tar.gz", FILES, "stl10_binary/").read_bytes()
    random = np.random.default_rng(0)
    for _ in range(40):
        damaged = bytearray(whole)
        if random.random() < 0.5:
            del damaged[int(random.integers(len(whole))) :]
        else:
            damaged[int(random.integers(10, len(whole)))] ^= 1 << int(random.integers(8))
        (tmp_path / "b.tar.gz").write_bytes(damaged)
        assert refusal(tmp_path / "b.tar.gz", unlabeled=True, fold=1)
