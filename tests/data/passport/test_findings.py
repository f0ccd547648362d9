import numpy as np
import pytest

from paribus.data.passport import HeldOut, count_leaked, make_passport, say_leak, write_findings
from paribus.data.passport.twins import Twins

from .planted import pictures, saved


def twins(near=(), same=(), train=3000, test=2000):
    first = np.arange(train + test)
    for number, of in same:
        first[number] = of
    pairs = np.array(near, np.int64).reshape(-1, 2).T
    count = pairs.shape[1]
    return Twins(
        first,
        pairs,
        np.full(count, 0.97, np.float32),
        np.zeros(count, bool),
        np.array([train, 0, test, 0]),
        np.array(1),
        np.array(0),
    )


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (twins(near=[(0, 3000)]), (0, 0)),  # one near one in two thousand images is chance
        (twins(near=[(0, 3000), (1, 3001)]), (2, 0)),
        (twins(same=[(3000, 0)]), (1, 1)),  # an exact one is not
        (twins(near=[(0, 3000)], same=[(3001, 1)]), (2, 1)),
        (twins(near=[(0, 30)], train=20, test=20), (1, 0)),
        (twins(near=[(0, 1), (2, 5)]), (0, 0)),  # inside train
    ],
)
def test_near_twins_fewer_than_one_in_a_thousand_are_not_told(given, counted):
    assert count_leaked(given, "test") == counted
    assert bool(say_leak(given, "test")) == bool(counted[0])


def test_the_sentence_says_how_many_and_how_exact():
    assert say_leak(twins(same=[(3000, 0)]), "test") == (
        "1 of 2,000 test images (0.1 %) has an exact twin in train: a net may know it by heart."
    )
    assert say_leak(twins(near=[(0, 3000)], same=[(3001, 1)]), "test") == (
        "2 of 2,000 test images (0.1 %) have a twin in train, 1 of them an exact one: "
        "a net may know them by heart."
    )


def test_doubts_by_the_thousand_tell_of_the_nets(tmp_path, cache):
    images = pictures(100)
    data = saved(tmp_path, train_images=images, test_images=images[:4, ::-1], test_labels=np.arange(4))
    labels = data.split("train").labels

    def held_out(doubted):
        said = np.where(np.arange(100) < doubted, (labels + 1) % 10, labels)
        return [HeldOut("train", np.arange(100), 9 * np.eye(10, dtype=np.float32)[said], np.arange(10))]

    few = write_findings(make_passport(data, "few", held_out=held_out(2), near=False))
    many = write_findings(make_passport(data, "many", held_out=held_out(60), near=False))
    assert any(told.startswith("2 labels are worth a look") and "right on 98 %" in told for told in few)
    assert any("right on 40 %" in told and "may well be right" in told for told in many)
    assert not any("labels are worth a look" in told for told in many)
