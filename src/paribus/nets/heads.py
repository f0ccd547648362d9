"""New linear layers before a net's last one. Knows nothing of weights that were trained before."""

from collections import OrderedDict

import torch
from torch import nn

from paribus.errors import SpecError
from paribus.nets.anatomy import HiddenHead, head_of
from paribus.nets.shapes import Shape


def add_hidden(net: nn.Module, shape: Shape, hidden: tuple[int, ...]) -> HiddenHead:
    """Puts layers of these widths, with ReLU, before the last one of the net; gives the new head.

    All other parameters keep their names and values; the head's are the head's name and linear1, ..., last.
    """
    name = head_of(net, shape)
    last = net.get_submodule(name)
    if not isinstance(last, nn.Linear) or not name:
        raise SpecError(
            f"start.hidden: the last layer of this net is a {type(last).__name__}; new layers go before a "
            "Linear only. Set start.hidden = []"
        )
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    features = last.in_features
    with torch.device(last.weight.device), torch.random.fork_rng(devices=[]):  # who asked draws the weights
        for number, width in enumerate(hidden, start=1):
            layers[f"linear{number}"] = nn.Linear(features, width)
            layers[f"linear{number}_relu"] = nn.ReLU()
            features = width
        layers["last"] = nn.Linear(features, shape.classes)
    head = HiddenHead(layers)
    parent, _, own = name.rpartition(".")
    setattr(net.get_submodule(parent), own, head)
    return head
