"""The recipe: everything that determines one training run."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.augments import AugmentSpec
from paribus.specs.base import Sequence, Spec
from paribus.specs.datasets import DataSpec
from paribus.specs.nets import NETS, NetSpec
from paribus.specs.optimizers import Adam, OptimizerSpec
from paribus.specs.schedules import Constant, OneCycle, ScheduleSpec
from paribus.specs.start import Normalise, StartSpec
from paribus.specs.tables import Layout
from paribus.specs.training import AverageSpec, LossSpec, Pieces

Stream = Literal["split", "weights", "order", "augment", "dropout"]
Epoch = Literal["last", "best"]
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
    normalise: Normalise = True
    test_time_flip: bool = False  # an image's scores are the mean of its own and its mirror image's
    divergence_loss: Annotated[float, Field(gt=0)] = 1e4  # a batch loss above this ends the run
    loss: LossSpec = LossSpec()
    average: AverageSpec | None = None  # true or a table: an average of the weights is judged and kept
    precision: Literal["fp32", "bf16"] = "fp32"  # in which the net computes; its weights are fp32 in any case
    layout: Literal["auto", "channels-last", "contiguous"] = (
        "auto"  # auto: the one in which the net is faster
    )
    pieces: Pieces = "auto"  # in which a batch is learned
    compile: bool = False  # the net goes through torch.compile
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

    @field_validator("average", mode="before", json_schema_input_type=Literal[True] | AverageSpec | None)
    @classmethod
    def _true_means_the_usual_average(cls, given: Any) -> Any:
        return AverageSpec() if given is True else given

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
        if self.schedule.warmup >= self.epochs and self.schedule.warmup >= 1:
            raise PydanticCustomError(
                "long_warmup",
                "{warmup} epochs of warm-up leave none of {epochs}; give fewer, or a share below 1",
                {"key": "schedule.warmup", "warmup": f"{self.schedule.warmup:g}", "epochs": self.epochs},
            )
        names = [operation.name for operation in self.augment]
        for name in names:
            if names.count(name) > 1:
                raise PydanticCustomError(
                    "twice", "'{name}' is listed twice", {"key": "augment", "name": name}
                )
        return self

    @property
    def memory_layout(self) -> Layout:
        """What `layout` comes to: as stated, or as the net's line in the table has it."""
        if self.layout != "auto":
            return self.layout
        return NETS[self.net.name].layout if self.net.name in NETS else "channels-last"

    def starting_from(self, epoch: Epoch) -> "RecipeSpec":
        """With the epoch said that `start.epoch` = auto comes to: one start has one identity."""
        assert self.start is not None, "a run from drawn weights starts from nothing"
        if self.start.epoch != "auto":
            return self
        return self.model_copy(update={"start": self.start.model_copy(update={"epoch": epoch})})

    def seed_of(self, stream: Stream) -> int:
        """The seed of one stream of randomness: the run's, or 0 where the stream is held."""
        return self.seed if stream in self.randomise else 0


def scored_epoch(recipe: RecipeSpec | Mapping[str, Any]) -> Epoch:
    """Whose weights speak for a run: the best epoch's where it stopped early, else the last one's."""
    stop = recipe.stop if isinstance(recipe, RecipeSpec) else recipe.get("stop")
    return "best" if stop else "last"
