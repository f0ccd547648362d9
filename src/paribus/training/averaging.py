"""An exponential average of a net's weights, which is judged and kept in their place.

Buffers that are numbers with a fraction, such as the statistics of batch norms, are averaged as weights are:
statistics belong to the weights that they were seen with, so both look equally far back. Counters are copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from paribus.specs.training import AverageSpec


class Average:
    """Follows one net, in place; before the first update it is the net's first weights."""

    def __init__(self, net: nn.Module, spec: AverageSpec) -> None:
        self._net, self._spec = net, spec
        self.weights = {name: value.clone() for name, value in net.state_dict().items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """After `step` steps in all; a function of the weights and the step alone."""
        if step % self._spec.every:
            return
        updates = step // self._spec.every
        decay = min(self._spec.decay, updates / (9 + updates))  # the first weights are soon forgotten
        averaged, live = [], []
        for name, value in self._net.state_dict().items():
            if value.is_floating_point():
                averaged.append(self.weights[name])
                live.append(value)
            else:
                self.weights[name].copy_(value)
        torch._foreach_lerp_(averaged, live, 1 - decay)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it the net has the averaged weights; afterwards its own again, to the bit."""
        own = {name: value.clone() for name, value in self._net.state_dict().items()}
        self._net.load_state_dict(self.weights)
        try:
            yield
        finally:
            self._net.load_state_dict(own)
