import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import recall_score

from paribus.analysis.classes import judge_classes

from .runs import random_arm, random_run, said_arm

LABELS = [0, 0, 0, 0, 1, 1, 2, 2]


def test_accuracy_and_interval_of_each_class_are_those_of_sklearn_and_scipy():
    arm = random_arm(seeds=6)
    found = judge_classes(arm)
    by_seed = np.array([recall_score(s.labels, s.logits.argmax(1), average=None) for s in arm.seen.values()])
    for number, score in enumerate(found.scores):
        values = by_seed[:, number]
        low, high = stats.t.interval(0.95, 5, values.mean(), stats.sem(values))
        assert (score.accuracy, score.low, score.high) == pytest.approx((values.mean(), low, high))
        assert (score.over, score.images) == ("seeds", 75)


def test_the_difference_is_paired_by_seed():
    arm, control = random_arm(seeds=5, skill=2.0), random_arm("c", seeds=4, skill=1.0)
    found = judge_classes(arm, control)

    def hits(run, number):
        return (run.logits.argmax(1) == run.labels)[run.labels == number].mean()

    for number, score in enumerate(found.scores):
        paired = [hits(arm.seen[s], number) - hits(control.seen[s], number) for s in range(4)]
        test = stats.ttest_1samp(paired, 0).confidence_interval(0.95)
        assert score.difference == pytest.approx(np.mean(paired))
        assert (score.difference_low, score.difference_high) == pytest.approx(test)


def test_one_seed_has_an_interval_over_images_and_no_interval_of_the_difference():
    arm = said_arm([[0, 0, 0, 1, 1, 1, 0, 0]], LABELS)
    first, second, third = judge_classes(arm, said_arm([[0] * 8], LABELS)).scores
    expected = stats.binomtest(3, 4).proportion_ci(method="wilson")
    assert (first.accuracy, first.low, first.high) == pytest.approx((0.75, expected.low, expected.high))
    assert (first.over, first.difference, first.difference_low) == ("images", -0.25, None)
    assert (second.accuracy, second.high, third.accuracy, third.low) == (1.0, 1.0, 0.0, 0.0)
    assert second.low < 0.4


def test_seeds_that_all_say_the_same_are_no_sign_of_certainty():
    score = judge_classes(said_arm([LABELS, LABELS, LABELS], LABELS)).scores[1]
    assert (score.accuracy, score.over) == (1.0, "images")
    assert score.low == pytest.approx(stats.binomtest(2, 2).proportion_ci(method="wilson").low)


def test_images_are_counted_once_and_a_class_without_any_is_told_as_such():
    arm = random_arm(seeds=2)
    arm.seen[1] = random_run(seed=9, positions=np.arange(300) + 100)
    assert [score.images for score in judge_classes(arm).scores] == [100] * 4
    empty = judge_classes(said_arm([[0, 1]], [0, 1])).scores[2]
    assert (empty.images, empty.accuracy, empty.low, empty.difference) == (0, None, None, None)
