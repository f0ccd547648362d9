"""Follows images through a net and notes what every layer makes of them.

On the meta device, where tensors have shapes and no numbers; a net that needs numbers is followed with two
images of zeros. FLOPs are those of torch's own counter: convolutions and matrix products, also those that a
forward method calls as functions.
"""

import copy
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from paribus.errors import SpecError
from paribus.nets.layer_table import Layer, LayerTable, NetSize
from paribus.nets.shapes import Shape

_PASSING = (nn.Identity, nn.Sequential)  # an empty one gives what it is given
_IMAGES = 2  # a norm of one value a channel wants two


def tabulate_net(net: nn.Module, shape: Shape, *, numbers: bool = False, training: bool = True) -> LayerTable:
    """The layers of `net`, which stays as it is, for images of `shape`.

    With `numbers`, at once with a copy that has some: in a process that never used the meta device, that is a
    second faster. Without `training`, as it is evaluated: what is kept for the backward pass is then less.
    """
    try:
        try:
            if numbers:
                walk = _walk_with_numbers(net, shape, training)
            else:
                walk = _Walk(_without_numbers(net).train(training), shape, "meta")
        except Exception:  # noqa: BLE001  it looks at its own numbers, or an operation knows no meta device
            walk = _walk_with_numbers(net, shape, training)
    except Exception as error:
        raise SpecError(f"its layers cannot be followed: {type(error).__name__}: {error}") from error
    return LayerTable(
        image=(shape.channels, shape.height, shape.width),
        layers=tuple(walk.layers(net)),
        trained=sum(p.numel() for p in net.parameters() if p.requires_grad),
        frozen=sum(p.numel() for p in net.parameters() if not p.requires_grad),
        flops=walk.counter.get_total_flops() // _IMAGES,
        kept_bytes=walk.kept_bytes // _IMAGES,
        weights_bytes=_weights_bytes(net),
    )


def size_of(net: nn.Module, shape: Shape) -> NetSize:
    """What a net costs, as far as that is known: one that cannot be followed may train all the same.

    It is only evaluated: what a user's net does in training is for the process that trains it.
    """
    try:
        return tabulate_net(net, shape, training=False).size
    except SpecError:
        return NetSize(sum(p.numel() for p in net.parameters()), None, _weights_bytes(net), ())


def _weights_bytes(net: nn.Module) -> int:
    return sum(value.numel() * value.element_size() for value in net.state_dict().values())


def _without_numbers(net: nn.Module) -> nn.Module:
    """A copy of which nothing takes memory."""
    memo: dict[int, Any] = {
        id(parameter): nn.Parameter(parameter.detach().to("meta"), requires_grad=parameter.requires_grad)
        for parameter in net.parameters()
    }
    memo |= {id(buffer): buffer.detach().to("meta") for buffer in net.buffers()}
    return copy.deepcopy(net, memo)


def _walk_with_numbers(net: nn.Module, shape: Shape, training: bool) -> "_Walk":
    return _Walk(copy.deepcopy(net).cpu().train(training), shape, "cpu")


class _Walk:
    """One forward pass, and what was noted of each module on the way."""

    def __init__(self, net: nn.Module, shape: Shape, device: str) -> None:
        self._names = {module: name for name, module in net.named_modules()}
        self._kept: dict[int, Tensor] = {}
        self._outputs: dict[nn.Module, list[tuple[torch.Size, int]]] = {}  # (shape, bytes), in order of calls
        self._flops: dict[nn.Module, int] = {}  # their own, without those of the modules in them
        self._open: list[int] = []  # FLOPs within the modules that are under way, by inner modules
        self._begun: list[int] = []
        self.counter = FlopCounterMode(display=False)
        images = torch.zeros(_IMAGES, shape.channels, shape.height, shape.width, device=device)
        with ExitStack() as stack:
            for module in self._names:
                stack.enter_context(module.register_forward_pre_hook(self._begin))
                stack.enter_context(module.register_forward_hook(self._end))
            stack.enter_context(torch.random.fork_rng(devices=[]))
            stack.enter_context(torch.enable_grad())
            stack.enter_context(torch.autograd.graph.saved_tensors_hooks(self._keep, lambda kept: kept))
            stack.enter_context(self.counter)
            net(images)

    def layers(self, net: nn.Module) -> Iterator[Layer]:
        """A row for each module that computes or holds parameters itself, once however often it is called.

        `net` is what was followed, before it was copied: a copy does not share what the original shares.
        """
        originals = dict(net.named_modules())
        told: set[nn.Parameter] = set()
        for module in [*self._outputs, *(one for one in self._names if one not in self._outputs)]:
            original = originals[self._names[module]]
            own = [p for p in original.parameters(recurse=False) if p not in told]
            told.update(own)
            is_leaf = not any(True for _ in module.children()) and not isinstance(module, _PASSING)
            outputs = self._outputs.get(module, [])
            if own or self._flops.get(module) or (is_leaf and outputs):
                yield Layer(
                    name=self._names[module],
                    kind=type(original).__name__,
                    output=tuple(outputs[-1][0][1:]) if outputs else (),
                    parameters=sum(parameter.numel() for parameter in own),
                    arithmetic=" + ".join(_say_product(original, parameter) for parameter in own),
                    flops=self._flops.get(module, 0) // _IMAGES,
                    output_bytes=sum(size for _, size in outputs) // _IMAGES,
                    calls=len(outputs),
                )

    @property
    def kept_bytes(self) -> int:
        """Of all tensors kept for the backward pass but the weights; two that share storage count once."""
        held = {_storage_of(value) for value in self._weights}
        return sum(value.untyped_storage().nbytes() for key, value in self._kept.items() if key not in held)

    @property
    def _weights(self) -> Iterator[Tensor]:
        for module in self._names:
            yield from (value for _, value in module.named_parameters(recurse=False))
            yield from (value for _, value in module.named_buffers(recurse=False))

    def _keep(self, tensor: Tensor) -> Tensor:
        self._kept[_storage_of(tensor)] = tensor
        return tensor

    def _begin(self, module: nn.Module, _given: Any) -> None:
        self._outputs.setdefault(module, [])
        self._begun.append(self.counter.get_total_flops())
        self._open.append(0)

    def _end(self, module: nn.Module, _given: Any, found: Any) -> None:
        spent = self.counter.get_total_flops() - self._begun.pop()
        inner = self._open.pop()
        self._flops[module] = self._flops.get(module, 0) + spent - inner
        if self._open:
            self._open[-1] += spent
        self._outputs[module] += [(one.shape, one.numel() * one.element_size()) for one in _tensors(found)][
            :1
        ]


def _storage_of(tensor: Tensor) -> int:
    """The same for tensors that share memory, while one of them lives; meta tensors have no address."""
    return int(tensor.untyped_storage()._cdata)  # noqa: SLF001  how torch itself tells storages apart


def _tensors(found: Any) -> Iterator[Tensor]:
    """Those in whatever a module gives."""
    if isinstance(found, Tensor):
        yield found
    elif isinstance(found, list | tuple):
        for one in found:
            yield from _tensors(one)
    elif isinstance(found, dict):
        yield from _tensors(list(found.values()))


def _say_product(module: nn.Module, parameter: nn.Parameter) -> str:
    """`3 x 256 x 3 x 3`: of a convolution and a linear layer, what goes in comes first."""
    sides = list(parameter.shape)
    if isinstance(module, nn.Conv2d | nn.Linear) and len(sides) > 1:
        sides[:2] = sides[1::-1]
    return " x ".join(map(str, sides)) or "1"
