"""How well each class is known: its accuracy over seeds, and what an arm changes of it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.judged import JudgedArm
from paribus.analysis.metrics import count_confusions
from paribus.stats import estimate_mean, wilson_interval

LEVEL = 0.95


@dataclass(frozen=True)
class ClassScore:
    """One class of one arm; shares from 0 to 1. None: no run judged an image of it."""

    images: int  # of the class, distinct ones, that a run judged
    accuracy: float | None  # mean over seeds
    low: float | None = None
    high: float | None = None
    over: Literal["seeds", "images"] | None = None  # what the interval is drawn over
    difference: float | None = None  # minus the control, mean over the seeds that both have
    difference_low: float | None = None  # Student's interval over these seeds
    difference_high: float | None = None


@dataclass(frozen=True)
class ClassesResult:
    """An arm and each of its classes, in the order of the data."""

    arm: str
    seeds: tuple[int, ...]
    scores: tuple[ClassScore, ...]


def judge_classes(arm: JudgedArm, control: JudgedArm | None = None) -> ClassesResult:
    """`control`: what is compared with, where both have the same classes."""
    mine, theirs = _tally(arm), _tally(control) if control else {}
    if any(len(theirs[seed][1]) != len(mine[seed][1]) for seed in mine.keys() & theirs.keys()):
        theirs = {}
    distinct = _distinct_images(arm)
    scores = tuple(_judge_class(number, int(images), mine, theirs) for number, images in enumerate(distinct))
    return ClassesResult(arm.arm, arm.seeds, scores)


Tally = dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]]  # seed -> hits and images of each class


def _tally(arm: JudgedArm) -> Tally:
    counts = {seed: count_confusions(seen) for seed, seen in arm.seen.items()}
    return {seed: (found.diagonal(), found.sum(1)) for seed, found in counts.items()}


def _distinct_images(arm: JudgedArm) -> NDArray[np.int64]:
    """[classes]"""
    classes = next(iter(arm.seen.values())).logits.shape[1]
    pairs = np.concatenate([seen.positions * classes + seen.labels for seen in arm.seen.values()])
    return np.bincount(np.unique(pairs) % classes, minlength=classes)


def _judge_class(number: int, images: int, mine: Tally, theirs: Tally) -> ClassScore:
    shares = {s: hits[number] / n[number] for s, (hits, n) in mine.items() if n[number]}
    if not shares:
        return ClassScore(images, None)
    others = {s: hits[number] / n[number] for s, (hits, n) in theirs.items() if n[number]}
    mean = estimate_mean(list(shares.values()))
    paired = [shares[seed] - others[seed] for seed in shares if seed in others]
    difference = estimate_mean(paired) if paired else None
    spread = difference.error_bar(LEVEL) if difference else None
    if mean.sd:
        interval, over = mean.interval(LEVEL), "seeds"
    else:  # one seed, or seeds that say the same: no spread is no sign of certainty
        interval, over = wilson_interval(round(mean.mean * images), images, LEVEL), "images"
    assert interval is not None
    return ClassScore(
        images=images,
        accuracy=mean.mean,
        low=max(interval.low, 0.0),
        high=min(interval.high, 1.0),
        over="seeds" if over == "seeds" else "images",
        difference=difference.mean if difference else None,
        difference_low=max(spread.low, -1.0) if spread else None,
        difference_high=min(spread.high, 1.0) if spread else None,
    )
