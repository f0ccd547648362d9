"""What a net is made of, whoever wrote it: its layers in the order of computation, and its head.

Found by sending two images through it and noting which modules are called. Knows neither options nor
training.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd

from paribus.errors import SpecError
from paribus.nets.shapes import Shape

_NORMS = (_NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
_LAYERS = (nn.Linear, _ConvNd, nn.Bilinear, nn.Embedding, nn.MultiheadAttention)


class HiddenHead(nn.Sequential):
    """New layers in the place of a last one: together they are the head."""


@dataclass(frozen=True)
class Layer:
    """A convolution or linear layer, by its module's name, with its norm and what else follows it."""

    name: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Anatomy:
    layers: tuple[Layer, ...]  # from the images to the logits
    head: str  # the module that gives the logits
    last_calls: dict[str, int]  # module -> when it was last called, counted in calls; none that never was

    @property
    def body(self) -> tuple[Layer, ...]:
        """The layers before the head."""
        return tuple(layer for layer in self.layers if not is_within(layer.name, self.head))


@dataclass(frozen=True)
class Call:
    name: str
    module: nn.Module
    given: Tensor | None
    made: list[Any]  # what it returned, once it has


def dissect(net: nn.Module, shape: Shape) -> Anatomy:
    """The net's parts, in the order in which two blank images meet them."""
    return dissect_calls(net, trace_calls(net, two_images(net, shape)), shape)


def dissect_calls(net: nn.Module, calls: list[Call], shape: Shape) -> Anatomy:
    return Anatomy(
        layers=tuple(_layers(calls)),
        head=_head(net, calls, shape),
        last_calls={call.name: position for position, call in enumerate(calls)},
    )


def head_of(net: nn.Module, shape: Shape) -> str:
    """The dotted name of the module that gives the logits."""
    return dissect(net, shape).head


def layers_of(net: nn.Module, shape: Shape) -> list[str]:
    """The dotted names of convolutions and linear layers, from the images on. It needs no head."""
    return [layer.name for layer in _layers(trace_calls(net, two_images(net, shape)))]


def is_within(name: str, module: str) -> bool:
    """Whether a module or parameter is the module of that name or a part of it."""
    return name == module or name.startswith(f"{module}.") or not module


def modules_before(net: nn.Module, anatomy: Anatomy, layers: tuple[Layer, ...]) -> list[nn.Module]:
    """The modules that are done when the last of these first layers is, dropout between them too."""
    calls = anatomy.last_calls
    done = max((calls.get(name, -1) for layer in layers for name in layer.modules), default=-1)
    late = {net.get_submodule(name) for name, call in calls.items() if call > done}
    return [module for module in net.modules() if late.isdisjoint(module.modules())] if layers else []


# --- what is called


def two_images(net: nn.Module, shape: Shape, *, blank: bool = True) -> Tensor:
    where = next((parameter.device for parameter in net.parameters()), torch.device("cpu"))
    size = (2, shape.channels, shape.height, shape.width)
    if blank:
        return torch.zeros(size, device=where)
    return torch.rand(size, generator=torch.Generator().manual_seed(0)).to(where)


def trace_calls(net: nn.Module, images: Tensor) -> list[Call]:
    """All calls of modules in evaluation mode. What they return is kept, so that no address is used twice."""
    calls: list[Call] = []
    names = {module: name for name, module in net.named_modules()}

    def enter(module: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        tensors = [value for value in (*given, *named.values()) if isinstance(value, Tensor)]
        calls.append(Call(names[module], module, tensors[0] if tensors else None, []))

    def leave(module: nn.Module, _given: object, made: object) -> None:
        next(call for call in reversed(calls) if call.module is module and not call.made).made.append(made)

    hooks = [module.register_forward_pre_hook(enter, with_kwargs=True) for module in names]
    hooks += [module.register_forward_hook(leave) for module in names]
    try:
        with modes_kept(net), torch.no_grad(), torch.random.fork_rng(devices=[]):
            net.eval()(images)
    finally:
        for hook in hooks:
            hook.remove()
    return calls


@contextmanager
def modes_kept(net: nn.Module) -> Iterator[None]:
    modes = {module: module.training for module in net.modules()}
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


# --- layers and head


def _layers(calls: list[Call]) -> Iterator[Layer]:
    """What holds weights begins a layer or joins the one before it; what holds layers, the first of these."""
    called = {call.module: call.name for call in calls}
    layer, members, waiting = "", [], []  # type: tuple[str, list[str], list[str]]
    for module, name in called.items():
        inner = [(f"{name}.{part}" if name else part, m) for part, m in module.named_modules() if part]
        inner = [(part, m) for part, m in inner if _bears(m)]
        if any(m in called for _, m in inner):
            waiting += [name] if _bears(module) else []
        elif _is_layer(module, [m for _, m in inner]):
            if layer:
                yield Layer(layer, tuple(members))
            layer, members, waiting = name, [*waiting, name, *(part for part, _ in inner)], []
        elif _bears(module):
            members.append(name) if layer else waiting.append(name)
    if layer:
        yield Layer(layer, (*members, *waiting))


def _bears(module: nn.Module) -> bool:
    """Whether it holds weights, or statistics of its own."""
    held = next(module.parameters(recurse=False), None) is not None
    return held or getattr(module, "running_mean", None) is not None


def _is_layer(module: nn.Module, uncalled: list[nn.Module]) -> bool:
    """A convolution, a linear layer, or what has matrices, perhaps in parts that it uses without a call."""
    if isinstance(module, _LAYERS):
        return True
    if isinstance(module, _NORMS):
        return False
    weights = [weight for part in (module, *uncalled) for weight in part.parameters(recurse=False)]
    return any(sum(side > 1 for side in weight.shape) > 1 for weight in weights)


def _head(net: nn.Module, calls: list[Call], shape: Shape) -> str:
    for name, module in net.named_modules():
        if isinstance(module, HiddenHead):
            return str(name)
    if told := _told_head(net):
        return told
    last = _last_with_weights(calls)
    if last is not None and _gives(last, (2, shape.classes)):
        logits, ours = calls[0].made[-1], last.made[-1]
        if isinstance(logits, Tensor) and (logits.is_meta or torch.equal(logits.flatten(), ours.flatten())):
            return last.name
        if sum(_gives(call, (2, shape.classes)) for call in calls if _bears(call.module)) == 1:
            return last.name
    raise SpecError(
        f"net {type(net).__name__}: no one layer gives its {shape.classes} logits, as starting from weights "
        "needs; give the net a method get_classifier() that returns the last layer"
    )


def _told_head(net: nn.Module) -> str | None:
    """What the net itself says, by timm's word for it."""
    with suppress(Exception):
        told = net.get_classifier()  # type: ignore[operator]
        if next(told.parameters(), None) is not None:
            return next((str(name) for name, module in net.named_modules() if module is told and name), None)
    return None


def _last_with_weights(calls: list[Call]) -> Call | None:
    return next((call for call in reversed(calls) if isinstance(call.module, _LAYERS)), None)


def _gives(call: Call, start: tuple[int, int]) -> bool:
    made = call.made[-1] if call.made else None
    return isinstance(made, Tensor) and made.shape[:2] == start
