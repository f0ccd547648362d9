import io
import pickle
import re
import zipfile

import numpy as np
import pytest

from paribus.data.npz import list_shapes, list_unused_arrays, read_npz
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Npz

from .made import read_source

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3
WHOLE = {
    "train_images": IMAGES,
    "train_labels": LABELS,
    "test_images": IMAGES[:6],
    "test_labels": LABELS[:6],
    "classes": np.array(["ant", "bee", "cat"]),
}

SAME = "(channels, height, width); expected the same"
NAMES = "classes: expected a list of at least two names, each once"


def read_from(path, **options):
    return read_source(source(path, **options), Npz(path=str(path), **options))


def source(path, **options):
    return read_npz(Npz(path=str(path), **options), tell_nobody)


def read(folder, arrays, **options):
    np.savez(folder / "set.npz", **{name: array for name, array in arrays.items() if array is not None})
    return read_from(folder / "set.npz", **options)


def refusal(folder, arrays):
    with pytest.raises(DataError) as caught:
        read(folder, arrays)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / 'set.npz'}: ")


def test_arrays_become_splits_with_channels_first(tmp_path):
    reading = read(tmp_path, WHOLE | {"validation_images": IMAGES[:3], "validation_labels": LABELS[:3]})
    assert reading.classes == ("ant", "bee", "cat")
    assert {name: len(images) for name, images in reading.splits.items()} == {
        "train": 12, "validation": 3, "test": 6,
    }  # fmt: skip
    assert np.array_equal(reading.splits["train"].pixels, IMAGES.transpose(0, 3, 1, 2))
    assert reading.splits["train"].pixels.flags.c_contiguous
    assert reading.splits["train"].labels.dtype == np.int64
    assert reading.splits["test"].labels.tolist() == [0, 1, 2, 0, 1, 2]


def test_validation_may_be_called_val_and_labels_may_be_a_column(tmp_path):
    """As the archives of MedMNIST have it."""
    columns = {"train_labels": LABELS[:, None].astype(np.uint8), "val_images": IMAGES[3:6]}
    reading = read(tmp_path, WHOLE | columns | {"val_labels": LABELS[3:6, None]})
    assert reading.splits["train"].labels.tolist() == LABELS.tolist()
    assert reading.splits["validation"].labels.tolist() == [0, 1, 2]
    assert np.array_equal(reading.splits["validation"].pixels, IMAGES[3:6].transpose(0, 3, 1, 2))
    assert refusal(tmp_path, WHOLE | {"val_images": IMAGES}) == (
        "val_labels: expected 12 whole numbers, one an image"
    )


def test_arrays_that_look_like_images_and_make_no_split_are_found_without_reading_them(tmp_path):
    arrays = {"val_images": IMAGES, "validation_images": IMAGES, "extra": IMAGES[..., 0], "masks": IMAGES}
    np.savez(tmp_path / "set.npz", **WHOLE, **arrays)
    shapes = list_shapes(tmp_path / "set.npz")
    assert shapes["extra"] == (12, 6, 5)
    assert shapes["train_labels"] == (12,)
    assert list_unused_arrays(shapes) == ["val_images", "extra", "masks"]
    (tmp_path / "text.npz").write_text("no archive")
    assert list_shapes(tmp_path / "text.npz") == {}


@pytest.mark.parametrize("shape", [(12, 6, 5), (12, 6, 5, 1)])
def test_gray_images_have_one_channel(tmp_path, shape):
    gray = IMAGES[..., 0].reshape(shape)
    reading = read(tmp_path, WHOLE | {"train_images": gray, "test_images": gray[:6]})
    assert np.array_equal(reading.splits["train"].pixels[:, 0], IMAGES[..., 0])


def test_without_a_test_set_one_is_carved_and_without_names_classes_are_numbered(tmp_path):
    reading = read(tmp_path, WHOLE | {"test_images": None, "classes": None}, test=0.25)
    assert reading.classes == ("0", "1", "2")
    assert np.bincount(reading.splits["test"].labels).tolist() == [1, 1, 1]
    assert np.bincount(reading.splits["train"].labels).tolist() == [3, 3, 3]


def test_names_may_be_bytes(tmp_path):
    assert read(tmp_path, WHOLE | {"classes": np.array([b"ant", b"bee", b"cat"])}).classes == (
        "ant",
        "bee",
        "cat",
    )


