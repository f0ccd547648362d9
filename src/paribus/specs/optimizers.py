"""How weights move, and how the rate of moving changes over a run."""

from typing import Annotated, Literal

from pydantic import Field

from paribus.specs.base import Options
from paribus.specs.tables import Entry, OneOf

Rate = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]


class OptimizerOptions(Options):
    """What every optimizer has."""

    lr: Rate = 1e-3  # the rate, before the schedule's factor
    weight_decay: NotNegative = 0.0  # how strongly weights are pulled towards 0


class Sgd(OptimizerOptions):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: Rate = 0.1
    momentum: BelowOne = 0.9  # share of the last step that is kept
    nesterov: bool = False  # look ahead along the momentum; needs some


class AdamOptions(OptimizerOptions):
    """What both Adams have."""

    beta1: BelowOne = 0.9  # memory of the gradient's mean
    beta2: BelowOne = 0.999  # memory of the gradient's square
    epsilon: Rate = 1e-8  # added to the divisor


class Adam(AdamOptions):
    """Adam; weight decay is added to the gradient."""

    name: Literal["adam"] = "adam"


class AdamW(AdamOptions):
    """Adam with decoupled weight decay."""

    name: Literal["adamw"] = "adamw"
    weight_decay: NotNegative = 0.01


OPTIMIZERS = {
    "adam": Entry(Adam, "paribus.training.optimizers:build_adam"),
    "adamw": Entry(AdamW, "paribus.training.optimizers:build_adamw"),
    "sgd": Entry(Sgd, "paribus.training.optimizers:build_sgd"),
}

OptimizerSpec = Annotated[OptimizerOptions, OneOf("optimizer", OPTIMIZERS, default="adam")]


class ScheduleOptions(Options):
    """What every schedule has. A schedule is a factor on `optimizer.lr`, a function of the step."""

    warmup: Annotated[float, Field(ge=0, lt=1)] = 0.0  # share of steps, up to the rate; not with one-cycle


class Constant(ScheduleOptions):
    """The rate as it is."""

    name: Literal["constant"] = "constant"


class Cosine(ScheduleOptions):
    """Down along half a cosine to `final` times the rate."""

    name: Literal["cosine"] = "cosine"
    final: Annotated[float, Field(ge=0, le=1)] = 0.0  # the last factor


class OneCycle(ScheduleOptions):
    """Up along half a cosine from rate / `start_divisor`, then down to that / `final_divisor`."""

    name: Literal["one-cycle"] = "one-cycle"
    peak: Annotated[float, Field(gt=0, lt=1)] = 0.3  # share of all steps at which the rate is reached
    start_divisor: Annotated[float, Field(ge=1)] = 25.0  # how many times less than the rate it starts
    final_divisor: Annotated[float, Field(ge=1)] = 1e4  # how many times less than that it ends


SCHEDULES = {
    "constant": Entry(Constant, "paribus.training.schedules:constant"),
    "cosine": Entry(Cosine, "paribus.training.schedules:cosine"),
    "one-cycle": Entry(OneCycle, "paribus.training.schedules:one_cycle"),
}

ScheduleSpec = Annotated[ScheduleOptions, OneOf("schedule", SCHEDULES, default="constant")]
