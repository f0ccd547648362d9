"""Which network, and how large."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from paribus.specs.architectures import MobileNetV2, Resnet, Vgg
from paribus.specs.base import Options, Sequence
from paribus.specs.tables import Entry, OneOf, UserOptions
from paribus.specs.words import quoted
from paribus.specs.zoo import LIBRARIES, ZooOptions

T = TypeVar("T")

Width = Annotated[int, Field(ge=1, le=65_536)]
Widths = Annotated[Sequence[Width], Field(min_length=1, max_length=32)]
Dropout = Annotated[float, Field(ge=0, lt=1)]
Pooling = Literal["max", "average", "none"]
FirstWeights = Literal["identity", "uniform"]
Factor = Annotated[float, Field(gt=0, le=100)]
Padding = Literal["same", "none"]


def _whole(given: Any) -> Any:
    """A Literal of numbers takes true for 1, and 3.0 for 3, however strict it is."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise PydanticKnownError("int_type")
    return given


Kernel = Annotated[Literal[1, 3, 5, 7], BeforeValidator(_whole)]


@dataclass(frozen=True)
class EachOf:
    """The annotation of a setting of layers: one of the `allowed` values for all, or a list, one for each."""

    allowed: tuple[int | str, ...]

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        one = {"enum": list(self.allowed)}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": 32}]}

    def _check(self, given: Any) -> Any:
        if self._is_allowed(given):
            return given
        if isinstance(given, list | tuple) and given and all(map(self._is_allowed, given)):
            return tuple(given)
        allowed = ", ".join(quoted(value) for value in self.allowed)
        raise PydanticCustomError(
            "each",
            "given {given}; expected one of {allowed}, or a list of these, one for each layer",
            {"given": quoted(given), "allowed": allowed},
        )

    def _is_allowed(self, given: Any) -> bool:
        """True is no 1, and 3.0 no 3."""
        return any(given == value and type(given) is type(value) for value in self.allowed)


SideBySide = Annotated[Sequence[Kernel], Field(min_length=1, max_length=4)]
Kernels = Annotated[int | tuple[int, ...], EachOf((1, 3, 5, 7))]
Strides = Annotated[int | tuple[int, ...], EachOf((1, 2, 3, 4))]
Paddings = Annotated[Padding | tuple[Padding, ...], EachOf(("same", "none"))]
Poolings = Annotated[Pooling | tuple[Pooling, ...], EachOf(("max", "average", "none"))]


class Linear(Options):
    """One linear layer on the pixels: logistic regression."""

    name: Literal["linear"] = "linear"


class Mlp(Options):
    """Fully connected layers with ReLU between them."""

    name: Literal["mlp"] = "mlp"
    hidden: Annotated[Sequence[Width], Field(min_length=1)] = (512,)  # widths of all layers but the last
    batch_norm: bool = False  # before each ReLU
    dropout: Dropout = 0.0  # after each ReLU


class Lenet5(Options):
    """LeCun's net of 1998 with ReLU and max pooling; takes any size from 16 pixels a side."""

    name: Literal["lenet5"] = "lenet5"
    dropout: Dropout = 0.0  # before each linear layer but the first


