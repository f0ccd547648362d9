"""What is told of the data: the images of a run first, the whole set behind them."""

import io

import numpy as np
import pytest
from rich.console import Console

from paribus import Study
from paribus.cli.used_images import UsedImages, count_used, tell_data

WHOLE = "The whole set: 32 train, 8 test images."


def asked_about(tmp_path, place, values, **chosen):
    """A study with one factor, on 40 drawn images of four classes."""
    images, labels = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8), np.arange(40) % 4
    np.savez(tmp_path / "set.npz", train_images=images, train_labels=labels)
    run = {"data": {"name": "npz", "path": "set.npz", **chosen}, "net": "linear"}
    return Study("Which?", control=f"{place}={values[0]}", run=run, factors={place: values}, folder=tmp_path)


def told_of(*asked, **chosen):
    out = io.StringIO()
    tell_data(Console(file=out, width=200), asked_about(*asked, **chosen))
    return out.getvalue().splitlines()


def test_data_of_several_sizes_have_a_line_each_with_its_arms(tmp_path):
    images = "28 images train a run, 4 validate (one of them is 25.0 points), 8 test; 4 classes"
    assert told_of(tmp_path, "data.resize", [16, 8, False]) == [
        f"Data of data.resize=16: {images}, 1 x 16 x 16. {WHOLE}",
        f"Data of data.resize=8, data.resize=false: {images}, 1 x 8 x 8.",
    ]


def test_data_of_one_size_have_one_line_that_names_no_arm(tmp_path):
    (line,) = told_of(tmp_path, "optimizer.lr", [0.1, 0.01])
    assert line.startswith("Data: 28 images train a run")
    assert line.endswith(WHOLE)


@pytest.mark.parametrize(
    ("chosen", "used"),
    [({"classes": [0, 3]}, "14 images train a run, 2 validate (one of them is 50.0 points), 4 test; 2"),
     ({"per_class": 3}, "12 images train a run, 4 validate (one of them is 25.0 points), 8 test; 4"),
     ({"share": 0.5}, "16 images train a run, 4 validate (one of them is 25.0 points), 8 test; 4")],
    ids=["classes", "per_class", "share"],
)  # fmt: skip
def test_what_is_chosen_stands_first_and_the_whole_set_behind_it(tmp_path, chosen, used):
    (line,) = told_of(tmp_path, "optimizer.lr", [0.1, 0.01], **chosen)
    whole = WHOLE.replace("images.", "images of 4 classes.") if "classes" in chosen else WHOLE
    assert line == f"Data: {used} classes, 1 x 8 x 8. {whole}"


def test_arms_that_train_on_fewer_images_have_a_line_of_their_own(tmp_path):
    lines = told_of(tmp_path, "data.per_class", [3, 5])
    assert [line.split(" images train")[0] for line in lines] == [
        "Data of data.per_class=3: 12",
        "Data of data.per_class=5: 20",
    ]


def test_what_is_counted_is_what_a_job_loads(tmp_path):
    asked = asked_about(tmp_path, "optimizer.lr", [0.1], classes=[0, 1], per_class=2)
    [arm] = asked.arms
    assert count_used(arm, asked.data[arm.name]) == UsedImages(4, 2, 4, 2, (1, 8, 8))
    assert asked.materials.images_seen(arm.recipe) == 4 * arm.recipe.epochs
