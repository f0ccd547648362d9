"""Fully connected layers."""

from torch import nn

from paribus.nets.shapes import Shape
from paribus.specs.nets import Mlp


def build_mlp(options: Mlp, shape: Shape) -> nn.Module:
    layers: list[nn.Module] = [nn.Flatten()]
    width = shape.values
    for hidden in options.hidden:
        layers.append(nn.Linear(width, hidden))
        if options.batch_norm:
            layers.append(nn.BatchNorm1d(hidden))
        layers.append(nn.ReLU())
        if options.dropout:
            layers.append(nn.Dropout(options.dropout))
        width = hidden
    return nn.Sequential(*layers, nn.Linear(width, shape.classes))
