"""Convolutions in a row, then fully connected layers: the reports' own kind of net."""

from collections import OrderedDict

from torch import nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Plain

_POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


def build_plain(options: Plain, shape: Shape) -> nn.Module:
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, height, width = shape.channels, shape.height, shape.width
    for number, filters in enumerate(options.widths, start=1):
        layers |= _convolution(options, number, channels, filters)
        channels = filters
        if options.pooling != "none":
            height, width = height // 2, width // 2
    if min(height, width) < 1:
        raise SpecError(
            f"net 'plain' with {len(options.widths)} widths halves the image as often; {shape.width} x "
            f"{shape.height} pixels allow {min(shape.height, shape.width).bit_length() - 1}. "
            'Name fewer widths, or set pooling = "none" or data.resize'
        )
    if options.global_pooling:
        layers["mean"] = nn.AdaptiveAvgPool2d(1)
        height = width = 1
    return nn.Sequential(layers | _head(options, channels * height * width, shape.classes))


def _convolution(options: Plain, number: int, channels: int, filters: int) -> dict[str, nn.Module]:
    layers: dict[str, nn.Module] = {}
    layers[f"conv{number}"] = nn.Conv2d(channels, filters, options.kernel, padding="same")
    if options.batch_norm:
        layers[f"conv{number}_norm"] = nn.BatchNorm2d(filters)
    layers[f"conv{number}_relu"] = nn.ReLU()
    if options.pooling != "none":
        layers[f"conv{number}_pool"] = _POOLINGS[options.pooling](2)
    if options.dropout:
        layers[f"conv{number}_dropout"] = nn.Dropout2d(options.dropout)
    return layers


def _head(options: Plain, features: int, classes: int) -> dict[str, nn.Module]:
    layers: dict[str, nn.Module] = {"flatten": nn.Flatten()}
    for number, width in enumerate(options.fully_connected, start=1):
        layers[f"linear{number}"] = nn.Linear(features, width)
        layers[f"linear{number}_relu"] = nn.ReLU()
        if options.dropout:
            layers[f"linear{number}_dropout"] = nn.Dropout(options.dropout)
        features = width
    return {**layers, "last": nn.Linear(features, classes)}
