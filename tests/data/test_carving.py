import numpy as np
import pytest

from paribus.data.carving import carve_test
from paribus.errors import DataError


def labels(counts):
    return np.repeat(np.arange(len(counts)), counts)


def test_the_test_set_takes_its_share_of_each_class():
    carved = carve_test(labels([100, 50, 10]), 0.2, ("a", "b", "c"), "here")
    assert np.bincount(labels([100, 50, 10])[carved]).tolist() == [20, 10, 2]


def test_it_is_the_same_whenever_it_is_carved():
    first, again = (carve_test(labels([100, 50]), 0.1, ("a", "b"), "here") for _ in range(2))
    assert np.array_equal(first, again)
    assert np.flatnonzero(first).tolist() == [
        10, 12, 18, 28, 35, 41, 50, 53, 68, 74, 106, 135, 144, 145, 148,
    ]  # fmt: skip


def test_images_of_a_group_go_together():
    groups = [f"person {number // 5}" for number in range(60)]
    carved = carve_test(labels([30, 30]), 0.25, ("a", "b"), "here", groups)
    assert {name for name, taken in zip(groups, carved, strict=True) if taken}.isdisjoint(
        name for name, taken in zip(groups, carved, strict=True) if not taken
    )
    assert np.bincount(labels([30, 30])[carved]).tolist() in ([5, 10], [10, 5], [10, 10], [5, 5])


@pytest.mark.parametrize(("count", "images"), [(0, "0 images"), (1, "1 image"), (2, "2 images")])
def test_a_class_too_small_to_carve_is_named(count, images):
    with pytest.raises(DataError) as caught:
        carve_test(labels([5, count]), 0.2, ("a", "yak"), "here")
    assert str(caught.value) == (
        f"here: class 'yak' has {images}; expected at least 3, one each to train, validate and test. "
        "Add images or remove the class"
    )
