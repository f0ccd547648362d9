"""How weights move."""

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Options
from paribus.specs.tables import Entry, OneOf

Rate = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
BelowOne = Annotated[float, Field(ge=0, lt=1)]


class OptimizerOptions(Options):
    """What every optimizer has."""

    lr: Rate = 1e-3  # the rate, before the schedule's factor
    weight_decay: NotNegative = 0.0  # how strongly weights are pulled towards 0
    decay: Literal["all", "weights"] = "all"  # what is pulled: every parameter, or none of norms and biases
    clip: Rate | None = None  # the longest gradient over all weights; a longer one is shortened to it
    rates: dict[str, Rate] | None = None  # factors on the rate by patterns of names: { "last.*" = 10 }


class Sgd(OptimizerOptions):
    """Stochastic gradient descent."""

    name: Literal["sgd"] = "sgd"
    lr: Rate = 0.1
    momentum: BelowOne = 0.9  # share of the last step that is kept
    nesterov: bool = False  # look ahead along the momentum; needs some

    @model_validator(mode="after")
    def _looking_ahead_needs_momentum(self) -> "Sgd":
        if self.nesterov and not self.momentum:
            raise PydanticCustomError(
                "no_momentum",
                "true looks ahead along the momentum, and momentum is 0; give some, such as 0.9, or leave "
                "nesterov away",
                {"key": "nesterov"},
            )
        return self


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


class RmsProp(OptimizerOptions):
    """Gradients divided by the root of their mean square."""

    name: Literal["rmsprop"] = "rmsprop"
    memory: BelowOne = 0.99  # of the gradient's square
    momentum: BelowOne = 0.0  # share of the last step that is kept
    centred: bool = False  # divide by the deviation, the mean taken away
    epsilon: Rate = 1e-8  # added to the divisor


class Lion(OptimizerOptions):
    """The sign of a mean of gradients; rates a third to a tenth of Adam's, weight decay as much more."""

    name: Literal["lion"] = "lion"
    lr: Rate = 1e-4
    beta1: BelowOne = 0.9  # memory in the direction of a step
    beta2: BelowOne = 0.99  # memory from step to step


class Muon(OptimizerOptions):
    """Momentum made orthogonal, for the weights between the first and the last layer."""

    name: Literal["muon"] = "muon"
    lr: Rate = 0.02
    momentum: BelowOne = 0.95  # share of the last step that is kept; it looks ahead along it
    iterations: Annotated[int, Field(ge=1, le=20)] = 5  # of Newton-Schulz: more are nearer to orthogonal
    rest: Literal["adamw", "sgd"] = "adamw"  # moves the first layer, the last, norms and biases
    rest_lr: Rate = 1e-3  # its rate


OPTIMIZERS = {
    "adam": Entry(Adam, "paribus.training.optimizers:build_adam"),
    "adamw": Entry(AdamW, "paribus.training.optimizers:build_adamw"),
    "lion": Entry(Lion, "paribus.training.lion:build_lion"),
    "muon": Entry(Muon, "paribus.training.muon:build_muon"),
    "rmsprop": Entry(RmsProp, "paribus.training.optimizers:build_rmsprop"),
    "sgd": Entry(Sgd, "paribus.training.optimizers:build_sgd"),
}

OptimizerSpec = Annotated[OptimizerOptions, OneOf("optimizer", OPTIMIZERS, default="adam")]
