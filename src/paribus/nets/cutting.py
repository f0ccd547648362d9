"""Where a net may be cut, so that a frozen body's features need not be computed twice.

Knows of a net only what its calls show, and believes no cut that it has not tried.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, nn

from paribus.nets.anatomy import (
    Anatomy,
    Call,
    dissect_calls,
    modes_kept,
    modules_before,
    trace_calls,
    two_images,
)
from paribus.nets.shapes import Shape

_DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout)


def cut_at_head(
    net: nn.Module, shape: Shape
) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]] | None:
    """`body` and `head` with head(body(images)) the same bits as net(images), or None where none are found.

    The body draws nothing while what is done before its last layer is in evaluation mode (`modules_before`):
    dropout behind that layer is the head's. Both hold modules of this net: cut a copy of it anew.
    """
    calls = trace_calls(net, two_images(net, shape))
    anatomy = dissect_calls(net, calls, shape)
    still = modules_before(net, anatomy, anatomy.body)
    for body, rest in _cuts(net, anatomy, calls):
        if _is_the_same(net, body, rest, still, two_images(net, shape, blank=False)):
            return body, rest
    return None


class _Reached(Exception):
    """Carries what the first module behind the cut was given."""


class _Body:
    """The net up to what it gives to the module `behind`."""

    def __init__(self, net: nn.Module, behind: nn.Module) -> None:
        self._net, self._behind = net, behind

    def __call__(self, images: Tensor) -> Tensor:
        hook = self._behind.register_forward_pre_hook(_stop)
        try:
            return self._run(images)
        finally:
            hook.remove()

    def _run(self, images: Tensor) -> Tensor:
        """The whole net, so that its own hooks run too."""
        try:
            self._net(images)
        except _Reached as reached:
            found: Tensor = reached.args[0]
            return found
        raise AssertionError("the net no longer reaches its head")


def _stop(_module: nn.Module, given: tuple[Any, ...]) -> None:
    raise _Reached(given[0])


class _Rest:
    """What is behind the cut: dropout, then the head."""

    def __init__(self, modules: list[nn.Module], dimensions: int) -> None:
        self._modules, self._dimensions = modules, dimensions

    def __call__(self, features: Tensor) -> Tensor:
        for module in self._modules[:-1]:
            features = module(features)
        if features.dim() > self._dimensions:
            features = features.flatten(1)
        logits: Tensor = self._modules[-1](features)
        return logits.flatten(1) if logits.dim() > 2 else logits


class _Features(_Body):
    """The net up to `forward_head`, timm's word for what is behind its features."""

    def __init__(self, net: nn.Module) -> None:
        self._net = net

    def __call__(self, images: Tensor) -> Tensor:
        self._net.__dict__["forward_head"] = lambda features, *_, **__: _stop(self._net, (features,))
        try:
            return self._run(images)
        finally:
            del self._net.__dict__["forward_head"]


def _cuts(net: nn.Module, anatomy: Anatomy, calls: list[Call]) -> Iterator[tuple[Any, Any]]:
    """Body and rest; the nearest to the head first."""
    head = net.get_submodule(anatomy.head)
    if isinstance(net, nn.Sequential):
        behind: list[nn.Module] = []
        body = {net.get_submodule(name) for layer in anatomy.body for name in layer.modules}
        for module in reversed(net):
            if not body.isdisjoint(module.modules()):
                return
            behind.insert(0, module)
            if head in behind:
                yield _Body(net, module), nn.Sequential(*behind)
        return
    at = next(call for call in reversed(calls) if call.module is head)
    if at.given is not None:
        dropouts = _dropouts_before(at.given, calls[: calls.index(at)])
        rest = [*dropouts, head]
        yield _Body(net, rest[0]), _Rest(rest, at.given.dim())
    if hasattr(net, "forward_features") and hasattr(net, "forward_head"):  # how timm cuts its nets
        yield _Features(net), net.forward_head


def _dropouts_before(given: Tensor, calls: list[Call]) -> list[nn.Module]:
    """In evaluation mode dropout gives back what it was given: its result is where the head's input is."""
    found: list[nn.Module] = []
    for call in reversed(calls):
        made = call.made[-1] if call.made else None
        if isinstance(made, Tensor) and made.data_ptr() == given.data_ptr():
            if isinstance(call.module, _DROPOUTS):
                found.insert(0, call.module)
            elif found and not isinstance(call.module, nn.Flatten | nn.Identity | nn.Sequential):
                break
    return found


def _is_the_same(net: nn.Module, body: Any, rest: Any, still: list[nn.Module], images: Tensor) -> bool:
    """Tried in both modes: the same bits, and a body that draws nothing."""
    devices = [images.device] if images.is_cuda else []
    with modes_kept(net), torch.no_grad(), torch.random.fork_rng(devices), suppress(Exception):
        net.eval()
        if not torch.equal(rest(body(images)), net(images)):
            return False
        net.train()
        for module in still:
            module.training = False
        found = [_seeded(body, images, seed) for seed in (0, 1)]
        both = (_seeded(lambda given: rest(body(given)), images, 2), _seeded(net, images, 2))
        return torch.equal(*found) and torch.equal(*both)
    return False


def _seeded(make: Callable[[Tensor], Tensor], images: Tensor, seed: int) -> Tensor:
    torch.manual_seed(seed)
    return make(images)
