"""The rate at each step: pure functions of where a run stands. Without torch, for pictures of them.

Each schedule makes, for one epoch of one run, the function step -> factor on the optimizer's rate.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from paribus.specs.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Linear,
    MultiStep,
    OneCycle,
    Plateau,
    ScheduleOptions,
    Step,
)
from paribus.specs.tables import builder_of

Factor = Callable[[int], float]  # of the step, counted from 0 over the whole run


def steps_per_epoch(images: int, batch_size: int) -> int:
    """A short last batch is kept; a single image joins the batch before."""
    full, rest = divmod(images, batch_size)
    return max(full + (rest > 1), 1)


class Validated(Protocol):
    """What a schedule may know of an epoch that is over."""

    @property
    def validation_accuracy(self) -> float: ...
    @property
    def validation_loss(self) -> float: ...


@dataclass(frozen=True)
class Course:
    """How long a run is, and what it has seen of itself."""

    steps: int  # of the whole run
    epochs: int
    history: Sequence[Validated] = ()  # the epochs that are over
    warmup: int = 0  # steps

    def steps_of(self, span: float) -> int:
        """Of a share of the run, below 1, or of a number of epochs, from 1 up."""
        return round(span * self.steps if span < 1 else span * self.steps / self.epochs)

    def progress(self, step: int) -> float:
        """From 0 at the first step after the warm-up to 1 at the last of all."""
        return min((step - self.warmup) / max(self.steps - self.warmup - 1, 1), 1.0)


def rate_factors(options: ScheduleOptions, course: Course) -> Factor:
    """The factor at each step, as far as the next epoch's end; the warm-up included."""
    warmup = course.steps_of(options.warmup)
    course = Course(course.steps, course.epochs, course.history, warmup)
    factor: Factor = builder_of(SCHEDULES, options)(options, course)
    return lambda step: (step + 1) / warmup if step < warmup else factor(step)


def constant(_options: Constant, _course: Course) -> Factor:
    return lambda _step: 1.0


def linear(options: Linear, course: Course) -> Factor:
    return lambda step: 1.0 + (options.final - 1.0) * course.progress(step)


def cosine(options: Cosine, course: Course) -> Factor:
    return lambda step: _between(1.0, options.final, course.progress(step))


def step(options: Step, course: Course) -> Factor:
    """Counted from the run's first step, the warm-up included."""
    every = max(course.steps_of(options.every), 1)
    return lambda step: options.gamma ** (step // every)


def multi_step(options: MultiStep, course: Course) -> Factor:
    milestones = [course.steps_of(milestone) for milestone in options.milestones]
    return lambda step: options.gamma ** sum(step >= milestone for milestone in milestones)


def one_cycle(options: OneCycle, course: Course) -> Factor:
    first, peak = 1 / options.start_divisor, options.peak
    last = first / options.final_divisor

    def factor(step: int) -> float:
        progress = course.progress(step)
        if progress < peak:
            return _between(first, 1.0, progress / peak)
        return _between(1.0, last, (progress - peak) / (1 - peak))

    return factor


def plateau(options: Plateau, course: Course) -> Factor:
    """Read off the history, so that a run that was interrupted has it too."""
    factor, best, waited = 1.0, -math.inf, 0
    for epoch in course.history:
        found = epoch.validation_accuracy if options.watch == "accuracy" else -epoch.validation_loss
        best, waited = (found, 0) if found > best else (best, waited + 1)
        if waited == options.patience:
            factor, waited = max(factor * options.gamma, options.least), 0
    return lambda _step: factor


def _between(start: float, end: float, progress: float) -> float:
    """Along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
