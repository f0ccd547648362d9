"""A net for records of speed: a 2x2 stem, then groups of two wide 3x3 convolutions, pooled early.

What makes such nets learn within few epochs: pooling before the norm, GELU, norms that learn a shift only,
filters that at first pass on what they are given, and small logits.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Fast

_ACTIVATIONS: dict[str, type[nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU}


class PassingConv(nn.Conv2d):
    """Its first filters pass on the maps that they are given, one each; `initialising` reads that here."""

    first_weights = "identity"


class Residual(nn.Sequential):
    """What it is given, and what its layers make of that."""

    def forward(self, maps: Tensor) -> Tensor:
        inner = maps
        for layer in self:
            inner = layer(inner)
        return maps + inner


class GlobalMax(nn.Module):
    """The greatest value of each map: [batch, channels]."""

    def forward(self, maps: Tensor) -> Tensor:
        return maps.amax(dim=(2, 3))


class Scale(nn.Module):
    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, values: Tensor) -> Tensor:
        return values * self.factor

    def extra_repr(self) -> str:
        return f"{self.factor:g}"


def build_fast(options: Fast, shape: Shape) -> nn.Module:
    smallest = 2 ** len(options.widths) + 1
    if min(shape.height, shape.width) < smallest:
        raise SpecError(
            f"net 'fast' with {len(options.widths)} groups takes images from {smallest} pixels a side; "
            f"these have {shape.width} x {shape.height}. Name fewer widths, or set data.resize"
        )
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        stem=nn.Conv2d(shape.channels, options.stem, 2), stem_act=_ACTIVATIONS[options.activation]()
    )
    channels = options.stem
    for group, filters in enumerate(options.widths, start=1):
        layers |= _group(options, f"group{group}", channels, filters)
        channels = filters
    layers |= {"greatest": GlobalMax(), "scale": Scale(options.logit_scale)}  # before `last`: the same logits
    return nn.Sequential(layers | {"last": nn.Linear(channels, shape.classes, bias=False)})


def _group(options: Fast, name: str, channels: int, filters: int) -> dict[str, nn.Module]:
    activation = _ACTIVATIONS[options.activation]
    second = OrderedDict(
        conv=_conv(options, filters, filters), norm=_norm(options, filters), act=activation()
    )
    return {
        f"{name}_conv": _conv(options, channels, filters),
        f"{name}_pool": nn.MaxPool2d(2),
        f"{name}_norm": _norm(options, filters),
        f"{name}_act": activation(),
        f"{name}_second": (Residual if options.residual else nn.Sequential)(second),
    }


def _conv(options: Fast, channels: int, filters: int) -> nn.Module:
    kind = PassingConv if options.first_weights == "identity" else nn.Conv2d
    return kind(channels, filters, 3, padding=1, bias=False)


def _norm(options: Fast, filters: int) -> nn.Module:
    norm = nn.BatchNorm2d(filters)
    if not options.norm_scale:
        del norm.weight
        norm.register_buffer("weight", torch.ones(filters))
    return norm
