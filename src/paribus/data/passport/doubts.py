"""Labels worth a look: images whose label surprises nets that were not trained on them.

What each net says of the images that it held out comes from its run; where runs are kept is not known here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.data.images import Split
from paribus.data.passport.thumbnails import Numbers

DOUBTFUL = 0.2  # a label whose mean probability is lower is worth a look


@dataclass(frozen=True)
class HeldOut:
    """What one net says of images that it did not see in training."""

    split: Split
    positions: Numbers  # [images], in their split
    logits: NDArray[np.float32]  # [images, the net's classes]
    classes: Numbers  # [the net's classes]: which class of the data set each is


@dataclass(frozen=True)
class Doubt:
    split: Split
    position: int
    label: int  # as the data have it
    probability: float  # of that label, the mean over nets
    nets: int  # that held the image out
    said: int  # the class that most of them name
    said_by: int  # how many


def doubt_labels(held_out: Sequence[HeldOut], labels: NDArray[np.int64], split: Split) -> list[Doubt]:
    """The most doubtful first; only images that more than half of the nets call the same other thing."""
    views = [view for view in held_out if view.split == split]
    chances, nets = np.zeros(len(labels)), np.zeros(len(labels), np.int64)
    for view in views:
        chances[view.positions] += _own_probability(view, labels)
        nets[view.positions] += 1
    mean = chances / np.maximum(nets, 1)
    worst = np.flatnonzero((nets > 0) & (mean < DOUBTFUL))
    worst = worst[np.argsort(mean[worst], kind="stable")]
    said = _votes(views, worst)
    found = []
    for position in worst.tolist():
        ((name, count),) = said[position].most_common(1)
        label = int(labels[position])
        if name != label and 2 * count > nets[position]:
            found.append(
                Doubt(split, position, label, float(mean[position]), int(nets[position]), name, count)
            )
    return found


def share_right(held_out: Sequence[HeldOut], labels: Mapping[Split, NDArray[np.int64]]) -> float:
    """How often the nets agree with the labels: doubts of nets that seldom do are worth little."""
    right = [
        view.classes[view.logits.argmax(1)] == labels[view.split][view.positions]
        for view in held_out
        if len(view.positions)
    ]
    return float(np.concatenate(right).mean()) if right else 0.0


def _own_probability(view: HeldOut, labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """[images]: what the net gives the label that the data have; nothing where it does not know the class."""
    logits = view.logits.astype(np.float64)
    weights = np.exp(logits - logits.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    own = view.classes[None] == labels[view.positions][:, None]
    return np.asarray((weights * own).sum(1))


def _votes(views: Sequence[HeldOut], positions: Numbers) -> dict[int, Counter[int]]:
    """Position -> class -> nets that name it."""
    votes: dict[int, Counter[int]] = {position: Counter() for position in positions.tolist()}
    for view in views:
        named = view.classes[view.logits.argmax(1)]
        asked = np.isin(view.positions, positions)
        for position, name in zip(view.positions[asked].tolist(), named[asked].tolist(), strict=True):
            votes[position][name] += 1
    return votes
