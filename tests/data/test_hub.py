"""Data sets of the hub, made here and saved by `save_to_disk`. Skipped where the extra `hub` is missing."""

import io
import shutil
import warnings

import numpy as np
import pytest
from PIL import Image

from paribus.data.hub import read_huggingface
from paribus.data.opening import open_data
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import HuggingFace

from .made import make_classes, read_source

datasets = pytest.importorskip("datasets", reason="pip install 'paribus[hub]'")
parquet = pytest.importorskip("pyarrow.parquet")
arrow = pytest.importorskip("pyarrow")

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (30, 6, 5, 3), dtype=np.uint8)
NAMES = ["zebra", "ant", "cow"]
FEATURES = datasets.Features({"img": datasets.Image(), "kind": datasets.ClassLabel(names=NAMES)})


@pytest.fixture(autouse=True)
def _nothing_of_the_users(tmp_path, monkeypatch, cache):
    """The package's cache is here, and it asks no network."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "hub")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def packed(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "png")
    return buffer.getvalue()


def rows(numbers, **others):
    pictures = [{"bytes": packed(IMAGES[n]), "path": None} for n in numbers]
    return {"img": pictures, "kind": [n % 3 for n in numbers]} | others


def make(folder, features=FEATURES, **splits):
    """The data set, not yet saved."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for split, table in splits.items():
        files[split] = str(folder / f"{split}.parquet")
        parquet.write_table(arrow.table(table), files[split])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cache = str(folder / "made")
        return datasets.load_dataset("parquet", data_files=files, features=features, cache_dir=cache)


def save(folder, features=FEATURES, **splits):
    make(folder / "parts", features, **splits).save_to_disk(str(folder / "saved"))
    return folder / "saved"


def read(path, **options):
    asked = HuggingFace(path=str(path), **options)
    return read_source(read_huggingface(asked, tell_nobody), asked)


def refusal(path, **options):
    with pytest.raises(DataError) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_what_was_saved_is_read_with_its_classes_in_their_order(tmp_path):
    found = read(
        save(tmp_path, train=rows(range(20)), test=rows(range(20, 26)), validation=rows(range(26, 30)))
    )
    assert found.classes == ("zebra", "ant", "cow")
    assert {split: len(images) for split, images in found.splits.items()} == {
        "train": 20, "test": 6, "validation": 4,
    }  # fmt: skip
    assert np.array_equal(found.splits["train"].pixels, IMAGES[:20].transpose(0, 3, 1, 2))
    assert found.splits["test"].labels.tolist() == [n % 3 for n in range(20, 26)]


@pytest.mark.parametrize("name", ["train", "test", "everything"])
def test_a_lone_split_is_carved(tmp_path, name):
    found = read(save(tmp_path, **{name: rows(range(30))}), test=0.2)
    assert {split: len(images) for split, images in found.splits.items()} == {"train": 24, "test": 6}
    assert np.bincount(found.splits["test"].labels).tolist() == [2, 2, 2]


def test_a_saved_set_without_splits_is_one(tmp_path):
    made = make(tmp_path / "parts", train=rows(range(30)))["train"]
    made.save_to_disk(str(tmp_path / "saved"))
    assert len(read(tmp_path / "saved").splits["train"]) == 24


def test_splits_of_other_names_are_left_alone(tmp_path):
    found = read(save(tmp_path, train=rows(range(12)), valid=rows(range(12, 18)), extra=rows(range(18, 30))))
    assert {split: len(images) for split, images in found.splits.items()} == {
        "train": 9, "validation": 6, "test": 3,
    }  # fmt: skip


def test_pictures_are_resized_and_made_gray_like_any_others(tmp_path):
    found = read(save(tmp_path, train=rows(range(30))), resize=8, gray=True)
    assert found.splits["train"].pixels.shape == (24, 1, 8, 8)


TWO = datasets.Features(
    {
        "a": datasets.Image(),
        "img": datasets.Image(),
        "fine": datasets.ClassLabel(names=["x", "y", "z"]),
        "kind": datasets.ClassLabel(names=NAMES),
        "word": datasets.Value("string"),
    }
)


def test_columns_are_named_where_there_are_several(tmp_path):
    words = [f"word {n % 2}" for n in range(30)]
    table = rows(range(30), fine=[0, 1, 2] * 10, word=words)
    path = save(tmp_path, TWO, train={"a": table["img"], **table})
    assert refusal(path, label="fine") == (
        "has 2 columns of images; say in data.image which it is; known: a, img"
    )
    assert refusal(path, image="a") == (
        "has 2 columns of classes; say in data.label which it is; known: fine, kind"
    )
    assert read(path, image="img", label="fine").classes == ("x", "y", "z")
    assert read(path, image="img", label="word").classes == ("word 0", "word 1")
    with pytest.raises(DataError, match=r"data.label: .* has no column 'finn'; .*\. Did you mean 'fine'\?"):
        read(path, image="img", label="finn")
    assert refusal(path, image="word", label="fine") == "the column 'word' of 'train' holds no images"


