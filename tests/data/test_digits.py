import numpy as np
import pytest

from paribus.data.digits import read_digits
from paribus.data.progress import tell_nobody
from paribus.specs.datasets import Digits

from .made import read_source

datasets = pytest.importorskip("sklearn.datasets")


def test_all_1797_digits_are_there_a_fifth_of_each_to_test():
    reading = read_source(read_digits(Digits(), tell_nobody), Digits())
    train, test = reading.splits["train"], reading.splits["test"]
    assert (len(train), len(test)) == (1438, 359)
    assert train.pixels.shape == (1438, 1, 8, 8)
    assert train.pixels.dtype == np.uint8
    assert reading.classes == tuple("0123456789")
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (np.bincount(train.labels) + np.bincount(test.labels)).tolist() == counts
    assert np.abs(np.bincount(test.labels) - np.array(counts) / 5).max() <= 0.5


def test_they_are_those_of_scikit_learn_spread_over_all_gray_levels():
    reading, bunch = read_source(read_digits(Digits(), tell_nobody), Digits()), datasets.load_digits()
    ours = {
        (image.tobytes(), int(label))
        for split in reading.splits.values()
        for image, label in zip(split.pixels, split.labels, strict=True)
    }
    theirs = {
        (np.round(image * 15.9375).astype(np.uint8).tobytes(), int(label))
        for image, label in zip(bunch.images, bunch.target, strict=True)
    }
    assert ours == theirs
    assert max(split.pixels.max() for split in reading.splits.values()) == 255
