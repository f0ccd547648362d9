import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from paribus.analysis.calibration import judge_calibration

from .runs import random_arm, said_arm


def test_the_loss_is_that_of_sklearn_and_figures_are_means_over_seeds():
    arm = random_arm(seeds=4, images=600)
    found = judge_calibration(arm)
    shares = [softmax(s.logits.astype(float), axis=1) for s in arm.seen.values()]
    labels = arm.seen[0].labels
    losses = [log_loss(labels, one) for one in shares]
    excess = [one.max(1).mean() - (one.argmax(1) == labels).mean() for one in shares]
    assert found.loss.mean == pytest.approx(np.mean(losses), rel=1e-6)
    assert found.excess.mean == pytest.approx(np.mean(excess), rel=1e-5)
    half = 3.182446 * np.std(losses, ddof=1) / 2  # Student's quantile on 3 degrees
    assert found.loss.high - found.loss.mean == pytest.approx(half, rel=1e-5)
    assert found.images == 600


def test_the_dots_hold_every_image_once_by_rising_confidence():
    found = judge_calibration(random_arm(seeds=3, images=610))
    assert len(found.dots) == 15
    assert sum(dot.images for dot in found.dots) == 3 * 610
    said = [dot.confidence for dot in found.dots]
    assert said == sorted(said)
    assert all(dot.low <= dot.accuracy <= dot.high for dot in found.dots)


def test_a_net_that_is_always_sure_and_often_wrong_is_off_by_so_much():
    labels = np.zeros(100, int)
    arm = said_arm([[0] * 70 + [1] * 30] * 2, labels)
    arm.seen[0].logits[:] *= 20
    arm.seen[1].logits[:] *= 20
    found = judge_calibration(arm)
    assert found.excess.mean == pytest.approx(0.3)
    assert found.error_by_width.mean == pytest.approx(0.3)
    assert (found.error.low, found.by_chance) == (None, 0.0)


def test_one_seed_has_intervals_over_images_and_none_of_the_figures():
    found = judge_calibration(random_arm(seeds=1, images=100))
    assert (found.error.low, found.loss.low) == (None, None)
    assert len(found.dots) == 5
    assert all(dot.low < dot.accuracy or dot.accuracy == 0 for dot in found.dots)
