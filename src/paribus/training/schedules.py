"""Schedules: pure functions of the step. Each gives the factor on the optimizer's rate."""

import math

from paribus.specs import SCHEDULES, ScheduleOptions, builder_of
from paribus.specs.optimizers import Constant, Cosine, OneCycle


def rate_factor(options: ScheduleOptions, step: int, steps: int) -> float:
    """The factor at `step` of `steps`, the warm-up included."""
    warmup_steps = round(options.warmup * steps)
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = (step - warmup_steps) / max(steps - warmup_steps - 1, 1)
    factor = builder_of(SCHEDULES, options)(options, min(progress, 1.0))
    return float(factor)


def constant(_options: Constant, _progress: float) -> float:
    return 1.0


def cosine(options: Cosine, progress: float) -> float:
    return _between(1.0, options.final, progress)


def one_cycle(options: OneCycle, progress: float) -> float:
    first = 1 / options.start_divisor
    if progress < options.peak:
        return _between(first, 1.0, progress / options.peak)
    return _between(1.0, first / options.final_divisor, (progress - options.peak) / (1 - options.peak))


def _between(start: float, end: float, progress: float) -> float:
    """Along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * progress)) / 2
