"""`paribus new`: a study that runs as it is, whatever it is pointed at."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

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
    assert "# 2 files cannot be read, passed over: " in text
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
    assert "2 classes, 1 x 16 x 16. The whole set: 12 train, 6 test images." in told


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
    assert "an exact twin in train: a net may know them by heart" in (tmp_path / "insects.toml").read_text()


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
        (
            ["a.toml", "photos", "digits"],
            "photos digits: 'digits' is the name of a data set, which stands alone",
        ),
        (["nowhere/a.toml", "missing.csv"], "missing.csv: neither a data set nor a file or folder here"),
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


def small_classes(root, counts, size=(16, 16)):
    """A folder a class, all pictures of one size."""
    for label, count in counts.items():
        for number in range(count):
            photograph(root / label / f"{number}.png", number + 1000 * len(label), size)


def test_a_folder_of_any_name_makes_a_study_that_a_shell_can_be_told_to_check(tmp_path):
    name = "two\nlines of 'photos'"
    small_classes(tmp_path / name, {"ant": 5, "b\tee": 5})
    told = paribus(tmp_path, "new", name).stdout
    _, plain = study(tmp_path / "two-lines of 'photos'.toml")
    assert plain["run"]["data"]["path"] == name
    command = told.partition("Next: ")[2]
    assert len(told.splitlines()) == 1
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_study_of_any_name_says_how_a_shell_is_told_of_it(tmp_path):
    told = paribus(tmp_path, "new", "two\nlines.toml", "digits").stdout
    assert told == "Wrote $'two\\x0alines.toml'. Next: paribus check $'two\\x0alines.toml'\n"
    text, _ = study(tmp_path / "two\nlines.toml")
    assert "#   paribus run $'two\\x0alines.toml' " in text


def test_class_names_of_any_letters_stay_on_their_line(tmp_path):
    images, labels = np.zeros((10, 8, 8), np.uint8), np.arange(10) % 2
    names = np.array(["two\nlines", "a\x7fb"])
    np.savez(tmp_path / "set.npz", train_images=images, train_labels=labels, classes=names)
    paribus(tmp_path, "new", "set.npz")
    text, _ = study(tmp_path / "set.toml")
    assert "# Classes: two\\nlines, a\\x7fb.\n" in text


def test_a_path_that_no_study_can_spell_is_refused_and_nothing_is_left(tmp_path):
    small_classes(tmp_path / os.fsdecode(b"nu\xff"), {"ant": 5, "bee": 5})
    lines = paribus(tmp_path, "new", os.fsdecode(b"nu\xff"), code=2).stderr.splitlines()
    assert lines == [
        "paribus: nu\\udcff: has a name that is no UTF-8, which no study file can spell; rename it"
    ]
    assert not list(tmp_path.glob("*.toml"))


def test_classes_too_small_to_train_on_are_left_out_and_that_is_said(tmp_path):
    small_classes(tmp_path / "photos/train", {"ant": 6, "bee": 6, "cow": 1})
    small_classes(tmp_path / "photos/test", {"ant": 2, "bee": 2, "cow": 2, "dog": 2}, (16, 16))
    paribus(tmp_path, "new", "photos")
    text, plain = study(tmp_path / "photos.toml")
    assert plain["run"]["data"]["classes"] == ["ant", "bee"]
    assert "# Classes: ant, bee.\n# Left out, with fewer than 2 training images: cow, dog.\n" in text
    paribus(tmp_path, "check", "photos.toml")


def test_groups_on_both_sides_are_refused_before_a_study_is_written(tmp_path):
    small_classes(tmp_path / "photos", {"ant": 8, "bee": 8})
    files = sorted(path.relative_to(tmp_path) for path in (tmp_path / "photos").rglob("*.png"))
    rows = [
        f"{file},{file.parent.name},{n % 4},{'test' if n % 8 > 4 else 'train'}"
        for n, file in enumerate(files)
    ]
    (tmp_path / "table.csv").write_text("\n".join(["path,label,group,split", *rows]))
    lines = paribus(tmp_path, "new", "table.csv", code=2).stderr.splitlines()
    assert len(lines) == 1
    assert "data.groups: 3 groups stand in train and in test, such as " in lines[0]
    assert not (tmp_path / "table.toml").exists()


def test_a_copy_that_leaves_its_data_behind_says_so(tmp_path):
    small_classes(tmp_path / "one/photos", {"ant": 8, "bee": 8})
    paribus(tmp_path / "one", "new", "photos")
    told = paribus(tmp_path, "new", "--from", "one/photos.toml", "two.toml").stderr
    assert told == f"Its data lie beside the original, at {tmp_path}/one/photos: change data.path.\n"
    assert paribus(tmp_path / "one", "new", "--from", "photos.toml", "two.toml").stderr == ""


def test_classes_too_small_to_carve_a_test_set_from_are_left_out_too(tmp_path):
    small_classes(tmp_path / "photos", {"ant": 10, "bee": 10, "cow": 1, "dog": 2})
    paribus(tmp_path, "new", "photos")
    text, plain = study(tmp_path / "photos.toml")
    assert plain["run"]["data"]["classes"] == ["ant", "bee"]
    assert "# Left out, with fewer than 2 training images: cow, dog.\n" in text
    paribus(tmp_path, "check", "photos.toml")
    assert "cow" in paribus(tmp_path, "show", "data", "photos").stdout


def test_with_a_validation_of_its_own_one_training_image_will_do(tmp_path):
    small_classes(tmp_path / "photos/train", {"ant": 6, "bee": 1})
    small_classes(tmp_path / "photos/val", {"ant": 2, "bee": 2, "cow": 2})
    small_classes(tmp_path / "photos/test", {"ant": 2, "bee": 2})
    paribus(tmp_path, "new", "photos")
    assert study(tmp_path / "photos.toml")[1]["run"]["data"]["classes"] == ["ant", "bee"]
    paribus(tmp_path, "check", "photos.toml")
    shutil.rmtree(tmp_path / "photos/val")
    told = paribus(tmp_path, "new", "other.toml", "photos", code=2).stderr
    assert "2 classes, of which 1 with at least 2 training images; expected two or more such." in told


def test_a_test_set_of_other_classes_than_can_be_trained_on_is_refused(tmp_path):
    small_classes(tmp_path / "photos/train", {"ant": 6, "bee": 6, "cow": 1})
    small_classes(tmp_path / "photos/test", {"cow": 3, "dog": 3})
    told = paribus(tmp_path, "new", "photos", code=2).stderr
    assert "the split 'test' holds no image of a class that can be trained on" in told


def test_one_odd_picture_among_thousands_does_not_stop_a_study(tmp_path):
    """It is not among those that are looked at beforehand."""
    for number in range(4_001):
        photograph(tmp_path / "many" / "ab"[number % 2] / f"{number:04}.png", number, (12, 12))
    photograph(tmp_path / "many" / "a" / "0002.png", 0, (12, 13))
    paribus(tmp_path, "new", "many")
    assert study(tmp_path / "many.toml")[1]["run"]["data"]["resize"] == 12
    paribus(tmp_path, "check", "many.toml")


def test_a_study_says_what_lies_there_and_is_not_used(tmp_path):
    small_classes(tmp_path / "photos", {f"class {number:02}": 3 for number in range(22)})
    (tmp_path / "photos" / "class 00" / "x.HEIC").write_bytes(b"")
    photograph(tmp_path / "photos" / "loose.png", 0, (5, 5))
    paribus(tmp_path, "new", "photos")
    text, _ = study(tmp_path / "photos.toml")
    assert "# Not used: 1 file .heic, 1 loose picture.\n" in text
    assert "class 18, class 19 and 2 more.\n" in text


def test_a_loader_beside_whoever_asks_is_found(tmp_path):
    (tmp_path / "beside.py").write_text(
        "import numpy as np\n"
        "def load():\n"
        "    print('loading')\n"
        "    for n in range(30):\n"
        "        yield np.full((8, 8 + (n == 20)), n, np.uint8), n % 2\n"
    )
    command = [Path(sys.executable).parent / "paribus", "new", "mine.toml", "beside:load"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout == "Wrote mine.toml. Next: paribus check mine.toml\n"
    assert study(tmp_path / "mine.toml")[1]["run"]["data"] == {"name": "beside:load", "resize": 64}
    paribus(tmp_path, "check", "mine.toml")
