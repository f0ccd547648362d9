"""Which network, and how large."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from paribus.specs.architectures import MobileNetV2, Resnet, Vgg
from paribus.specs.base import Options, Sequence
from paribus.specs.tables import Entry, OneOf, UserOptions

Width = Annotated[int, Field(ge=1, le=65_536)]
Dropout = Annotated[float, Field(ge=0, lt=1)]


def _whole(given: Any) -> Any:
    """A Literal of numbers takes true for 1, and 3.0 for 3, however strict it is."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise PydanticKnownError("int_type")
    return given


Kernel = Annotated[Literal[1, 3, 5, 7], BeforeValidator(_whole)]


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
    """Convolutions in a row, each followed by ReLU and pooling, then fully connected layers."""

    name: Literal["plain"] = "plain"
    widths: Annotated[Sequence[Width], Field(min_length=1, max_length=32)] = (32, 64, 128)  # filters of each
    kernel: Kernel = 3  # pixels a side of each filter
    batch_norm: bool = False  # after each convolution
    dropout: Dropout = 0.0  # of whole channels after each convolution, and before each linear layer
    pooling: Literal["max", "average", "none"] = "max"  # by two, after each convolution
    global_pooling: bool = False  # the mean of each last map instead of all its pixels
    fully_connected: Sequence[Width] = ()  # widths of linear layers before the last one


NETS = {
    "lenet5": Entry(Lenet5, "paribus.nets.lenet5:build_lenet5"),
    "linear": Entry(Linear, "paribus.nets.linear:build_linear"),
    "mlp": Entry(Mlp, "paribus.nets.mlp:build_mlp"),
    "mobilenetv2": Entry(MobileNetV2, "paribus.nets.mobilenetv2:build_mobilenetv2"),
    "plain": Entry(Plain, "paribus.nets.plain:build_plain"),
    "resnet": Entry(Resnet, "paribus.nets.resnet:build_resnet"),
    "vgg": Entry(Vgg, "paribus.nets.vgg:build_vgg"),
}

NetSpec = Annotated[Options, OneOf("net", NETS, users=UserOptions)]
