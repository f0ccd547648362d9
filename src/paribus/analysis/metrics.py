"""What a run is scored by, from its predictions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.errors import SpecError


@dataclass(frozen=True)
class Predictions:
    """What one run says of each image of a split."""

    positions: NDArray[np.int64]  # [images]: where each stands in its split
    labels: NDArray[np.int64]  # [images]
    logits: NDArray[np.float32]  # [images, classes]

    @property
    def correct(self) -> NDArray[np.bool_]:
        return np.asarray(self.logits.argmax(1) == self.labels)

    def same_images(self, other: "Predictions") -> bool:
        return np.array_equal(self.positions, other.positions) and np.array_equal(self.labels, other.labels)


def score(metric: str, seen: Predictions) -> float:
    """A share from 0 to 1, the more the better."""
    if metric == "accuracy":
        return float(seen.correct.mean())
    counts = count_confusions(seen)
    hits, actual, guessed = counts.diagonal(), counts.sum(1), counts.sum(0)
    there = actual > 0  # a class without images says nothing
    if metric == "balanced_accuracy":
        return float((hits[there] / actual[there]).mean())
    if metric == "macro_f1":
        return float((2 * hits[there] / (actual + guessed)[there]).mean())
    raise SpecError(f"unknown metric '{metric}'")


def count_confusions(seen: Predictions) -> NDArray[np.int64]:
    """[actual class, guessed class] -> images."""
    classes = seen.logits.shape[1]
    pairs = seen.labels * classes + seen.logits.argmax(1)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
