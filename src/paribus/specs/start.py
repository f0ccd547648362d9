"""Where a run's first weights come from when they are not drawn: another run, or a file."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from paribus.specs.base import Sequence, Spec, is_new
from paribus.specs.words import quoted

PARENTS = ("stage", "run", "weights")  # one of them is named


def _is_fingerprint(given: Any) -> Any:
    if isinstance(given, str) and not re.fullmatch("[0-9a-f]{6,64}", given):
        raise PydanticCustomError(
            "fingerprint",
            "given {given}; expected how a run's fingerprint begins: 6 to 64 of 0-9 and a-f",
            {"given": quoted(given)},
        )
    return given


Fingerprint = Annotated[str, BeforeValidator(_is_fingerprint)]
Factor = Annotated[float, Field(gt=0, le=1e6)]
Channels = Annotated[Sequence[Annotated[float, Field(ge=0, le=1)]], Field(min_length=1, max_length=4)]


def _is_table(given: Any) -> str:
    """Marked, so that a message can tell it from a key of the file."""
    return "<table>" if isinstance(given, dict | BaseModel) else "<word>"


def _false_is_none(given: Any) -> Any:
    return () if given is False else given


def _one_is_a_list(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


Name = Annotated[str, Field(min_length=1)]
Factors = Annotated[
    Annotated[Factor, Tag("<word>")] | Annotated[dict[str, Factor], Field(min_length=1), Tag("<table>")],
    Discriminator(_is_table),
]
Patterns = Annotated[
    Sequence[str],
    Field(min_length=1),
    BeforeValidator(_one_is_a_list, json_schema_input_type=str | Sequence[str]),
]

_Widths = Sequence[Annotated[int, Field(ge=1, le=65_536)]]
Hidden = Annotated[_Widths, BeforeValidator(_false_is_none, json_schema_input_type=_Widths | Literal[False])]


class StartSpec(Spec):
    """First weights that were trained before, which of them are trained on, and how fast."""

    stage: Name | None = None  # a stage of this study: the run of the same seed
    run: Fingerprint | None = None  # one of this ledger: how its fingerprint begins
    weights: Name | None = None  # a file (.safetensors, .pth), or a name that the net's makers gave: imagenet
    epoch: Literal["auto", "last", "best"] = "auto"  # whose weights; auto: best where it stopped early
    head: Literal["auto", "new", "keep", "map"] = (
        "auto"  # auto: kept where the classes are the same, else new
    )
    hidden: Hidden = ()  # widths of new layers before the last one
    train: Patterns = ("all",)  # "all", "head", "last:3" layers, or patterns of parameters' names
    norms: Literal["frozen", "updated"] = "frozen"  # statistics of batch norms in layers that are not trained
    lr_scale: Factors = 1.0  # factor on the rate of what is not new, or by pattern of name

    @field_validator("train")
    @classmethod
    def _one_word_or_patterns(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        words = [word for word in given if word in {"all", "head"} or word.startswith("last:")]
        if words and len(given) > 1:
            raise PydanticCustomError(
                "train", "'{word}' says it all; name it alone, or patterns only", {"word": words[0]}
            )
        if given[0].startswith("last:") and not re.fullmatch(r"last:[1-9]\d{0,3}", given[0]):
            raise PydanticCustomError(
                "train",
                "given {given}; expected last:k with k layers from 1, such as last:3",
                {"given": quoted(given[0])},
            )
        return given

    @model_validator(mode="after")
    def _one_parent(self, info: ValidationInfo) -> "StartSpec":
        named = [f"{key} = {quoted(getattr(self, key))}" for key in PARENTS if getattr(self, key) is not None]
        if len(named) != 1:
            given = " and ".join(named) if named else "none"
            raise PydanticCustomError(
                "parent",
                "names {given}; expected one of: stage, run, weights (false takes one away again)",
                {"given": given},
            )
        if is_new(info) and self.weights is not None and self.epoch != "auto":
            raise PydanticCustomError(
                "epoch",
                "given {given} beside weights; a file has the weights of one epoch, so leave it out",
                {"key": "epoch", "given": quoted(self.epoch)},
            )
        if self.hidden and self.head not in {"auto", "new"}:
            raise PydanticCustomError(
                "hidden",
                "new layers before the last one make the head new; set head = 'new'",
                {"key": "hidden"},
            )
        return self

    @property
    def parent(self) -> tuple[str, str]:
        """What kind of thing it starts from, and its name."""
        return next((kind, name) for kind in PARENTS if (name := getattr(self, kind)) is not None)


class NormaliseSpec(Spec):
    """A stated normalisation, of values from 0 to 1."""

    mean: Channels  # by channel, taken away first
    deviation: Annotated[
        Sequence[Annotated[float, Field(gt=0, le=1)]], Field(min_length=1, max_length=4)
    ]  # by channel, divided by

    @model_validator(mode="after")
    def _of_the_same_channels(self) -> "NormaliseSpec":
        if len(self.mean) != len(self.deviation):
            raise PydanticCustomError(
                "channels",
                "given {mean} means and {deviation} deviations; expected one of each for a channel",
                {"mean": len(self.mean), "deviation": len(self.deviation)},
            )
        return self


def _is_word(given: Any) -> Any:
    if given is True or given is False or given == "train":
        return given
    raise PydanticCustomError(
        "normalise",
        "given {given}; expected true, false, 'train', or a table such as "
        "{ mean = [0.5, 0.5, 0.5], deviation = [0.5, 0.5, 0.5] }",
        {"given": quoted(given)},
    )


Normalise = Annotated[
    Annotated[bool | Literal["train"], BeforeValidator(_is_word), Tag("<word>")]
    | Annotated[NormaliseSpec, Tag("<table>")],
    Discriminator(_is_table),
]
