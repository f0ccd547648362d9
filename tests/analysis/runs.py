"""Arms whose runs said what a test wants them to have said."""

import numpy as np

from paribus.analysis import Predictions
from paribus.analysis.judged import JudgedArm


def random_run(images=300, classes=4, skill=1.0, seed=0, positions=None):
    """Right more often than not; `skill` is how far the right class leads."""
    random = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    logits = random.normal(size=(images, classes)) + skill * np.eye(classes)[labels]
    at = np.arange(images) if positions is None else positions
    return Predictions(at, labels, logits.astype(np.float32))


def random_arm(name="a", seeds=5, **run):
    return JudgedArm(name, {seed: random_run(seed=seed, **run) for seed in range(seeds)})


def said_arm(guesses, labels, name="a", classes=3, positions=None):
    """`guesses`: by seed, the class of each image."""
    labels = np.asarray(labels)
    at = np.arange(len(labels)) if positions is None else np.asarray(positions)
    return JudgedArm(
        name,
        {
            seed: Predictions(at, labels, 4 * np.eye(classes, dtype=np.float32)[list(said)])
            for seed, said in enumerate(guesses)
        },
    )