def test_labels_that_are_kept_secret_are_refused(tmp_path):
    secret = rows(range(20, 30)) | {"kind": [-1] * 10}
    path = save(tmp_path, train=rows(range(20)), test=secret)
    assert refusal(path) == "'test' has the label -1, which is no class; expected 0 to 2"


def test_images_of_different_sizes_want_one(tmp_path):
    table = rows(range(30))
    table["img"][7] = {"bytes": packed(IMAGES[7, :4]), "path": None}
    path = save(tmp_path, train=table)
    assert "Set data.resize, such as resize = 64" in refusal(path)
    assert read(path, resize=6).splits["train"].pixels.shape == (24, 3, 6, 6)


def test_a_picture_that_cannot_be_read_is_told_with_its_number(tmp_path):
    table = rows(range(30))
    table["img"][7] = {"bytes": b"no picture", "path": None}
    assert refusal(save(tmp_path, train=table)).startswith(
        "image 7 of 'train': is no picture that can be read"
    )


def test_two_splits_of_one_kind_and_none_to_train_on_are_refused(tmp_path):
    parts = {"test": rows(range(9)), "testing": rows(range(9, 18)), "train": rows(range(18, 30))}
    assert "has two splits that are test" in refusal(save(tmp_path / "a", **parts))
    assert refusal(save(tmp_path / "b", test=parts["test"], other=parts["train"])) == (
        "has no split 'train'; known: other, test"
    )


def test_the_set_is_known_by_its_files_without_the_package_and_by_its_pixels_wherever_it_lies(tmp_path):
    path = save(tmp_path, train=rows(range(30)))
    first = open_data(HuggingFace(path="saved"), tmp_path)
    shutil.copytree(path, tmp_path / "elsewhere" / "saved")
    assert open_data(HuggingFace(path="saved"), tmp_path / "elsewhere") == first
    other = save(tmp_path / "other", train=rows(range(1, 30)))
    assert open_data(HuggingFace(path=str(other)), tmp_path).fingerprint != first.fingerprint


def test_a_folder_that_the_package_knows_to_open_is_opened_by_its_name(tmp_path):
    make_classes(tmp_path / "photos" / "train", images=6)
    options = HuggingFace(dataset=str(tmp_path / "photos"))
    data = open_data(options, tmp_path)
    assert data.classes == ("cat", "dog")
    assert data.counts == {"train": 10, "test": 2}
    assert open_data(options, tmp_path) == data


def test_what_cannot_be_had_is_told_in_one_line(tmp_path):
    for options in (
        HuggingFace(dataset="nobody/no-such-set"),
        HuggingFace(dataset=str(tmp_path / "nowhere")),
    ):
        with pytest.raises(DataError, match="cannot be had from the hub: Couldn't ") as caught:
            open_data(options, tmp_path)
        assert "\n" not in str(caught.value)
    assert refusal(tmp_path / "nowhere") == "no such folder; expected one that save_to_disk wrote"
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty").startswith("is nothing that save_to_disk wrote: ")


def test_a_set_of_a_commit_asks_the_hub_only_when_it_is_read(tmp_path):
    known = [
        read_huggingface(HuggingFace(dataset="nobody/set", revision=digit * 40, label=label), tell_nobody)
        for digit in "ab"
        for label in (None, "kind")
    ]
    assert len({source.key for source in known}) == 4
    with pytest.raises(DataError, match="cannot be had from the hub"):
        open_data(HuggingFace(dataset="nobody/set", revision="a" * 40), tmp_path)
    with pytest.raises(DataError, match="cannot be had from the hub"):
        read_huggingface(HuggingFace(dataset="nobody/set", revision="main"), tell_nobody)


@pytest.mark.parametrize("options", [{}, {"path": "a", "dataset": "b"}])
def test_either_a_name_or_a_path_is_given(options):
    with pytest.raises(DataError, match=r"give either data.dataset"):
        read_huggingface(HuggingFace(**options), tell_nobody)


def test_a_saved_set_that_is_cut_is_refused(tmp_path):
    path = save(tmp_path, train=rows(range(30)))
    (part,) = path.rglob("*.arrow")
    whole = part.read_bytes()
    for length in range(0, len(whole) - 100, len(whole) // 25):
        part.write_bytes(whole[:length])
        assert refusal(path)


def test_a_saved_set_with_flipped_bits_is_refused_or_read_and_ends_no_process(tmp_path):
    """Unless they are validated first, pyarrow follows broken offsets out of its memory."""
    path = save(tmp_path, train=rows(range(30)))
    (part,) = path.rglob("*.arrow")
    whole, random, refused = part.read_bytes(), np.random.default_rng(0), 0
    for number in range(150):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole) if number % 2 else 3_000, 3):
            damaged[place] ^= 1 << int(random.integers(8))
        part.write_bytes(damaged)
        try:
            read(path)
        except DataError:
            refused += 1
    assert refused > 75
