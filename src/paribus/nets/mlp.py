"""Fully connected layers."""

from collections import OrderedDict

from torch import nn

from paribus.nets.shapes import Shape
from paribus.specs.nets import Mlp


def build_mlp(options: Mlp, shape: Shape) -> nn.Module:
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    width = shape.values
    for number, hidden in enumerate(options.hidden, start=1):
        layers[f"linear{number}"] = nn.Linear(width, hidden)
        if options.batch_norm:
            layers[f"linear{number}_norm"] = nn.BatchNorm1d(hidden)
        layers[f"linear{number}_relu"] = nn.ReLU()
        if options.dropout:
            layers[f"linear{number}_dropout"] = nn.Dropout(options.dropout)
        width = hidden
    layers["last"] = nn.Linear(width, shape.classes)
    return nn.Sequential(layers)
