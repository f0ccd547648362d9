"""Options of nets that others know: residual nets, VGG and MobileNetV2, in torchvision's names and shapes."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticKnownError

from paribus.specs.base import Options

Dropout = Annotated[float, Field(ge=0, lt=1)]
Factor = Annotated[float, Field(gt=0, le=16)]
Stem = Literal["small", "imagenet"]


def _whole(given: Any) -> Any:
    """A Literal of numbers takes true for 1, and 18.0 for 18, however strict it is."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise PydanticKnownError("int_type")
    return given


ResnetDepth = Annotated[Literal[18, 20, 32, 34, 44, 50, 56], BeforeValidator(_whole)]
VggDepth = Annotated[Literal[11, 13, 16, 19], BeforeValidator(_whole)]


class Resnet(Options):
    """Residual net of He et al.; 20 to 56 are the ones they made for CIFAR, 18 to 50 those for ImageNet."""

    name: Literal["resnet"] = "resnet"
    depth: ResnetDepth = 18  # layers, as they count
    stem: Stem = "small"  # small: 3x3 of stride 1; imagenet: 7x7 of stride 2, then max pooling by two
    width: Factor = 1.0  # factor on the filters of each layer
    dropout: Dropout = 0.0  # before the last layer


class Vgg(Options):
    """VGG: 3x3 convolutions in five groups, each halving the image; from 32 pixels a side."""

    name: Literal["vgg"] = "vgg"
    depth: VggDepth = 11  # layers, as they count
    batch_norm: bool = True  # after each convolution
    head: Literal["small", "imagenet"] = "small"  # one layer on the mean of each map, or three on 7x7 pixels
    dropout: Dropout = 0.5  # before the last layer; with the head "imagenet", before the last two


class MobileNetV2(Options):
    """MobileNetV2: inverted residuals of depthwise convolutions."""

    name: Literal["mobilenetv2"] = "mobilenetv2"
    width: Factor = 1.0  # factor on the filters of each layer, then rounded to a multiple of 8
    stem: Stem = "small"  # small: the first two halvings are left out, an eighth remains; imagenet: a 32nd
    dropout: Dropout = 0.2  # before the last layer
    padding: Literal["both", "after"] = "both"  # of what halves an image; after: right and bottom, if even
