import zlib

import numpy as np
import pytest

from paribus.data.guessing import guess_data
from paribus.data.passport.admitting import admit_data
from paribus.errors import DataError
from paribus.specs.datasets import Csv, Folder, Npz, UserData

from .made import make_classes, picture, put


def test_a_folder_is_given_what_its_pictures_need(tmp_path):
    make_classes(tmp_path / "photos")
    (tmp_path / "photos" / "1.heic").write_bytes(b"")
    guess = guess_data(["photos"], tmp_path)
    assert guess.options == Folder(path="photos", on_bad="skip")
    assert guess.if_sizes_differ == {"resize": 16, "fit": "crop"}
    assert guess.unused == ("1 file .heic",)


def test_a_table_is_looked_at_by_its_rows_alone(tmp_path):
    """The folder around it may hold anything, such as a disk."""
    put(tmp_path / "other" / "a" / "large.png", picture(0, 900, 900))
    for number in range(4):
        put(tmp_path / "in" / f"{number}.png", picture(number, 20 + number, 20))
    rows = "".join(f"in/{number}.png,{number % 2}\n" for number in range(4))
    (tmp_path / "set.csv").write_text(f"path,label\n{rows}")
    told = []
    guess = guess_data(["set.csv"], tmp_path, told.append)
    assert guess.options == Csv(path="set.csv", on_bad="skip", resize=16)
    assert [(one.done, one.total) for one in told] == [(0, 4)]


def test_an_archive_of_large_arrays_is_made_small(tmp_path):
    large, labels = np.zeros((4, 100, 200), np.uint8), np.arange(4) % 2
    np.savez(tmp_path / "large.npz", train_images=large, train_labels=labels, masks=large)
    guess = guess_data(["large.npz"], tmp_path)
    assert guess.options == Npz(path="large.npz", resize=64, fit="crop")
    assert guess.unused == ("the arrays masks",)
    np.savez(tmp_path / "small.npz", train_images=large[:, :28, :28], train_labels=labels)
    assert guess_data(["small.npz"], tmp_path).options == Npz(path="small.npz")


def test_the_users_own_loader_is_a_name(tmp_path):
    assert guess_data(["module:load"], tmp_path).options == UserData(name="module:load")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["photos", "digits"], "'digits' is the name of a data set, which stands alone"),
        (["digits", "mnist"], "'digits' is the name of a data set, which stands alone"),
        (["photos", "module:load"], "'module:load' is the name of a data set, which stands alone"),
        (
            ["photos", "digts"],
            "digts: neither a data set nor a file or folder here; .* Did you mean 'digits'",
        ),
    ],
)
def test_a_name_and_paths_are_not_one_set(tmp_path, words, message):
    (tmp_path / "photos").mkdir()
    with pytest.raises(DataError, match=message):
        guess_data(words, tmp_path)


def open_guessed(words, folder):
    guess = guess_data(words, folder)
    return admit_data(guess.options, folder, if_sizes_differ=guess.if_sizes_differ)


@pytest.mark.usefixtures("cache")
def test_what_the_first_look_misses_opening_finds(tmp_path):
    """A PNG may say how it is turned behind its pixels: looking there would decode all of them."""
    for number in range(12):
        put(tmp_path / "photos" / "ab"[number % 2] / f"{number}.png", picture(number, 24, 20))
    content = (tmp_path / "photos" / "a" / "0.png").read_bytes()
    turn = b"\0\0\0\x1aeXIfMM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    end = len(content) - 12
    crc = zlib.crc32(turn[4:]).to_bytes(4)
    (tmp_path / "photos" / "a" / "0.png").write_bytes(content[:end] + turn + crc + content[end:])
    assert guess_data(["photos"], tmp_path).options.resize is None
    data, options, note = open_guessed(["photos"], tmp_path)
    assert (data.shape, options.resize, options.fit) == ((3, 16, 16), 16, "squash")
    assert note == "made 16 x 16 to look at, for sizes differ"


@pytest.mark.usefixtures("cache")
def test_a_set_that_cannot_be_read_is_read_once(tmp_path):
    """Another size would not help; a loader may take long."""
    (tmp_path / "photos").mkdir()
    told = []
    with pytest.raises(DataError, match="holds images of 0 classes"):
        admit_data(Folder(path="photos"), tmp_path, told.append)
    assert len({one.what for one in told}) == len(told)
