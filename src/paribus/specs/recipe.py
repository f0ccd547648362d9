"""The recipe: everything that determines one training run."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.augments import AugmentSpec
from paribus.specs.base import Sequence, Spec
from paribus.specs.datasets import DataSpec
from paribus.specs.nets import NetSpec
from paribus.specs.optimizers import Adam, Constant, OneCycle, OptimizerSpec, ScheduleSpec
from paribus.specs.start import NormaliseSpec, StartSpec

Stream = Literal["split", "weights", "order", "augment", "dropout"]
STREAMS: tuple[Stream, ...] = ("split", "weights", "order", "augment", "dropout")


class StopSpec(Spec):
    """Early stopping: end when validation has not become better for `patience` epochs."""

    patience: Annotated[int, Field(ge=1)] = 10
    watch: Literal["accuracy", "loss"] = "accuracy"


class RecipeSpec(Spec):
    data: DataSpec
    net: NetSpec
    augment: Sequence[AugmentSpec] = ()
    start: StartSpec | None = None  # where first weights come from that are not drawn
    optimizer: OptimizerSpec = Adam()
    schedule: ScheduleSpec = Constant()
    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 128
    epochs: Annotated[int, Field(ge=1, le=100_000)] = 10
    stop: StopSpec | None = None
    # per channel. true: as the weights that it starts from were trained, else as "train": by the mean and the
    # deviation of the whole train split
    normalise: bool | Literal["train"] | NormaliseSpec = True
    test_time_flip: bool = False  # an image's scores are the mean of its own and its mirror image's
    divergence_loss: Annotated[float, Field(gt=0)] = 1e4  # a batch loss above this ends the run
    precision: Literal["fp32"] = "fp32"
    layout: Literal["channels-last", "contiguous"] = "channels-last"
    randomise: Annotated[Sequence[Stream], Field(min_length=1)] = (
        STREAMS  # what the seed varies; the rest is held at seed 0
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

    @field_validator("augment", mode="before", json_schema_input_type=Literal[False] | Sequence[AugmentSpec])
    @classmethod
    def _false_means_no_operation(cls, given: Any) -> Any:
        return () if given is False else given

    @field_validator("stop", mode="before", json_schema_input_type=Literal[True] | StopSpec | None)
    @classmethod
    def _true_means_the_defaults(cls, given: Any) -> Any:
        return StopSpec() if given is True else given

    @field_validator("randomise")
    @classmethod
    def _in_one_order(cls, given: tuple[Stream, ...]) -> tuple[Stream, ...]:
        return tuple(stream for stream in STREAMS if stream in given)

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> "RecipeSpec":
        if isinstance(self.schedule, OneCycle) and self.schedule.warmup:
            raise PydanticCustomError(
                "two_warmups",
                "one-cycle warms up by itself until 'peak'; leave schedule.warmup at 0",
                {"key": "schedule.warmup"},
            )
        names = [operation.name for operation in self.augment]
        for name in names:
            if names.count(name) > 1:
                raise PydanticCustomError(
                    "twice", "'{name}' is listed twice", {"key": "augment", "name": name}
                )
        return self

    def seed_of(self, stream: Stream) -> int:
        """The seed of one stream of randomness: the run's, or 0 where the stream is held."""
        return self.seed if stream in self.randomise else 0
