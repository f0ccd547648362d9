"""How the rate of moving changes over a run."""

import itertools
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Options, Sequence
from paribus.specs.tables import Entry, OneOf

Share = Annotated[float, Field(ge=0, le=1)]
Gamma = Annotated[float, Field(gt=0, lt=1)]
Span = Annotated[float, Field(gt=0)]  # below 1 a share of all steps, from 1 up a number of epochs
Milestones = Annotated[Sequence[Span], Field(min_length=1)]


class ScheduleOptions(Options):
    """What every schedule has. A schedule is a factor on `optimizer.lr`, a function of the step."""

    warmup: Annotated[float, Field(ge=0)] = 0.0  # share of all steps, or epochs from 1; not with one-cycle


class Constant(ScheduleOptions):
    """The rate as it is."""

    name: Literal["constant"] = "constant"


class Linear(ScheduleOptions):
    """Down along a line to `final` times the rate."""

    name: Literal["linear"] = "linear"
    final: Share = 0.0  # the last factor


class Cosine(ScheduleOptions):
    """Down along half a cosine to `final` times the rate."""

    name: Literal["cosine"] = "cosine"
    final: Share = 0.0  # the last factor


class Step(ScheduleOptions):
    """Down to `gamma` times as much, again and again."""

    name: Literal["step"] = "step"
    every: Span = 0.3  # below 1: share of all steps; from 1: epochs
    gamma: Gamma = 0.1  # what the rate is multiplied by each time


class MultiStep(ScheduleOptions):
    """Down to `gamma` times as much at each milestone."""

    name: Literal["multi-step"] = "multi-step"
    milestones: Milestones = (0.5, 0.75)  # below 1 shares of all steps, from 1 epochs
    gamma: Gamma = 0.1  # what the rate is multiplied by at each

    @field_validator("milestones")
    @classmethod
    def _they_rise(cls, given: tuple[float, ...]) -> tuple[float, ...]:
        if any(one >= following for one, following in itertools.pairwise(given)):
            raise PydanticCustomError("rising", "each milestone must lie beyond the one before")
        if given[0] < 1 <= given[-1]:
            raise PydanticCustomError(
                "mixed", "all milestones are shares, below 1, or all are epochs, from 1"
            )
        return given


class OneCycle(ScheduleOptions):
    """Up along half a cosine from rate / `start_divisor`, then down to that / `final_divisor`."""

    name: Literal["one-cycle"] = "one-cycle"
    peak: Annotated[float, Field(gt=0, lt=1)] = 0.3  # share of all steps at which the rate is reached
    start_divisor: Annotated[float, Field(ge=1)] = 25.0  # how many times less than the rate it starts
    final_divisor: Annotated[float, Field(ge=1)] = 1e4  # how many times less than that it ends


class Plateau(ScheduleOptions):
    """Down to `gamma` times as much whenever validation has not become better for `patience` epochs."""

    name: Literal["plateau"] = "plateau"
    patience: Annotated[int, Field(ge=1)] = 5  # epochs without a better one before the rate falls
    gamma: Gamma = 0.1  # what the rate is multiplied by then
    least: Share = 0.0  # the factor never falls below this
    watch: Literal["accuracy", "loss"] = "accuracy"  # what of validation becomes better


SCHEDULES = {
    "constant": Entry(Constant, "paribus.schedules:constant"),
    "cosine": Entry(Cosine, "paribus.schedules:cosine"),
    "linear": Entry(Linear, "paribus.schedules:linear"),
    "multi-step": Entry(MultiStep, "paribus.schedules:multi_step"),
    "one-cycle": Entry(OneCycle, "paribus.schedules:one_cycle"),
    "plateau": Entry(Plateau, "paribus.schedules:plateau"),
    "step": Entry(Step, "paribus.schedules:step"),
}

ScheduleSpec = Annotated[ScheduleOptions, OneOf("schedule", SCHEDULES, default="constant")]
