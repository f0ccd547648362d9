"""Logistic regression on the pixels."""

from collections import OrderedDict

from torch import nn

from paribus.nets.shapes import Shape
from paribus.specs.nets import Linear


def build_linear(_options: Linear, shape: Shape) -> nn.Module:
    return nn.Sequential(OrderedDict(flatten=nn.Flatten(), last=nn.Linear(shape.values, shape.classes)))
