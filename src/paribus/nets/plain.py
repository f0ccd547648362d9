"""Convolutions in a row, then fully connected layers: the reports' own kind of net."""

from collections import OrderedDict
from dataclasses import dataclass

from torch import nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Plain

_POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


@dataclass(frozen=True)
class _Convolution:
    """One convolution and what follows it. `number` counts from 1."""

    number: int
    channels: int
    filters: int
    kernel: int
    stride: int
    padding: int
    pooling: str


def build_plain(options: Plain, shape: Shape) -> nn.Module:
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels, sides = shape.channels, (shape.height, shape.width)
    for convolution in _convolutions(options, shape):
        layers |= _layers(options, convolution)
        channels, sides = convolution.filters, _sides_after(options, convolution, sides, shape)
    if options.global_pooling:
        layers["mean"] = nn.AdaptiveAvgPool2d(1)
        sides = (1, 1)
    return nn.Sequential(layers | _head(options, channels * sides[0] * sides[1], shape.classes))


def _convolutions(options: Plain, shape: Shape) -> list[_Convolution]:
    kernels, paddings = options.each(options.kernel), options.each(options.padding)
    return [
        _Convolution(
            number=position + 1,
            channels=options.widths[position - 1] if position else shape.channels,
            filters=filters,
            kernel=kernels[position],
            stride=options.each(options.stride)[position],
            padding=kernels[position] // 2 if paddings[position] == "same" else 0,
            pooling=options.each(options.pooling)[position],
        )
        for position, filters in enumerate(options.widths)
    ]


def _sides_after(
    options: Plain, convolution: _Convolution, sides: tuple[int, int], shape: Shape
) -> tuple[int, int]:
    """Height and width behind the convolution and its pooling; refused where nothing is left of them."""
    kernel, stride, padding = convolution.kernel, convolution.stride, convolution.padding
    found = [(side + 2 * padding - kernel) // stride + 1 for side in sides]
    if min(found) < 1:
        raise _too_small(f"convolution {convolution.number} ({kernel} x {kernel})", sides, shape)
    if convolution.pooling != "none":
        window, step = options.pooling_window, options.pooling_stride or options.pooling_window
        pooled = [(side - window) // step + 1 for side in found]
        if min(pooled) < 1:
            what = f"the pooling after convolution {convolution.number} ({window} x {window})"
            raise _too_small(what, (found[0], found[1]), shape)
        found = pooled
    return found[0], found[1]


def _too_small(what: str, sides: tuple[int, int], shape: Shape) -> SpecError:
    return SpecError(
        f"net 'plain': {sides[1]} x {sides[0]} of {shape.width} x {shape.height} pixels are left for {what}. "
        'Name fewer widths, set pooling = "none" where it may stay as it is, or data.resize'
    )


def _layers(options: Plain, convolution: _Convolution) -> dict[str, nn.Module]:
    name = f"conv{convolution.number}"
    layers: dict[str, nn.Module] = {
        name: nn.Conv2d(
            convolution.channels,
            convolution.filters,
            convolution.kernel,
            stride=convolution.stride,
            padding=convolution.padding,
        )
    }
    if options.batch_norm:
        layers[f"{name}_norm"] = nn.BatchNorm2d(convolution.filters)
    layers[f"{name}_relu"] = nn.ReLU()
    if convolution.pooling != "none":
        pool = _POOLINGS[convolution.pooling]
        layers[f"{name}_pool"] = pool(options.pooling_window, options.pooling_stride)
    if options.dropout and options.dropout_in in {"all", "convolutions"}:
        layers[f"{name}_dropout"] = nn.Dropout2d(options.dropout)
    return layers


def _head(options: Plain, features: int, classes: int) -> dict[str, nn.Module]:
    layers: dict[str, nn.Module] = {"flatten": nn.Flatten()}
    widths = options.fully_connected
    for number, width in enumerate(widths, start=1):
        layers[f"linear{number}"] = nn.Linear(features, width)
        layers[f"linear{number}_relu"] = nn.ReLU()
        everywhere = options.dropout_in in {"all", "linear"}
        if options.dropout and (everywhere or (options.dropout_in == "last" and number == len(widths))):
            layers[f"linear{number}_dropout"] = nn.Dropout(options.dropout)
        features = width
    if options.dropout and not widths and options.dropout_in in {"linear", "last"}:
        layers["last_dropout"] = nn.Dropout(options.dropout)
    return {**layers, "last": nn.Linear(features, classes)}
