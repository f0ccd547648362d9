"""`paribus show data`: what it prints, writes and refuses."""

import json
import subprocess
import sys

import numpy as np
import pytest

from tests.data.made import put
from tests.data.passport.planted import pictures
from tests.functional.commands import paribus, write_study


@pytest.fixture
def photos(tmp_path):
    root = tmp_path / "photos"
    images = pictures(16)
    for number, image in enumerate(images):
        put(root / f"train/{('cat', 'dog')[number % 2]}/{number:02}.png", image)
    put(root / "test/cat/0.png", images[0])
    put(root / "test/dog/1.png", pictures(1, seed=4)[0])
    (root / "train/cat/broken.png").write_bytes(b"no picture")
    return root


def test_a_folder_is_shown_in_eighty_columns_with_its_findings_and_broken_files(photos, tmp_path):
    told = paribus(tmp_path, "show", "data", "photos").stdout
    table = told.partition("\n\n")[0]
    assert all(len(line.rstrip()) <= 80 for line in table.splitlines())
    for expected in (
        "1 of 2 test images (50.0 %) has an exact twin in train",
        "Fewer than 20 training images: cat, dog.",
        "1 file could not be read.",
        "broken.png",
        "16 train, 2 test",
    ):
        assert expected in told, expected


def test_all_of_it_can_be_had_as_json(photos, tmp_path):
    facts = json.loads(paribus(tmp_path, "show", "data", "photos", "--json").stdout)
    assert facts["images"] == {"train": 16, "test": 2}
    assert facts["by_class"]["train"] == {"cat": 8, "dog": 8}
    assert facts["twins"]["with_twin_in_train"] == {"train": 0, "test": 1}
    assert facts["formats"] == {"PNG": 18}


def test_a_page_is_written_where_it_is_asked_for(photos, tmp_path):
    told = paribus(tmp_path, "show", "data", "photos", "--save", "photos.html").stdout
    assert "Passport: photos.html" in told
    page = (tmp_path / "photos.html").read_text(encoding="utf-8")
    assert page.count("<img") == 8 + 2
    paribus(tmp_path, "show", "data", "photos", "--save", "bare.html", "--without-images")
    assert "<img" not in (tmp_path / "bare.html").read_text(encoding="utf-8")


def test_images_of_different_sizes_are_made_one_and_that_is_said(photos, tmp_path):
    put(photos / "train/cat/large.png", pictures(1, seed=9, size=48)[0])
    told = paribus(tmp_path, "show", "data", "photos").stdout
    assert "(made 32 x 32 to look at)" in told
    assert "32 x 32 to 48 x 48, median 32 x 32; 2 sizes" in told


def test_what_lies_there_and_is_not_used_is_said(photos, tmp_path):
    put(photos / "more/cat/1.png", pictures(1)[0])
    (photos / "train/cat/1.AVIF").write_bytes(b"")
    told = paribus(tmp_path, "show", "data", "photos").stdout
    assert "Not used: 1 file .avif, the folder 'more' beside train and test (1 picture)." in told
    plain = json.loads(paribus(tmp_path, "show", "data", "photos", "--json").stdout)
    assert plain["not_used"] == ["1 file .avif", "the folder 'more' beside train and test (1 picture)"]


def test_what_a_loader_prints_stays_out_of_the_json(tmp_path):
    lines = "import numpy as np\nprint('hi')\ndef load():\n  print('ho')\n  return IMAGES\n"
    pairs = "IMAGES = [(np.full((8, 8), n, np.uint8), n % 2) for n in range(30)]\n"
    (tmp_path / "talking.py").write_text(lines + pairs)
    done = paribus(tmp_path, "show", "data", "talking:load", "--json")
    assert json.loads(done.stdout)["images"] == {"train": 24, "test": 6}
    assert "hi\nho\n" in done.stderr


