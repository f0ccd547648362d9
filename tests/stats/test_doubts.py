import numpy as np

from paribus.stats import find_doubts, find_mistakes, margins

SHARES = np.array([[0.9, 0.1, 0.0], [0.5, 0.4, 0.1], [0.1, 0.2, 0.7], [0.34, 0.33, 0.33], [0.1, 0.9, 0.0]])
LABELS = np.array([1, 0, 0, 0, 0])


def test_mistakes_come_by_how_sure_they_were_and_the_first_of_equals_first():
    assert find_mistakes(SHARES, LABELS, 9).tolist() == [0, 4, 2]
    assert find_mistakes(SHARES, LABELS, 2).tolist() == [0, 4]
    assert find_mistakes(SHARES, SHARES.argmax(1), 9).tolist() == []


def test_doubts_come_by_how_near_two_classes_are_whether_right_or_wrong():
    assert np.allclose(margins(SHARES), [0.8, 0.1, 0.5, 0.01, 0.8])
    assert find_doubts(SHARES, 3).tolist() == [3, 1, 2]
