import numpy as np
import pytest
import scipy.io

from paribus.data.official.svhn import read_svhn
from paribus.data.opening import open_data
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Svhn
from tests.data.made import read_source

from .web import serving

RANDOM = np.random.default_rng(0)
COUNTS = {"train": 30, "test": 20, "extra": 25}
IMAGES = {part: RANDOM.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8) for part, n in COUNTS.items()}
DIGITS = {part: np.arange(n) % 10 for part, n in COUNTS.items()}


def put(folder, part, *, compress=True, **changes):
    """As the official files are: the image last among dimensions, and 10 for the digit 0."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = np.where(DIGITS[part] == 0, 10, DIGITS[part]).astype(np.uint8)[:, None]
    arrays = {"X": IMAGES[part].transpose(1, 2, 3, 0), "y": labels} | changes
    kept = {name: array for name, array in arrays.items() if array is not None}
    scipy.io.savemat(folder / f"{part}_32x32.mat", kept, do_compression=compress)


def put_all(folder):
    for part in COUNTS:
        put(folder, part)
    return folder


def read(folder, **options):
    asked = Svhn(path=str(folder), **options)
    return read_source(read_svhn(asked, tell_nobody), asked)


@pytest.mark.parametrize("compress", [True, False])
def test_images_stand_upright_and_ten_means_zero(tmp_path, compress):
    for part in ("train", "test"):
        put(tmp_path, part, compress=compress)
    found = read(tmp_path)
    assert found.classes == tuple("0123456789")
    assert sorted(found.splits) == ["test", "train"]
    for split, images in found.splits.items():
        assert np.array_equal(images.pixels, IMAGES[split].transpose(0, 3, 1, 2))
        assert images.labels.tolist() == DIGITS[split].tolist()


def test_extra_joins_train(tmp_path):
    found = read(put_all(tmp_path), extra=True)
    both = np.concatenate([IMAGES["train"], IMAGES["extra"]]).transpose(0, 3, 1, 2)
    assert np.array_equal(found.splits["train"].pixels, both)
    assert found.splits["train"].labels.tolist() == [*DIGITS["train"], *DIGITS["extra"]]
    assert len(found.splits["test"]) == 20


def test_more_images_than_are_read_at_once_keep_their_order(tmp_path):
    count = 5_000
    images = RANDOM.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    put(tmp_path, "test")
    put(tmp_path, "train", X=images.transpose(1, 2, 3, 0), y=np.full((count, 1), 10, np.uint8))
    assert np.array_equal(read(tmp_path).splits["train"].pixels, images.transpose(0, 3, 1, 2))


def test_images_are_resized_and_made_gray_like_any_others(tmp_path):
    assert read(put_all(tmp_path), resize=16, gray=True).splits["train"].pixels.shape == (30, 1, 16, 16)


@pytest.mark.usefixtures("cache")
def test_the_set_is_known_by_what_is_in_it_wherever_it_lies(tmp_path):
    put_all(tmp_path / "a")
    for part in COUNTS:
        put(tmp_path / "b", part, compress=False)
    first = open_data(Svhn(path="a"), tmp_path)
    assert open_data(Svhn(path="b"), tmp_path).fingerprint == first.fingerprint
    assert open_data(Svhn(path="a", extra=True), tmp_path).fingerprint != first.fingerprint
    put(tmp_path / "b", "test", X=IMAGES["test"][::-1].transpose(1, 2, 3, 0))
    assert open_data(Svhn(path="b"), tmp_path).fingerprint != first.fingerprint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": None}, "holds no 'X'; expected 'X' and 'y'"),
        ({"y": None}, "holds no 'y'; expected 'X' and 'y'"),
        ({"Z": np.zeros((2, 2))}, "holds 'Z'; expected the matrices 'X' and 'y', each once"),
        ({"X": np.zeros((32, 32, 3, 4))},
         "X: has shape (32, 32, 3, 4) of float64; expected (32, 32, 3, images) of uint8"),
        ({"X": np.zeros((28, 28, 3, 4), np.uint8)},
         "X: has shape (28, 28, 3, 4) of uint8; expected (32, 32, 3, images) of uint8"),
        ({"y": np.ones((29, 1), np.uint8)}, "holds 30 images and 29 labels; expected as many"),
        ({"y": np.ones((1, 30), np.uint8)}, "y: has shape (1, 30); expected (images, 1)"),
        ({"y": np.zeros((30, 1), np.uint8)},
         "y: expected labels from 1 to 10, where 10 means the digit 0"),
        ({"y": np.full((30, 1), np.nan)},
         "y: expected labels from 1 to 10, where 10 means the digit 0"),
    ],
)  # fmt: skip
def test_every_refusal_says_what_was_given_and_what_is_expected(tmp_path, changes, message):
    put_all(tmp_path)
    put(tmp_path, "train", **changes)
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value) == f"{tmp_path / 'train_32x32.mat'}: {message}"


def test_a_named_folder_without_the_files_is_refused_and_nothing_is_downloaded(tmp_path):
    put(tmp_path, "train")
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: holds no 'test_32x32.mat'. Put it there, or leave data.path out to have it downloaded"
    )
    with pytest.raises(
        DataError, match=r"nowhere: no such file or folder; expected one with 'train_32x32\.mat'"
    ):
        read(tmp_path / "nowhere")


@pytest.fixture
def shut(monkeypatch):
    """No web: everything would go through a proxy that is not there."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.mark.usefixtures("shut")
def test_files_in_the_users_data_folder_are_found_without_a_path(tmp_path, cache, monkeypatch):
    put_all(tmp_path / "kept" / "svhn")
    monkeypatch.setenv("PARIBUS_DATA", str(tmp_path / "kept"))
    assert open_data(Svhn(), tmp_path).counts == {"train": 30, "test": 20}
    monkeypatch.delenv("PARIBUS_DATA")
    put_all(cache / "downloads" / "svhn")
    assert open_data(Svhn(extra=True), tmp_path).counts == {"train": 55, "test": 20}


@pytest.mark.usefixtures("shut")
def test_without_a_web_one_line_says_which_file_to_put_where(tmp_path, cache):
    with pytest.raises(DataError) as caught:
        open_data(Svhn(), tmp_path)
    assert str(caught.value) == (
        "train_32x32.mat (182,040,794 bytes) could not be downloaded; tried: "
        "http://ufldl.stanford.edu/housenumbers/train_32x32.mat (Connection refused). "
        f"Put it into {cache / 'downloads' / 'svhn'}, or say in data.path where it lies"
    )


@pytest.mark.usefixtures("cache")
def test_a_download_that_is_not_the_official_file_is_never_used(tmp_path, monkeypatch):
    put_all(tmp_path)
    with serving(files={"/housenumbers/train_32x32.mat": bytes(1000)}) as web:
        monkeypatch.setenv("http_proxy", web.address)  # asked for the official address, it answers itself
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(DataError, match=r"train_32x32.mat \(offers 1,000 bytes\)"):
            open_data(Svhn(), tmp_path)
