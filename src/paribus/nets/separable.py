"""Depthwise separable convolutions in groups, behind filters of several sizes side by side.

A group ends with max pooling over 3x3 at stride 2, without padding: 32 pixels become 15, 7 and 3.
"""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Separable


class Parallel(nn.Module):
    """Convolutions of several kernel sizes on the same images; their maps are put one behind another."""

    def __init__(self, channels: int, filters: int, kernels: tuple[int, ...]) -> None:
        super().__init__()
        shares = [
            filters // len(kernels) + (number < filters % len(kernels)) for number in range(len(kernels))
        ]
        for number, (kernel, share) in enumerate(zip(kernels, shares, strict=True), start=1):
            self.add_module(f"branch{number}", nn.Conv2d(channels, share, kernel, padding=kernel // 2))

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([branch(images) for branch in self.children()], dim=1)


def build_separable(options: Separable, shape: Shape) -> nn.Module:
    _refuse_what_cannot_be(options, shape)
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, height, width = shape.channels, shape.height, shape.width
    for group, filters in enumerate(options.widths, start=1):
        for number in range(1, options.depth + 1):
            layers |= _layer(options, f"group{group}_{number}", channels, filters, is_first=not layers)
            channels = filters
        layers[f"group{group}_pool"] = nn.MaxPool2d(3, 2)
        if options.dropout:
            layers[f"group{group}_dropout"] = nn.Dropout2d(options.dropout)
        height, width = (height - 3) // 2 + 1, (width - 3) // 2 + 1
    layers |= {"flatten": nn.Flatten(), "last": nn.Linear(channels * height * width, shape.classes)}
    return nn.Sequential(layers)


def _layer(
    options: Separable, name: str, channels: int, filters: int, *, is_first: bool
) -> dict[str, nn.Module]:
    layers: dict[str, nn.Module]
    if is_first:
        layers = {f"{name}_parallel": Parallel(channels, filters, options.parallel)}
    else:
        padding = options.kernel // 2
        layers = {
            f"{name}_depthwise": nn.Conv2d(
                channels, channels, options.kernel, padding=padding, groups=channels
            ),
            f"{name}_pointwise": nn.Conv2d(channels, filters, 1),
        }
    if options.batch_norm:
        layers[f"{name}_norm"] = nn.BatchNorm2d(filters)
    return {**layers, f"{name}_relu": nn.ReLU()}


def _refuse_what_cannot_be(options: Separable, shape: Shape) -> None:
    if options.widths[0] < len(options.parallel):
        raise SpecError(
            f"net 'separable': {options.widths[0]} filters cannot be shared among {len(options.parallel)} "
            "parallel kernels. Set a greater first width, or fewer in parallel"
        )
    smallest = 2 ** (len(options.widths) + 1) - 1  # 3 for one group, then twice as much and one
    if min(shape.height, shape.width) < smallest:
        raise SpecError(
            f"net 'separable' with {len(options.widths)} groups takes images from {smallest} pixels a side; "
            f"these have {shape.width} x {shape.height}. Name fewer widths, or set data.resize"
        )
