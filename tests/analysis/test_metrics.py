import numpy as np
import pytest
from sklearn import metrics

from paribus.analysis import Predictions, score


def some_predictions(seed, classes=5, images=300):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    logits = rng.normal(size=(images, classes)).astype(np.float32)
    logits[np.arange(images), labels] += rng.uniform(0, 2, images).astype(np.float32)
    return Predictions(np.arange(images), labels, logits)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        ("macro_f1", lambda labels, guessed: metrics.f1_score(labels, guessed, average="macro")),
    ],
)
def test_a_metric_equals_the_one_of_scikit_learn(name, reference, seed):
    seen = some_predictions(seed)
    assert score(name, seen) == pytest.approx(reference(seen.labels, seen.logits.argmax(1)), abs=1e-12)


def test_a_class_without_images_says_nothing():
    seen = Predictions(np.arange(4), np.array([0, 0, 1, 1]), np.eye(3, dtype=np.float32)[[0, 0, 1, 0]])
    assert score("balanced_accuracy", seen) == pytest.approx(0.75)
    assert score("macro_f1", seen) == pytest.approx((2 * 2 / 5 + 2 * 1 / 3) / 2)
