"""Logistic regression on the pixels."""

from torch import nn

from paribus.nets.shapes import Shape
from paribus.specs.nets import Linear


def build_linear(_options: Linear, shape: Shape) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(shape.values, shape.classes))
