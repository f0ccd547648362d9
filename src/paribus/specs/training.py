"""What training may do beside the plain step: another loss, an average of the weights."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from paribus.errors import SpecError
from paribus.specs.base import Spec
from paribus.specs.words import did_you_mean, known, quoted

Weight = Annotated[float, Field(gt=0, le=1e6)]


def _a_number_or_a_word(given: Any) -> Any:
    """One message, where a union would have one for each kind that would do."""
    if given in ("auto", "allowed") or (
        isinstance(given, int) and given >= 1 and not isinstance(given, bool)
    ):
        return given
    raise PydanticCustomError(
        "pieces",
        "given {given}; expected 'auto', 'allowed' or a whole number from 1 up",
        {"given": quoted(given)},
    )


# auto: one, and more where memory runs out, unless batch norm forbids it; allowed: even then
Pieces = Annotated[
    Literal["auto", "allowed"] | Annotated[int, Field(ge=1)], BeforeValidator(_a_number_or_a_word)
]


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

    def refuse_unknown(self, classes: Collection[str]) -> None:
        """Raises SpecError for a weight of a class that the images do not have."""
        for name in set(self.class_weights or {}) - set(classes):
            raise SpecError(
                f"loss.class_weights: no class {quoted(name)}; {known(classes)}.{did_you_mean(name, classes)}"
            )


class AverageSpec(Spec):
    """An exponential average of the weights. It is what is judged and kept; training goes on without it."""

    decay: Annotated[float, Field(gt=0, lt=1)] = 0.999  # of the average, kept at each update; less at first
    every: Annotated[int, Field(ge=1)] = 1  # steps between updates
