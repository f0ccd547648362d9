import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from paribus.data import open_data
from paribus.data.passport import HeldOut, make_passport
from paribus.report.passport import build_passport_page, view_data
from paribus.specs.datasets import Folder
from tests.data.made import put
from tests.data.passport.planted import pictures, saved, shifted
from tests.report.reading import Page

pytestmark = pytest.mark.usefixtures("cache")

HOSTILE = [
    "<script>alert(1)</script>",
    "\"quotes\" & 'ticks'",
    "\u202eright to left\u202c שלום",
    "\N{CAT FACE}" * 3,
    "x" * 200,
]


@pytest.fixture
def data(cache, tmp_path):
    images = pictures(60)
    labels = np.arange(62) % 3
    labels[61] = 2  # image 4 is a dog
    train = np.concatenate([images, images[:1], shifted(images[4])[None]])
    return saved(
        tmp_path,
        train_images=train,
        train_labels=labels,
        test_images=images[7:9],
        test_labels=np.array([1, 2]),
        classes=np.array(["cat", "dog", "owl"]),
    )


def doubting(data, positions):
    logits = np.zeros((len(positions), 3), np.float32)
    logits[np.arange(len(positions)), (data.split("train").labels[positions] + 1) % 3] = 5
    return HeldOut("train", np.array(positions), logits, np.arange(3))


def test_the_page_shows_findings_facts_classes_twins_and_doubts(data):
    passport = make_passport(data, "animals", held_out=[doubting(data, [3, 5])])
    page = Page(build_passport_page(view_data(data, passport), made=0.0))
    for told in (
        "2 of 2 test images (100.0 %) have an exact twin in train",
        "62 train, 2 test",
        "3 classes",
        "Under two labels: 1 pair",
        "Across splits: 2 pairs",
        "Inside one split: 1 pair",
        "Labels worth a look",
        "1 of 1 net: ",
        "Asked: 1 net, right on 0 % of such images.",
        "1 January 1970",
    ):
        assert told in page.text, told
    assert [row[0] for row in page.tables["classes"][1:]] == ["cat", "dog", "owl"]
    assert [row[1:] for row in page.tables["classes"][1:]] == [["21", "0"], ["20", "1"], ["21", "1"]]
    assert not page.open


def test_its_pictures_are_those_of_the_set_and_nothing_is_fetched(data):
    html = build_passport_page(view_data(data, make_passport(data, "animals")))
    page = Page(html)
    assert all(place.startswith("data:") for place in page.loads)
    sources = re.findall(
        r'src="data:image/webp;base64,([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', html
    )
    assert len(sources) == 3 * 4 + 2 * 4
    content, width, height, alt = sources[0]
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    position = int(re.fullmatch(r"cat, train (\d+)", alt)[1])
    assert np.array_equal(shown.transpose(2, 0, 1), data.split("train").pixels[position])
    assert (width, height) == ("64", "64")


def test_without_images_no_picture_is_left(data):
    html = build_passport_page(view_data(data, make_passport(data, "animals"), images=False))
    assert "<img" not in html
    assert "Across splits: 2 pairs" in html


def test_names_of_any_kind_are_text_and_nothing_else(cache, tmp_path):
    root = tmp_path / "photos"
    for number, name in enumerate(HOSTILE):
        safe = name.replace("/", "\N{DIVISION SLASH}")
        for image in range(4):
            put(root / safe / f"{image}{safe[:20]}.png", pictures(4, seed=number)[image])
    data = open_data(Folder(path=str(root)), tmp_path)
    html = build_passport_page(view_data(data, make_passport(data, HOSTILE[0])))
    page = Page(html)
    assert "<script" not in html
    assert not page.open
    for name in HOSTILE[1:]:
        assert name.replace("/", "\N{DIVISION SLASH}") in page.text.replace(" ", " "), name


def test_large_images_are_made_small_and_gray_ones_shown(cache, tmp_path):
    images = pictures(30, size=96).mean(-1).astype(np.uint8)
    data = saved(tmp_path, train_images=images, test_images=images[:4, ::-1])
    html = build_passport_page(view_data(data, make_passport(data, "gray")))
    assert set(re.findall(r'width="(\d+)" height="(\d+)"', html)) == {("64", "64")}
    assert len(html) < 200_000


def test_the_same_view_gives_the_same_bytes(data):
    passport = make_passport(data, "animals")
    made = [build_passport_page(view_data(data, passport), made=5.0) for _ in range(2)]
    assert made[0] == made[1]
