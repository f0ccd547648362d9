import numpy as np

from paribus.data.drawn import read_streetnumbers
from paribus.data.progress import tell_nobody
from paribus.data.streetnumbers import draw_streetnumbers
from paribus.specs.datasets import StreetNumbers

from .made import read_source


def test_the_drawn_images_stand_in_their_splits_the_extra_ones_after_train():
    options = StreetNumbers(train=40, test=30, extra=20, size=16)
    reading = read_source(read_streetnumbers(options, tell_nobody), options)
    train, test = reading.splits["train"], reading.splits["test"]
    for start, end, split in [(0, 40, "train"), (40, 60, "extra")]:
        pixels, labels = draw_streetnumbers(end - start, split=split, size=16)
        assert np.array_equal(train.pixels[start:end], pixels)
        assert np.array_equal(train.labels[start:end], labels)
    assert np.array_equal(test.pixels, draw_streetnumbers(30, split="test", size=16)[0])
    assert reading.classes == tuple("0123456789")


def test_every_option_that_changes_the_pixels_changes_the_key():
    keys = {
        read_streetnumbers(StreetNumbers(**options), tell_nobody).key
        for options in [{}, {"train": 100}, {"test": 100}, {"extra": 100}, {"size": 16}]
    }
    assert len(keys) == 5
