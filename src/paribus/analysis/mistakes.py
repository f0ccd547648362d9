"""The images that an arm is most wrong about, and those of which it is least sure: over all its seeds."""

from dataclasses import dataclass

import numpy as np

from paribus.analysis.judged import JudgedArm, OverSeeds, over_seeds
from paribus.stats import find_doubts, find_mistakes

SHOWN = 12


@dataclass(frozen=True)
class JudgedImage:
    """What an arm says of one image: the mean of the probabilities that its runs give."""

    position: int  # in its split
    label: int  # class
    guessed: int  # the likeliest class
    probability: float  # of that
    next: int  # the likeliest class but one
    next_probability: float
    agree: int  # runs that guess the same
    runs: int  # that judged it

    @property
    def margin(self) -> float:
        return self.probability - self.next_probability


@dataclass(frozen=True)
class MistakesResult:
    arm: str
    images: int  # judged, distinct ones
    wrong: int  # of these, by the mean of the probabilities
    worst: tuple[JudgedImage, ...]  # the most confident mistake first
    doubtful: tuple[JudgedImage, ...]  # the smallest margin first


def judge_mistakes(arm: JudgedArm, most: int = SHOWN) -> MistakesResult:
    """On validation most images are judged by few runs, often by one; on test by all."""
    found = over_seeds(arm)
    worst = find_mistakes(found.shares, found.labels, most)
    doubtful = find_doubts(found.shares, most)
    return MistakesResult(
        arm=arm.arm,
        images=len(found.positions),
        wrong=int((found.shares.argmax(1) != found.labels).sum()),
        worst=tuple(_image(found, int(place)) for place in worst),
        doubtful=tuple(_image(found, int(place)) for place in doubtful),
    )


def _image(found: OverSeeds, place: int) -> JudgedImage:
    shares = found.shares[place]
    first, second = (int(number) for number in np.argsort(-shares, kind="stable")[:2])
    return JudgedImage(
        position=int(found.positions[place]),
        label=int(found.labels[place]),
        guessed=first,
        probability=float(shares[first]),
        next=second,
        next_probability=float(shares[second]),
        agree=int(found.votes[place, first]),
        runs=int(found.runs[place]),
    )
