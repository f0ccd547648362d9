"""The filters of a net's first layer: what it multiplies pixels with, as small pictures of weights.

Before training nobody calls the net to find out which layer comes first: a net may count its calls. So the
weights of each layer that fits the images are put aside, and the one that was first is told at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from paribus.nets.anatomy import trace_calls, two_images
from paribus.nets.shapes import Shape

MOST = 64  # filters that are kept: the first ones
FEWEST = 4  # however large they are
_MOST_VALUES = 100_000
_COLOURS = 3  # over which a net of the zoo repeats gray images


@dataclass(frozen=True)
class Filters:
    """Of one layer; `values` are [filters, channels, height, width]."""

    layer: str
    kind: str  # such as Conv2d
    total: int  # filters that the layer has
    values: Tensor


def possible_filters(net: nn.Module, shape: Shape) -> dict[str, Filters]:
    """Of each layer that could be the first, a copy; the net is not called."""
    found = {}
    for name, module in net.named_modules():
        filters = _filters_of(str(name), module, shape)
        if filters is not None:
            found[filters.layer] = filters
    return found


def first_of(net: nn.Module, shape: Shape, known: Mapping[str, Filters]) -> Filters | None:
    """Of the layer that two blank images meet first, as it is now; None where no layer sees pixels."""
    for call in trace_calls(net, two_images(net, shape)):
        if call.name in known:
            return _filters_of(call.name, call.module, shape)
        if isinstance(call.module, nn.Linear | nn.Conv2d):
            return None  # another layer was there before
    return None


@torch.no_grad()
def _filters_of(name: str, module: nn.Module, shape: Shape) -> Filters | None:
    if isinstance(module, nn.Conv2d):
        if module.weight.shape[1] not in _channels_seen(shape) or module.groups != 1:
            return None
        values = module.weight
    elif isinstance(module, nn.Linear):
        if module.in_features != shape.values:
            return None
        values = module.weight.reshape(-1, shape.channels, shape.height, shape.width)
    else:
        return None
    count = min(MOST, max(FEWEST, _MOST_VALUES // max(values[0].numel(), 1)))
    return Filters(name, type(module).__name__, len(values), values[:count].detach().cpu().clone())


def _channels_seen(shape: Shape) -> set[int]:
    return {1, _COLOURS} if shape.channels == 1 else {shape.channels}