class Plain(Options):
    """Convolutions in a row, each followed by ReLU and pooling, then fully connected layers.

    Kernel, stride, padding and pooling may each be a list, with one value for each convolution.
    """

    name: Literal["plain"] = "plain"
    widths: Widths = (32, 64, 128)  # filters of each convolution
    kernel: Kernels = 3  # pixels a side of each filter
    stride: Strides = 1  # pixels from one place of a filter to the next
    padding: Paddings = "same"  # around the image, as much as keeps its size at stride 1, or none
    pooling: Poolings = "max"  # after each convolution
    pooling_window: Annotated[int, Field(ge=2, le=8)] = 2  # pixels a side of what is pooled into one
    pooling_stride: Annotated[int, Field(ge=1, le=8)] | None = None  # false: as wide as the window
    batch_norm: bool = False  # after each convolution
    dropout: Dropout = 0.0  # of whole channels after each convolution, and after each fully connected layer
    dropout_in: Literal["all", "convolutions", "linear", "last"] = "all"  # last: before the last layer only
    global_pooling: bool = False  # the mean of each last map instead of all its pixels
    fully_connected: Sequence[Width] = ()  # widths of linear layers before the last one

    @model_validator(mode="after")
    def _lists_fit_the_widths(self) -> "Plain":
        for key in ("kernel", "stride", "padding", "pooling"):
            given = getattr(self, key)
            if isinstance(given, tuple) and len(given) != len(self.widths):
                raise PydanticCustomError(
                    "each",
                    "holds {count} values for {widths} widths; expected one value, or one for each width",
                    {"key": key, "count": len(given), "widths": len(self.widths)},
                )
        return self

    def each(self, setting: T | tuple[T, ...]) -> tuple[T, ...]:
        """One value for each convolution."""
        return setting if isinstance(setting, tuple) else (setting,) * len(self.widths)


class Separable(Options):
    """Depthwise separable convolutions in groups, behind parallel kernel sizes: for few parameters."""

    name: Literal["separable"] = "separable"
    widths: Widths = (48, 128, 196)  # channels of each group
    depth: Annotated[int, Field(ge=1, le=16)] = 2  # layers of each group
    kernel: Kernel = 5  # pixels a side of each filter, but for the first layer's
    parallel: SideBySide = (1, 3, 5, 7)  # those of the first layer, side by side
    batch_norm: bool = False  # after each layer
    dropout: Dropout = 0.05  # of whole channels after each group


class Compact(Options):
    """Residual blocks of dense 3x3 convolutions: the most accurate one here under 150,000 parameters."""

    name: Literal["compact"] = "compact"
    widths: Widths = (16, 32, 56)  # channels of each group; each but the first halves the image
    depth: Annotated[int, Field(ge=1, le=16)] = 2  # residual blocks of two convolutions in each group
    dropout: Dropout = 0.0  # before the last layer


class Fast(Options):
    """Six convolutions after a 2x2 stem: the most accuracy for minutes of training on small images."""

    name: Literal["fast"] = "fast"
    stem: Width = 24  # filters of the first convolution, 2x2 without padding
    widths: Widths = (64, 256, 256)  # channels of each group of two convolutions; each halves the image
    activation: Literal["gelu", "relu"] = "gelu"  # after each convolution
    residual: bool = False  # each group's second convolution adds to what it is given
    norm_scale: bool = False  # whether norms learn a scale beside their shift
    first_weights: FirstWeights = "identity"  # identity: the first filters begin by passing on their maps
    logit_scale: Factor = 1 / 9  # of what enters the last layer, and so of the logits


NETS = {
    "compact": Entry(Compact, "paribus.nets.compact:build_compact"),
    "fast": Entry(Fast, "paribus.nets.fast:build_fast"),
    "lenet5": Entry(Lenet5, "paribus.nets.lenet5:build_lenet5"),
    "linear": Entry(Linear, "paribus.nets.linear:build_linear", layout="contiguous"),
    "mlp": Entry(Mlp, "paribus.nets.mlp:build_mlp", layout="contiguous"),
    "mobilenetv2": Entry(MobileNetV2, "paribus.nets.mobilenetv2:build_mobilenetv2"),
    "plain": Entry(Plain, "paribus.nets.plain:build_plain"),
    "resnet": Entry(Resnet, "paribus.nets.resnet:build_resnet"),
    "separable": Entry(Separable, "paribus.nets.separable:build_separable"),
    "vgg": Entry(Vgg, "paribus.nets.vgg:build_vgg"),
}

NetSpec = Annotated[
    Options, OneOf("net", NETS, users=UserOptions, libraries=dict.fromkeys(LIBRARIES, ZooOptions))
]