def test_the_fingerprint_is_of_the_content_and_of_what_becomes_of_it(tmp_path):
    read(tmp_path, WHOLE)
    first = source(tmp_path / "set.npz").fingerprint
    (tmp_path / "elsewhere.npz").write_bytes((tmp_path / "set.npz").read_bytes())
    assert source(tmp_path / "elsewhere.npz").fingerprint == first
    assert source(tmp_path / "set.npz", test=0.5).fingerprint != first
    read(tmp_path, WHOLE | {"test_labels": LABELS[1:7]})
    assert source(tmp_path / "set.npz").fingerprint != first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"train_images": None},
            "holds no 'train_images'; it holds: classes, test_images, test_labels, train_labels",
        ),
        (
            {"train_images": IMAGES / 255},
            "train_images: has type float64; expected uint8 values from 0 to 255",
        ),
        (
            {"test_images": IMAGES.astype(np.int64)},
            "test_images: has type int64; expected uint8 values from 0 to 255",
        ),
        (
            {"train_images": IMAGES[0, 0]},
            "train_images: has shape (5, 3); expected [images, height, width] or [..., 1 or 3]",
        ),
        (
            {"train_images": IMAGES.transpose(0, 3, 1, 2)},
            "train_images: has shape (12, 3, 6, 5); expected [images, height, width] or [..., 1 or 3]",
        ),
        (
            {"test_images": IMAGES[:0], "test_labels": LABELS[:0]},
            "test_images: has shape (0, 6, 5, 3); expected at least one image with a pixel",
        ),
        (
            {"train_images": IMAGES[:, :0]},
            "train_images: has shape (12, 0, 5, 3); expected at least one image with a pixel",
        ),
        (
            {"test_images": IMAGES[:6, :4]},
            "test_images: has images of (3, 4, 5) and train_images of (3, 6, 5) " + SAME,
        ),
        (
            {"test_images": IMAGES[:6, :, :, 0]},
            "test_images: has images of (1, 6, 5) and train_images of (3, 6, 5) " + SAME,
        ),
        ({"train_labels": None}, "train_labels: expected 12 whole numbers, one an image"),
        ({"train_labels": LABELS[:5]}, "train_labels: expected 12 whole numbers, one an image"),
        ({"train_labels": LABELS[:, None, None]}, "train_labels: expected 12 whole numbers, one an image"),
        ({"train_labels": np.stack([LABELS, LABELS], 1)},
         "train_labels: expected 12 whole numbers, one an image"),
        ({"train_labels": LABELS / 1}, "train_labels: expected 12 whole numbers, one an image"),
        ({"train_labels": LABELS - 1}, "labels run from -1 to 2; expected 0 to 2"),
        ({"test_labels": LABELS[:6] + 1}, "labels run from 0 to 3; expected 0 to 2"),
        ({"train_labels": LABELS * 0, "test_labels": LABELS[:6] * 0, "classes": None},
         "labels run from 0 to 0; expected 0 to 1"),
        ({"classes": np.array("ant")}, NAMES),
        ({"classes": np.array(["ant"])}, NAMES),
        ({"classes": np.array([["ant", "bee"]])}, NAMES),
        ({"classes": np.array(["ant", "bee", "ant"])},
         NAMES),
    ],
)  # fmt: skip
def test_every_refusal_says_what_was_given_and_what_is_expected(tmp_path, changes, message):
    assert refusal(tmp_path, WHOLE | changes) == message


class Bomb:
    def __reduce__(self):
        return exec, ("raise SystemExit('a pickle was read')",)


def test_object_arrays_are_refused_unread(tmp_path):
    message = "no NumPy archive of plain arrays: Object arrays cannot be loaded when allow_pickle=False"
    assert refusal(tmp_path, WHOLE | {"classes": np.array([Bomb(), Bomb()], dtype=object)}) == message


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 and no more", b"no archive", pickle.dumps(Bomb()), b"\x93NUMPY"],
    ids=["empty", "cut", "text", "pickle", "magic"],
)
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "set.npz").write_bytes(content)
    with pytest.raises(
        DataError, match=re.escape(f"{tmp_path / 'set.npz'}: no NumPy archive of plain arrays: ")
    ):
        read_from(tmp_path / "set.npz")


def test_a_single_array_under_the_name_of_an_archive_is_refused(tmp_path):
    with (tmp_path / "set.npz").open("wb") as file:
        np.save(file, IMAGES)
    with pytest.raises(DataError, match="no NumPy archive of plain arrays"):
        read_from(tmp_path / "set.npz")


def test_members_that_are_no_arrays_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        archive.writestr("train_images", "text")
    with pytest.raises(DataError, match=r"train_images: has type \|S4; expected uint8"):
        read_from(tmp_path / "set.npz")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        source(tmp_path / "nowhere.npz")
    assert str(caught.value) == f"{tmp_path / 'nowhere.npz'}: cannot be read: No such file or directory"
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        source(tmp_path)


def test_an_archive_that_claims_to_unpack_to_far_more_is_not_read(tmp_path):
    np.savez(tmp_path / "set.npz", **WHOLE)
    content = bytearray((tmp_path / "set.npz").read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (4_000_000_000).to_bytes(4, "little")  # its size unpacked
    (tmp_path / "set.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"set\.npz: unpacks to more than 50 times its size; not read"):
        read_from(tmp_path / "set.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_no_damage_to_an_archive_does_more_than_have_it_refused(tmp_path, save):
    buffer = io.BytesIO()
    save(buffer, **WHOLE)
    whole, random, refused = buffer.getvalue(), np.random.default_rng(1), 0
    for _ in range(600):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), int(random.integers(1, 4))):
            damaged[place] ^= 1 << int(random.integers(8))
        if random.random() < 0.3:
            del damaged[int(random.integers(0, len(whole))) :]
        (tmp_path / "set.npz").write_bytes(damaged)
        try:
            read_from(tmp_path / "set.npz")
        except DataError:
            refused += 1
    assert refused > 300
