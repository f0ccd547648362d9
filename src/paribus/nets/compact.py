"""Residual blocks of dense 3x3 convolutions: much accuracy from few parameters, quickly.

Depthwise convolutions need fewer multiplications yet, but processors do them at a small part of the pace: the
figures are in docs/nets.md.
"""

from collections import OrderedDict

from torch import Tensor, nn
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Compact


class Block(nn.Module):
    """Two convolutions, each with its norm, beside a shortcut; the block begins as its shortcut alone."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(filters)
        nn.init.zeros_(self.norm2.weight)
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut.add_module("pool", nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False))
        if channels != filters:
            self.shortcut.add_module("conv", nn.Conv2d(channels, filters, 1, bias=False))
            self.shortcut.add_module("norm", nn.BatchNorm2d(filters))

    def forward(self, maps: Tensor) -> Tensor:
        inner = functional.relu(self.norm1(self.conv1(maps)))
        return functional.relu(self.norm2(self.conv2(inner)) + self.shortcut(maps))


def build_compact(options: Compact, shape: Shape) -> nn.Module:
    smallest = 2 ** (len(options.widths) - 1)
    if min(shape.height, shape.width) < smallest:
        raise SpecError(
            f"net 'compact' with {len(options.widths)} groups takes images from {smallest} pixels a side; "
            f"these have {shape.width} x {shape.height}. Name fewer widths, or set data.resize"
        )
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        stem=nn.Conv2d(shape.channels, options.widths[0], 3, padding=1, bias=False),
        stem_norm=nn.BatchNorm2d(options.widths[0]),
        stem_relu=nn.ReLU(),
    )
    channels = options.widths[0]
    for group, filters in enumerate(options.widths, start=1):
        for number in range(1, options.depth + 1):
            stride = 2 if group > 1 and number == 1 else 1
            layers[f"group{group}_{number}"] = Block(channels, filters, stride)
            channels = filters
    layers |= {"mean": nn.AdaptiveAvgPool2d(1), "flatten": nn.Flatten()}
    if options.dropout:
        layers["last_dropout"] = nn.Dropout(options.dropout)
    return nn.Sequential(layers | {"last": nn.Linear(channels, shape.classes)})
