"""What training may do beside the plain step: another loss, an average of the weights."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Spec

Weight = Annotated[float, Field(gt=0, le=1e6)]


class LossSpec(Spec):
    """The loss that is trained on. Validation always tells plain cross-entropy, so that losses compare."""

    smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0  # share of each label given to all classes alike
    balanced: bool = False  # images of rare classes count for more, so that all classes count alike
    class_weights: dict[str, Weight] | None = None  # how much an image of a class counts, by its name; else 1

    @model_validator(mode="after")
    def _one_way_of_weighing(self) -> "LossSpec":
        if self.balanced and self.class_weights:
            raise PydanticCustomError(
                "two_weights",
                "classes are weighed by this table or balanced, not both; leave one away",
                {"key": "class_weights"},
            )
        return self


class AverageSpec(Spec):
    """An exponential average of the weights. It is what is judged and kept; training goes on without it."""

    decay: Annotated[float, Field(gt=0, lt=1)] = 0.999  # of the average, kept at each update; less at first
    every: Annotated[int, Field(ge=1)] = 1  # steps between updates
