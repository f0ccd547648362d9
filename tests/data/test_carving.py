import numpy as np
import pytest

from paribus.data.carving import carve_test
from paribus.errors import DataError


def labels(counts):
    return np.repeat(np.arange(len(counts)), counts)


def test_the_test_set_takes_its_share_of_each_class():
    carved = carve_test(labels([100, 50, 10]), 0.2, "here")
    assert np.bincount(labels([100, 50, 10])[carved]).tolist() == [20, 10, 2]


def test_it_is_the_same_whenever_it_is_carved():
    first, again = (carve_test(labels([100, 50]), 0.1, "here") for _ in range(2))
    assert np.array_equal(first, again)
    assert np.flatnonzero(first).tolist() == [
        10, 12, 18, 28, 35, 41, 50, 53, 68, 74, 106, 135, 144, 145, 148,
    ]  # fmt: skip


def test_images_of_a_group_go_together():
    groups = [f"person {number // 5}" for number in range(60)]
    carved = carve_test(labels([30, 30]), 0.25, "here", groups)
    assert {name for name, taken in zip(groups, carved, strict=True) if taken}.isdisjoint(
        name for name, taken in zip(groups, carved, strict=True) if not taken
    )
    assert np.bincount(labels([30, 30])[carved]).tolist() in ([5, 10], [10, 5], [10, 10], [5, 5])


def test_a_class_of_one_image_keeps_it_to_train_and_one_of_two_gives_one():
    counts = [5, 1, 2, 0]
    carved = carve_test(labels(counts), 0.2, "here")
    assert np.bincount(labels(counts)[carved], minlength=4).tolist() == [1, 0, 1, 0]


def test_images_that_are_all_alone_cannot_be_carved():
    with pytest.raises(DataError, match="here: no class has an image to spare for the test set"):
        carve_test(labels([1, 1]), 0.2, "here")
