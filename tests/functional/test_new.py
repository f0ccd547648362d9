"""`paribus new`: a study that runs as it is, whatever it is pointed at."""

import shutil
import tomllib

import numpy as np
import pytest
from PIL import Image

from .commands import paribus


def photograph(path, seed, size, mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(noise).convert(mode).save(path)


@pytest.fixture
def photos(tmp_path):
    """Two classes of different size, pictures of every size, two files that are broken."""
    draw = np.random.default_rng(0)
    for label, count in {"boat": 40, "car": 10}.items():
        for number in range(count):
            photograph(
                tmp_path / "photos" / label / f"{number}.jpg", number, draw.integers(30, 90, 2).tolist()
            )
    (tmp_path / "photos" / "car" / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "photos" / "boat" / "empty.png").write_bytes(b"")
    return tmp_path


def study(path):
    text = path.read_text(encoding="utf-8")
    return text, tomllib.loads(text)


def test_a_folder_as_it_comes_becomes_a_study_that_runs(photos):
    told = paribus(photos, "new", "photos").stdout
    assert told == "Wrote photos.toml. Next: paribus check photos.toml\n"
    text, plain = study(photos / "photos.toml")
    assert plain["run"]["data"] == {
        "name": "folder", "path": "photos", "on_bad": "skip", "resize": 48, "fit": "crop",
    }  # fmt: skip
    assert plain["study"]["metric"] == "balanced_accuracy"
    assert plain["run"]["augment"] == ["shift-crop", "flip"]
    assert "# 2 files cannot be read and are passed over" in text
    assert "# Fewer than 20 training images: car." in text
    ran = paribus(photos, "run", "photos.toml", "--profile", "smoke").stdout
    assert "skipped: " in ran
    assert list(photos.glob("photos*.html"))


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_an_archive_is_as_good_as_its_folder(photos, kind):
    archive = shutil.make_archive(str(photos / "packed"), kind, photos, "photos")
    shutil.rmtree(photos / "photos")
    paribus(photos, "new", archive)
    _, plain = study(photos / "packed.toml")
    assert plain["run"]["data"]["path"] == archive.removeprefix(f"{photos}/")
    paribus(photos, "run", "packed.toml", "--profile", "smoke")


def test_a_table_of_paths_will_do(photos):
    rows = [f"photos/{label}/{n}.jpg,{label}" for label in ("boat", "car") for n in range(10)]
    (photos / "labels.csv").write_text("\n".join(["path,label", *rows]))
    paribus(photos, "new", "labels.csv")
    assert study(photos / "labels.toml")[1]["run"]["data"]["path"] == "labels.csv"
    paribus(photos, "run", "labels.toml", "--profile", "smoke")


def test_train_and_test_may_come_as_two(tmp_path):
    for split, count in {"train": 6, "test": 3}.items():
        for label in "ab":
            for number in range(count):
                photograph(tmp_path / split / split / label / f"{number}.png", number, (16, 16), "L")
        shutil.make_archive(str(tmp_path / f"the-{split}"), "zip", tmp_path / split)
    paribus(tmp_path, "new", "two.toml", "the-train.zip", "the-test.zip")
    _, plain = study(tmp_path / "two.toml")
    assert plain["run"]["data"] == {"name": "folder", "path": ["the-train.zip", "the-test.zip"], "gray": True}
    assert plain["run"]["augment"] == ["shift-crop"]  # a and b are letters: no mirrors
    told = paribus(tmp_path, "check", "two.toml").stdout
    assert "12 train, 6 test images; 2 classes, 1 x 16 x 16" in told


def test_the_study_may_lie_elsewhere_than_the_data_and_whoever_asks(photos):
    (photos / "studies").mkdir()
    paribus(photos, "new", "studies/mine.toml", "photos")
    assert study(photos / "studies" / "mine.toml")[1]["run"]["data"]["path"] == str(photos / "photos")
    paribus(photos, "check", "studies/mine.toml")


def test_a_test_image_that_is_also_in_train_is_said(tmp_path):
    for split in ("train", "test"):
        for label in ("ant", "bee"):
            for number in range(8):
                photograph(
                    tmp_path / "insects" / split / label / f"{number}.png",
                    (number, split == "test" and number > 2),
                    (16, 16),
                )
    paribus(tmp_path, "new", "insects")
    assert "test images also stand in train" in (tmp_path / "insects.toml").read_text()


def test_a_set_by_its_name(tmp_path):
    paribus(tmp_path, "new", "digits")
    text, plain = study(tmp_path / "digits.toml")
    assert plain["run"]["data"] == "digits"
    assert "# Found: 1,438 train, 359 test images of 10 classes, used at 8 x 8 in gray." in text
    paribus(tmp_path, "run", "digits.toml", "--profile", "smoke")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["digist"], "digist: neither a data set nor a file or folder here; known: "),
        (["photos", "nowhere.zip"], "nowhere.zip: neither a data set nor a file or folder here"),
        (["folder"], "'folder' is a kind of data that needs path; give its path instead"),
        (["a.toml", "b.toml"], "a.toml b.toml: one study at a time"),
        (["empty"], "empty: holds images of 0 classes; expected at least two folders"),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(photos, words, told):
    (photos / "empty").mkdir()
    before = sorted(photos.iterdir())
    lines = paribus(photos, "new", *words, code=2).stderr.splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert sorted(photos.iterdir()) == before
