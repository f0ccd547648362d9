"""From what a recipe asks for to a net with its first weights, or to its outline without numbers."""

import inspect
import traceback
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

from paribus import chance
from paribus.errors import SpecError
from paribus.nets.heads import add_hidden
from paribus.nets.initialising import initialise
from paribus.nets.shapes import Shape
from paribus.nets.zoo import build_zoo_net
from paribus.specs import NETS, builder_of
from paribus.specs.base import Options
from paribus.specs.tables import FreeOptions, UserOptions
from paribus.specs.zoo import ZooOptions


def build_net(options: Options, shape: Shape, seed: int, hidden: tuple[int, ...] = ()) -> nn.Module:
    """The net with the first weights of `seed`, on the CPU; `hidden` are widths of layers before its last."""
    if isinstance(options, FreeOptions):
        net = _build_free(options, shape, seed)
        if hidden:
            initialise(add_hidden(net, shape, hidden), seed)
        return net
    net = _bare(options, shape)
    if hidden:
        add_hidden(net, shape, hidden)
    initialise(net, seed)
    return net


def outline_net(options: Options, shape: Shape, hidden: tuple[int, ...] = ()) -> nn.Module:
    """The net for whom its layers are enough: ours on the meta device, others tried on two images."""
    if isinstance(options, FreeOptions):
        net = _tried(options, shape)
    else:
        with torch.device("meta"):
            net = _bare(options, shape)
    if hidden:
        add_hidden(net, shape, hidden)
    return net


def _bare(options: Options, shape: Shape) -> nn.Module:
    with torch.random.fork_rng(devices=[]):  # layers draw weights when made; `initialise` draws others
        net = builder_of(NETS, options)(options, shape)
    assert isinstance(net, nn.Module)
    return net


def _build_free(options: FreeOptions, shape: Shape, seed: int) -> nn.Module:
    """The net that is not ours, with the first weights that it draws itself."""
    if isinstance(options, ZooOptions):
        return build_zoo_net(options, shape, seed)
    assert isinstance(options, UserOptions)
    return _build_users(options, shape, seed)


def _build_users(options: UserOptions, shape: Shape, seed: int) -> nn.Module:
    """The user's module initialises itself, from a generator seeded for it; ours stays as it was."""
    build = builder_of(NETS, options)
    told = _facts_wanted(build, shape) | options.arguments()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chance.integer(seed, "weights", options.name))
        try:
            net = build(**told)
        except (Exception, SystemExit) as error:
            called = ", ".join(f"{name}={value!r}" for name, value in told.items())
            told_why = f"{type(error).__name__}: {error}"
            raise SpecError(f"net '{options.name}': {told_why}. It was called with {called}") from error
    if not isinstance(net, nn.Module):
        raise SpecError(f"net '{options.name}': made a {type(net).__name__}; expected a torch.nn.Module")
    return net


def _facts_wanted(build: Callable[..., object], shape: Shape) -> dict[str, int]:
    """`classes` always; `channels`, `height` and `width` where the user's object takes them by name."""
    facts = {"channels": shape.channels, "height": shape.height, "width": shape.width}
    try:
        taken = set(inspect.signature(build).parameters)
    except (TypeError, ValueError):
        taken = set()
    return {"classes": shape.classes} | {name: value for name, value in facts.items() if name in taken}


def _tried(options: FreeOptions, shape: Shape) -> nn.Module:
    """The net after two images went through it: what fails here would fail in every run."""
    net = _build_free(options, shape, 0)
    if any(isinstance(parameter, UninitializedParameter) for parameter in net.parameters()):
        raise SpecError(
            f"net '{options.name}': holds lazy layers, whose sizes follow from the first batch; "
            "expected layers of stated sizes"
        )
    images = torch.zeros(2, shape.channels, shape.height, shape.width)
    where = f"net '{options.name}': given 2 images of {shape.channels} x {shape.height} x {shape.width}"
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            found = net.eval()(images)
    except (Exception, SystemExit) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}, line {frame.lineno}"
        raise SpecError(f"{where}, its forward raised {type(error).__name__}: {error} ({place})") from error
    if not isinstance(found, torch.Tensor) or found.shape != (2, shape.classes):
        got = tuple(found.shape) if isinstance(found, torch.Tensor) else type(found).__name__
        raise SpecError(f"{where}, it gave {got}; expected (2, {shape.classes}), one number a class")
    return net
