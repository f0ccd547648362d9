"""An exponential average of a net's weights, which is judged and kept in their place.

Buffers that are numbers with a fraction, such as the statistics of batch norms, are averaged as weights are:
statistics belong to the weights that they were seen with, so both look equally far back. Counters are copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from paribus.specs.training import AverageSpec


class Average:
    """Follows one net, in place; before the first update it is the net's weights as they are."""

    def __init__(self, net: nn.Module, spec: AverageSpec) -> None:
        self._net, self._spec = net, spec
        self._live = (
            net.state_dict()
        )  # listed once, since walking a net's modules costs more than the average
        self._buffers = {name: place for name, place in _places_of_buffers(net) if name in self._live}
        self.weights = {name: value.clone() for name, value in self._live.items()}

    @torch.no_grad()
    def update(self, step: int) -> None:
        """After `step` steps in all; a function of the weights and the step alone."""
        updates, rest = divmod(step, self._spec.every)
        if rest and updates:
            return
        for name, (module, attribute) in self._buffers.items():  # a net may put another tensor in its place
            self._live[name] = getattr(module, attribute)
        averaged = [name for name, value in self._live.items() if updates and value.is_floating_point()]
        if averaged:
            decay = min(self._spec.decay, updates / (9 + updates))  # the first weights are soon forgotten
            torch._foreach_lerp_(*self._pairs(averaged), 1 - decay)
        if copied := list(self._live.keys() - averaged):
            torch._foreach_copy_(*self._pairs(copied))

    def _pairs(self, names: list[str]) -> tuple[list[Tensor], list[Tensor]]:
        """The averages, and what the net has."""
        return [self.weights[name] for name in names], [self._live[name] for name in names]

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Within it the net has the averaged weights; afterwards its own again, to the bit."""
        own = {name: value.clone() for name, value in self._net.state_dict().items()}
        self._net.load_state_dict(self.weights)
        try:
            yield
        finally:
            self._net.load_state_dict(own)


def _places_of_buffers(net: nn.Module) -> Iterator[tuple[str, tuple[nn.Module, str]]]:
    for prefix, module in net.named_modules(remove_duplicate=False):
        for attribute, _ in module.named_buffers(recurse=False, remove_duplicate=False):
            yield f"{prefix}.{attribute}".removeprefix("."), (module, attribute)
