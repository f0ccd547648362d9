"""The learning-rate range test: a short training whose rate grows with every step, and the losses on the way.

It is the recipe's own training, by the same loop, with a ramp for its schedule. It does not know what the
losses suggest.
"""

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import torch

from paribus.schedules import Course, Factor, steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.specs.schedules import ScheduleOptions
from paribus.training.batches import Resident, TrainingData
from paribus.training.loop import train
from paribus.training.state import TrainingState

SMOOTHING = 0.9  # how much of the running loss is kept at each step
EXPLODED = 2.0  # times the loss of the first steps: beyond it, nothing more is learned from going on
FIRST_STEPS = 5  # that say what the loss was at the beginning
_VALIDATED = 2  # images


@dataclass(frozen=True)
class RateStep:
    """One step of the test: the loss of its batch, before the step was taken at this rate."""

    rate: float
    loss: float
    smoothed: float  # bias-corrected running mean of the losses so far


class Ramp(ScheduleOptions):
    """At each step `growth` times the rate of the step before."""

    name: Literal["paribus.training.range_test:ramp"] = "paribus.training.range_test:ramp"
    growth: float


def ramp(options: Ramp, _course: Course) -> Factor:
    return lambda step: float(options.growth**step)


def sweep_rates(
    recipe: RecipeSpec, data: TrainingData, state: TrainingState, *, first: float, last: float, steps: int
) -> Iterator[RateStep]:
    """The steps from rate `first` to `last`; ends early where the loss explodes. Leaves `state` be."""
    growth = (last / first) ** (1 / (steps - 1))
    epochs = math.ceil(steps / steps_per_epoch(len(data.train), recipe.batch_size))
    ramped, few = _ramped(recipe, first, growth, epochs), few_to_validate(data)
    state = copy.deepcopy(state)
    on_cuda = data.train.labels.device.type == "cuda"
    with torch.random.fork_rng(devices=[data.train.labels.device] if on_cuda else []):
        moments = train(ramped, few, state)
        running, losses = 0.0, list[float]()
        for step in range(steps):
            moment = next(moments, None)
            if moment is None:  # the loop itself found that it diverged
                return
            at = state.step_in_epoch - 1 if moment.record is None else -1
            loss = float(state.step_losses[at])
            losses.append(loss)
            running = SMOOTHING * running + (1 - SMOOTHING) * loss
            smoothed = running / (1 - SMOOTHING ** (step + 1))
            yield RateStep(first * growth**step, loss, smoothed)
            if _has_exploded(losses, smoothed, len(data.classes)):
                return


def _ramped(recipe: RecipeSpec, first: float, growth: float, epochs: int) -> RecipeSpec:
    """The recipe with a ramp for its schedule, as long as the test and a bit: the loop counts in epochs."""
    return recipe.model_copy(
        update={
            "optimizer": recipe.optimizer.model_copy(update={"lr": first}),
            "schedule": Ramp(growth=growth),
            "epochs": epochs,
            "stop": None,
        }
    )


def loss_before(losses: Sequence[float]) -> float:
    """The mean of the first steps; where these explode already, no more than the first one allows."""
    first = losses[:FIRST_STEPS]
    return min(sum(first) / len(first), EXPLODED * first[0])


def _has_exploded(losses: list[float], smoothed: float, classes: int) -> bool:
    """Beyond what the net began with, and beyond what guessing costs."""
    if not math.isfinite(losses[-1]):
        return True
    began = max(loss_before(losses), math.log(classes))
    return len(losses) >= FIRST_STEPS and smoothed > EXPLODED * began


def few_to_validate(data: TrainingData) -> TrainingData:
    """The loop validates after each epoch; who asks only for steps need not wait for it."""
    seen = data.validation
    kept = [each[:_VALIDATED] for each in (seen.positions, seen.origins, seen.labels)]
    return replace(data, validation=Resident(seen.pixels, *kept))
