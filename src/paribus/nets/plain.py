"""Convolutions in a row, then fully connected layers: the reports' own kind of net."""

from torch import nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Plain

_POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


def build_plain(options: Plain, shape: Shape) -> nn.Module:
    layers: list[nn.Module] = []
    channels, height, width = shape.channels, shape.height, shape.width
    for filters in options.widths:
        layers += _convolution(options, channels, filters)
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
        layers.append(nn.AdaptiveAvgPool2d(1))
        height = width = 1
    return nn.Sequential(*layers, *_head(options, channels * height * width, shape.classes))


def _convolution(options: Plain, channels: int, filters: int) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Conv2d(channels, filters, options.kernel, padding="same")]
    if options.batch_norm:
        layers.append(nn.BatchNorm2d(filters))
    layers.append(nn.ReLU())
    if options.pooling != "none":
        layers.append(_POOLINGS[options.pooling](2))
    if options.dropout:
        layers.append(nn.Dropout2d(options.dropout))
    return layers


def _head(options: Plain, features: int, classes: int) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Flatten()]
    for width in options.fully_connected:
        layers += [nn.Linear(features, width), nn.ReLU()]
        if options.dropout:
            layers.append(nn.Dropout(options.dropout))
        features = width
    return [*layers, nn.Linear(features, classes)]
