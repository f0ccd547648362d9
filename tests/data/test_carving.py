import numpy as np
import pytest

from paribus.data.carving import carve_test
from paribus.data.images import Images
from paribus.errors import DataError


def numbered(counts):
    """Images whose first two pixels spell their number."""
    labels = np.repeat(np.arange(len(counts)), counts)
    pixels = np.zeros((len(labels), 1, 1, 2), np.uint8)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = np.arange(len(labels)) // 256, np.arange(len(labels)) % 256
    return Images(pixels, labels)


def numbers(images):
    return (images.pixels[:, 0, 0, 0].astype(int) * 256 + images.pixels[:, 0, 0, 1]).tolist()


def test_the_test_set_takes_its_share_of_each_class_and_nothing_is_lost():
    images = numbered([100, 50, 10])
    carved = carve_test(images, 0.2, ("a", "b", "c"), "here")
    assert np.bincount(carved["test"].labels).tolist() == [20, 10, 2]
    assert np.bincount(carved["train"].labels).tolist() == [80, 40, 8]
    assert sorted(numbers(carved["train"]) + numbers(carved["test"])) == list(range(160))
    for part in carved.values():
        assert [images.labels[number] for number in numbers(part)] == part.labels.tolist()


def test_it_is_the_same_whenever_it_is_carved():
    first, again = (carve_test(numbered([100, 50]), 0.1, ("a", "b"), "here") for _ in range(2))
    assert numbers(first["test"]) == numbers(again["test"])
    assert numbers(first["test"]) == [
        10, 12, 18, 28, 35, 41, 50, 53, 68, 74, 106, 135, 144, 145, 148,
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "images"), [(0, "0 images"), (1, "1 image"), (2, "2 images")])
def test_a_class_too_small_to_carve_is_named(count, images):
    with pytest.raises(DataError) as caught:
        carve_test(numbered([5, count]), 0.2, ("a", "yak"), "here")
    assert str(caught.value) == (
        f"here: class 'yak' has {images}; expected at least 3, one each to train, validate and test. "
        "Add images or remove the class"
    )
