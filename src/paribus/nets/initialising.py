"""First weights, each parameter looked up by (seed, its name, its shape).

So two arms that share a layer share its first weights, whatever else differs, and nothing depends on the
order in which layers are made. Our nets name their layers, so that one more norm or dropout renames none.
The distribution is torch's own default for linear and convolutional layers: uniform within 1/sqrt(inputs).
Norms start at one and zero, as torch leaves them. A layer whose class says `first_weights = "identity"` draws
the same, then its first filters pass on the maps that they are given.
"""

import math

import numpy as np
import torch
from torch import nn

from paribus import chance


@torch.no_grad()
def initialise(net: nn.Module, seed: int) -> None:
    """Sets the weights of linear and convolutional layers; other parameters keep what they have."""
    for name, module in net.named_modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            inputs = module.weight[0].numel()
            for kind, parameter in module.named_parameters(recurse=False):
                _fill(parameter, 1 / math.sqrt(inputs), seed, f"{name}.{kind}")
            if getattr(module, "first_weights", None) == "identity":
                nn.init.dirac_(module.weight[: module.weight.shape[1]])


def _fill(parameter: nn.Parameter, bound: float, seed: int, name: str) -> None:
    shape = tuple(parameter.shape)
    drawn = chance.uniforms(shape, seed, "weights", name, *shape) * np.float32(2) - np.float32(1)
    parameter.copy_(torch.from_numpy(drawn * np.float32(bound)))
