import os
import shutil

import numpy as np
import pytest
from PIL import Image

from paribus.data.looking import Look, choose_fit, look_at, look_at_table
from paribus.data.progress import tell_nobody
from paribus.data.trees import open_tree

from .made import picture, put


def look(path, names, tell=tell_nobody):
    return look_at([(open_tree(path), names)], tell)


def test_sizes_and_colours_are_those_of_the_files(tmp_path):
    put(tmp_path / "a.png", picture(0, 20, 10))
    put(tmp_path / "b.png", picture(0, 8, 6, 3)[..., 0])
    assert look(tmp_path, ["a.png", "b.png"]) == Look(((20, 10), (8, 6)), gray=False)
    assert look(tmp_path, ["b.png"]) == Look(((8, 6),), gray=True)


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (20, 10)), (3, (20, 10)), (5, (10, 20)), (8, (10, 20))]
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_pictures_are_seen_as_their_camera_was_held(tmp_path, orientation, size, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    put(tmp_path / f"a.{suffix}", picture(0, 20, 10), exif=exif)
    assert look(tmp_path, [f"a.{suffix}"]).sizes == (size,)


def test_what_cannot_be_opened_is_passed_over_and_no_pipe_is_waited_for(tmp_path):
    put(tmp_path / "a.png", picture(0))
    (tmp_path / "b.png").write_bytes(b"no picture")
    os.mkfifo(tmp_path / "c.png")
    assert look(tmp_path, ["a.png", "b.png", "c.png", "d.png"]).sizes == ((8, 6),)


def test_looking_into_an_archive_is_told_of(tmp_path):
    for number in range(70):
        put(tmp_path / "in" / f"{number}.png", picture(number))
    archive = shutil.make_archive(str(tmp_path / "photos"), "zip", tmp_path / "in")
    told = []
    names = open_tree(tmp_path / "photos.zip").names()
    assert len(look(tmp_path / "photos.zip", names, told.append).sizes) == 70, archive
    assert [(one.what, one.done, one.total) for one in told] == [
        ("Looking at pictures of photos.zip", 0, 70),
        ("Looking at pictures of photos.zip", 64, 70),
    ]


@pytest.mark.parametrize(("delimiter", "suffix"), [(",", ".png"), (";", ""), ("\t", ".png")])
def test_of_a_table_only_the_files_that_it_names_are_looked_at(tmp_path, delimiter, suffix):
    put(tmp_path / "in" / "large.png", picture(0, 100, 90))
    rows = [["label", "path"]]
    for number in range(3):
        put(tmp_path / "in" / f"{number}.png", picture(number, 20, 10))
        (tmp_path / "in" / f"{number}.png").rename(tmp_path / "in" / f"{number}{suffix}")
        rows.append(["in", f"in/{number}{suffix}"])
    (tmp_path / "set.csv").write_text("\n".join(delimiter.join(row) for row in rows))
    assert look_at_table(tmp_path / "set.csv", tell_nobody) == Look(((20, 10),) * 3)


@pytest.mark.parametrize(
    "content", [b"", b"path\n\0,\n", b"\xff\xfe", b"path,label\n" + b"x" * 5000 + b",1\n"]
)
def test_a_table_that_is_none_shows_nothing(tmp_path, content):
    (tmp_path / "set.csv").write_bytes(content)
    assert look_at_table(tmp_path / "set.csv", tell_nobody) == Look(())
    assert look_at_table(tmp_path / "nowhere.csv", tell_nobody) == Look(())


@pytest.mark.parametrize(
    ("sizes", "asked", "if_differing"),
    [
        ([], {}, {"resize": 64}),
        ([(28, 28)] * 9, {}, {"resize": 28}),
        ([(28, 28)] * 9 + [(30, 20)], {"resize": 28}, {"resize": 28}),
        ([(30, 20)] * 9, {}, {"resize": 16, "fit": "crop"}),
        ([(50, 51), (70, 60), (61, 60)], {"resize": 48}, {"resize": 48}),
        ([(640, 480)] * 3, {"resize": 64, "fit": "crop"}, {"resize": 64, "fit": "crop"}),
        ([(5, 5), (6, 6), (7, 7)], {"resize": 16}, {"resize": 16}),
    ],
)
def test_what_is_asked_for_fits_what_was_seen(sizes, asked, if_differing):
    assert choose_fit(Look(tuple(sizes))) == asked
    assert choose_fit(Look(tuple(sizes)), differing=True) == if_differing
    assert choose_fit(Look(tuple(sizes), gray=bool(sizes))) == ({"gray": True} | asked if sizes else asked)


def test_looking_reads_no_pixels(tmp_path):
    """A picture cut off behind its head is as good."""
    put(tmp_path / "a.png", np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8))
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(content[:200])
    assert look(tmp_path, ["a.png"]).sizes == ((90, 90),)
