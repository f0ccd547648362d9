"""What a study says of its data: a line when it runs, a section in its report."""

import json
import re
import shutil

import numpy as np
import pytest

from paribus.workbench import Study
from tests.data.passport.planted import brighter, pictures
from tests.functional.commands import paribus, write_study
from tests.report.reading import Page

STUDY = """
[study]
title = "Which rate?"
control = "optimizer.lr=0.01"
seeds = 5

[run]
data = { name = "npz", path = "leaky.npz" }
net = "linear"
batch_size = 64
epochs = 1
augment = [{ name = "flip" }]

[factors]
"optimizer.lr" = [0.01, 0.001]
"""
CLASSES = np.array(["<script>alert(1)</script>", "b & 'c'", "\u202ec\u202c"])


def sections(html):
    """Of the report, the part on data."""
    return re.search(r'<section aria-labelledby="data-title">.*?</section>', html, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("leaky")
    images = pictures(240)
    test = np.concatenate([images[:6], brighter(images[6:8]), pictures(32, seed=1)])
    labels = {"train_labels": np.arange(240) % 3, "test_labels": np.arange(40) % 3}
    np.savez(place / "leaky.npz", train_images=images, test_images=test, classes=CLASSES, **labels)
    write_study(place, STUDY)
    told = paribus(place, "run").stdout
    (place / "told.txt").write_text(told, encoding="utf-8")
    return place


def test_running_says_that_test_images_stand_in_train(folder):
    told = (folder / "told.txt").read_text(encoding="utf-8")
    assert (
        "8 of 40 test images (20.0 %) have a twin in train, 6 of them an exact one: a net may know them by "
        "heart. 'paribus show data study.toml' shows them."
    ) in told.replace("\n", " ")


def test_a_set_without_twins_is_run_without_a_word_of_them(tmp_path):
    write_study(tmp_path)
    assert "a twin" not in paribus(tmp_path, "run").stdout


def test_the_report_shows_samples_twins_and_what_training_saw(folder):
    html = (folder / "study.html").read_text(encoding="utf-8")
    section = sections(html)[0]
    assert (
        "240 train and 40 test images, 3 classes with 80 training images each, 32 x 32, in colour." in section
    )
    assert "Across splits: 8 pairs" in section
    assert section.count("data:image/webp") == 3 * 4 + 2 * 5
    assert section.count("data:image/png") == 1
    assert "What training saw" in section
    assert "<script>" not in section
    page = Page(html)
    assert all(place.startswith("data:") for place in page.loads)
    assert (
        "Judged without leaked images" not in section
    )  # validation is carved from train, where no twins are


def test_without_images_the_section_has_words_alone(folder):
    paribus(folder, "report", "--without-images", "-o", "bare.html")
    html = (folder / "bare.html").read_text(encoding="utf-8")
    assert "<img" not in sections(html)[0]
    assert "8 of 40 test images" in sections(html)[0]
    paribus(folder, "run", "--without-images", "--report", "run.html")
    assert "<img" not in sections((folder / "run.html").read_text(encoding="utf-8"))[0]


def test_without_the_data_there_is_a_report_without_the_section(folder, tmp_path):
    shutil.copy(folder / "study.toml", tmp_path)
    shutil.copytree(folder / ".paribus", tmp_path / ".paribus")
    paribus(tmp_path, "report", "-o", "alone.html")
    html = (tmp_path / "alone.html").read_text(encoding="utf-8")
    assert sections(html) is None
    assert "Which rate?" in html


def test_once_the_test_set_is_open_each_arm_is_judged_with_and_without_leaked_images(folder):
    paribus(folder, "test", "--yes")
    page = Page((folder / "study.html").read_text(encoding="utf-8"))
    assert "8 of 40 test images have a twin in train." in page.text
    assert "Without them" in page.text
    study = Study.load(folder / "study.toml")
    leak = study.report_input().data.leak
    assert (leak.images, leak.leaked) == (40, 8)
    rows = {row[0]: row for row in page.tables["leaks"][1:]}
    for arm, (before, after) in leak.means.items():
        assert rows[arm][1:3] == [f"{100 * before:.2f}", f"{100 * after:.2f}"]
    assert {arm.name: arm.mean for arm in study.conclude().arms} == {a: b for a, (b, _) in leak.means.items()}
    assert set(leak.words) == {"optimizer.lr=0.001"}


def test_data_that_changed_since_they_were_trained_on_are_not_shown(tmp_path):
    images = pictures(60)
    np.savez(tmp_path / "leaky.npz", train_images=images, train_labels=np.arange(60) % 3)
    write_study(tmp_path, STUDY.replace("seeds = 5", "seeds = 1"))
    paribus(tmp_path, "run")
    assert sections((tmp_path / "study.html").read_text(encoding="utf-8"))
    np.savez(tmp_path / "leaky.npz", train_images=images[::-1], train_labels=np.arange(60) % 3)
    paribus(tmp_path, "report")
    assert sections((tmp_path / "study.html").read_text(encoding="utf-8")) is None


def test_nets_that_were_trained_on_other_data_are_not_asked_about_these(tmp_path):
    images = pictures(60)
    np.savez(tmp_path / "leaky.npz", train_images=images, train_labels=np.arange(60) % 3)
    write_study(tmp_path, STUDY.replace("seeds = 5", "seeds = 1"))
    paribus(tmp_path, "run")
    asked = json.loads(paribus(tmp_path, "show", "data", "study.toml", "--json").stdout)["doubts"]
    assert asked["nets"] == 2
    np.savez(tmp_path / "leaky.npz", train_images=images[::-1], train_labels=np.arange(60) % 3)
    asked = json.loads(paribus(tmp_path, "show", "data", "study.toml", "--json").stdout)["doubts"]
    assert asked["nets"] == 0
