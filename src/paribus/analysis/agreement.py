"""Image by image: which the control and another arm both know, which only one of them, which none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.judged import JudgedArm, OverSeeds, over_seeds

SHOWN = 8


@dataclass(frozen=True)
class Difference:
    """An image that the two arms judge differently; shares are of the seeds that judged it, 0 to 1."""

    position: int
    label: int
    control_right: float
    arm_right: float
    control_guess: int  # the class that most of its seeds guess
    arm_guess: int
    runs: int  # of each arm, that judged it


@dataclass(frozen=True)
class AgreementResult:
    """Counts are of images, each judged by the same seeds of both arms."""

    arm: str
    seeds: tuple[int, ...]
    images: int
    runs: tuple[int, int]  # that judged an image: fewest, most
    both: float  # shares of all pairs of runs on one image, which add up to one: both right
    only_control: float
    only_arm: float
    none: float
    cells: tuple[tuple[float, float, int], ...]  # share of seeds right in the control, in the arm, images
    gained: tuple[Difference, ...]  # images that the arm knows and the control does not, the clearest first
    lost: tuple[Difference, ...]


def judge_agreement(arm: JudgedArm, control: JudgedArm, most: int = SHOWN) -> AgreementResult | None:
    """None where no seed of both judged the same images, or they have other classes."""
    common = [seed for seed in arm.seen if seed in control.seen and _same_images(arm, control, seed)]
    if not common:
        return None
    one, two = (
        over_seeds(JudgedArm(of.arm, {seed: of.seen[seed] for seed in common})) for of in (arm, control)
    )
    pairs = np.zeros((2, 2))  # [control right, arm right]
    for seed in common:
        right = 2 * control.seen[seed].correct + arm.seen[seed].correct
        pairs += np.bincount(right, minlength=4).reshape(2, 2)
    pairs /= pairs.sum()
    arm_right, control_right = _right(one), _right(two)
    lead = _lead(one) - _lead(two)
    gain = arm_right - control_right
    return AgreementResult(
        arm=arm.arm,
        seeds=tuple(common),
        images=len(one.positions),
        runs=(int(one.runs.min()), int(one.runs.max())),
        both=float(pairs[1, 1]),
        only_control=float(pairs[1, 0]),
        only_arm=float(pairs[0, 1]),
        none=float(pairs[0, 0]),
        cells=_cells(control_right, arm_right),
        gained=_differences(one, two, gain, lead, most),
        lost=_differences(one, two, -gain, -lead, most),
    )


def _same_images(arm: JudgedArm, control: JudgedArm, seed: int) -> bool:
    one, two = arm.seen[seed], control.seen[seed]
    return (
        one.logits.shape == two.logits.shape
        and np.array_equal(one.positions, two.positions)
        and np.array_equal(one.labels, two.labels)
    )


def _right(found: OverSeeds) -> NDArray[np.float64]:
    """[images]: the share of runs that are right."""
    return np.asarray(found.votes[np.arange(len(found.labels)), found.labels] / found.runs)


def _lead(found: OverSeeds) -> NDArray[np.float64]:
    """[images]: the probability of the right class."""
    return np.asarray(found.shares[np.arange(len(found.labels)), found.labels])


def _cells(control: NDArray[np.float64], arm: NDArray[np.float64]) -> tuple[tuple[float, float, int], ...]:
    places, counts = np.unique(np.stack([control, arm]), axis=1, return_counts=True)
    return tuple((float(x), float(y), int(count)) for (x, y), count in zip(places.T, counts, strict=True))


def _differences(
    arm: OverSeeds,
    control: OverSeeds,
    gain: NDArray[np.float64],
    lead: NDArray[np.float64],
    most: int,
) -> tuple[Difference, ...]:
    """By the gain in seeds that are right; among equals by the gain in probability."""
    order = np.lexsort((-lead, -gain))
    arm_right, control_right = _right(arm), _right(control)
    return tuple(
        Difference(
            position=int(arm.positions[place]),
            label=int(arm.labels[place]),
            control_right=float(control_right[place]),
            arm_right=float(arm_right[place]),
            control_guess=int(control.votes[place].argmax()),
            arm_guess=int(arm.votes[place].argmax()),
            runs=int(arm.runs[place]),
        )
        for place in order[:most]
        if gain[place] > 0
    )
