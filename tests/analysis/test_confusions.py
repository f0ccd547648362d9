import numpy as np
from sklearn.metrics import confusion_matrix

from paribus.analysis.confusions import judge_confusions

from .runs import random_arm, said_arm


def test_the_matrix_is_that_of_sklearn_summed_over_seeds():
    arm = random_arm(seeds=3)
    expected = sum(confusion_matrix(s.labels, s.logits.argmax(1)) for s in arm.seen.values())
    found = judge_confusions(arm)
    assert (found.counts == expected).all()
    assert np.allclose(found.shares.sum(1), 1)
    assert found.seeds == (0, 1, 2)


def test_the_most_frequent_mistakes_are_named_and_what_is_right_is_none():
    arm = said_arm([[0, 1, 1, 2], [1, 1, 1, 0]], [0, 0, 1, 2])
    found = judge_confusions(arm).most_frequent(12)
    assert [(one.actual, one.guessed, one.times, one.share) for one in found] == [
        (0, 1, 3, 0.75),
        (2, 0, 1, 0.5),
    ]
    assert len(judge_confusions(random_arm()).most_frequent(5)) == 5


def test_a_class_that_no_image_has_confuses_nobody():
    shares = judge_confusions(said_arm([[0, 1]], [0, 1])).shares
    assert shares.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