def test_photographs_are_looked_at_small(tmp_path):
    for number, image in enumerate(pictures(6, size=320)):
        put(tmp_path / f"big/{('cat', 'dog')[number % 2]}/{number}.png", image)
    told = paribus(tmp_path, "show", "data", "big").stdout
    assert "size            64 x 64, in colour (made 64 x 64 to look at)" in told


def test_several_folders_are_one_set_and_an_npz_and_a_name_are_sets_too(photos, tmp_path):
    both = paribus(tmp_path, "show", "data", "photos/train", "photos/test").stdout
    assert both.startswith("Passport        train, test")
    assert "1 of 2 test images (50.0 %) has an exact twin in train" in both
    images = pictures(30)
    np.savez(tmp_path / "one.npz", train_images=images, train_labels=np.arange(30) % 3)
    assert "24 train, 6 test" in paribus(tmp_path, "show", "data", "one.npz").stdout
    assert "1,438 train, 359 test" in paribus(tmp_path, "show", "data", "digits").stdout


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (["nowhere"], "nowhere: neither a data set nor a file or folder here"),
        (["digit"], "Did you mean 'digits'?"),
        (["npz"], "'npz' is a kind of data that needs path; give its path instead"),
        (["text.npz"], "no NumPy archive of plain arrays"),
        (["photos", "--save", "page.pdf"], "expected a name that ends in .html"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_line(what, expected, photos, tmp_path):
    (tmp_path / "text.npz").write_text("no archive")
    told = paribus(tmp_path, "show", "data", *what, code=2).stderr
    assert expected in told
    assert len(told.splitlines()) == 1


NOISY = """
[study]
title = "Which labels?"
control = "a"
seeds = 8

[run]
data = { name = "npz", path = "noisy.npz", validation = 0.5 }
net = { name = "mlp", hidden = [32] }
epochs = 12

[arms.a]
[arms.b]
optimizer.lr = 0.002
"""


@pytest.mark.slow
def test_planted_wrong_labels_are_among_the_first_that_the_nets_of_a_study_doubt(tmp_path):
    datasets = pytest.importorskip("sklearn.datasets")
    digits = datasets.load_digits()
    images, labels = (digits.images * 15.9).astype(np.uint8), digits.target.astype(np.int64)
    random = np.random.default_rng(0)
    planted = np.sort(random.choice(1400, 40, replace=False))
    wrong = labels.copy()
    wrong[planted] = (labels[planted] + random.integers(1, 10, 40)) % 10
    arrays = {"train_images": images[:1400], "train_labels": wrong[:1400]}
    np.savez(tmp_path / "noisy.npz", **arrays, test_images=images[1400:], test_labels=labels[1400:])
    write_study(tmp_path, NOISY)
    paribus(tmp_path, "run")
    facts = json.loads(paribus(tmp_path, "show", "data", "study.toml", "--json").stdout)
    first = [doubt["position"] for doubt in facts["doubts"]["list"][:40]]
    found = len(set(first) & set(planted.tolist()))
    assert facts["doubts"]["nets"] == 16
    assert found >= 32, f"{found} of 40 planted labels are among the first 40"
    right = sum(int(d["said"]) == labels[d["position"]] for d in facts["doubts"]["list"][:40])
    assert right >= 32
    told = paribus(tmp_path, "show", "data", "study.toml").stdout
    assert "label worth a look" in told
    assert "wrong" not in told


def test_a_study_that_was_not_run_has_a_passport_without_doubts(tmp_path):
    write_study(tmp_path)
    facts = json.loads(paribus(tmp_path, "show", "data", "study.toml", "--json").stdout)
    assert facts["doubts"] == {"nets": 0, "nets_right": 0.0, "list": []}
    assert facts["name"] == "Data of study.toml: digits"


def test_looking_at_data_does_not_import_torch(photos, tmp_path):
    program = """
import sys
sys.argv = ["paribus", "show", "data", "photos", "--save", "page.html"]
from paribus.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("torch" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "False", done.stderr
