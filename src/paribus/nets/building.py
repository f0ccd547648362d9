"""From what a recipe asks for to a net with its first weights, and how many parameters that makes."""

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

from paribus import chance
from paribus.errors import SpecError
from paribus.nets.initialising import initialise
from paribus.nets.shapes import Shape
from paribus.specs import NETS, builder_of
from paribus.specs.base import Options
from paribus.specs.tables import UserOptions


def build_net(options: Options, shape: Shape, seed: int) -> nn.Module:
    """The net with the first weights of `seed`, on the CPU."""
    if isinstance(options, UserOptions):
        return _build_users(options, shape, seed)
    net = _bare(options, shape)
    initialise(net, seed)
    return net


def count_parameters(options: Options, shape: Shape) -> int:
    """How many numbers are trained. Nothing is allocated, unless a user's net cannot be made otherwise."""
    if isinstance(options, UserOptions):
        net = _sketch_users(options, shape)
    else:
        with torch.device("meta"):
            net = _bare(options, shape)
    if any(isinstance(parameter, UninitializedParameter) for parameter in net.parameters()):
        raise SpecError(
            f"net '{options.name}': holds lazy layers, whose sizes follow from the first batch; "
            "expected layers of stated sizes"
        )
    return sum(parameter.numel() for parameter in net.parameters())


def _bare(options: Options, shape: Shape) -> nn.Module:
    with torch.random.fork_rng(devices=[]):  # layers draw weights when made; `initialise` draws others
        net = builder_of(NETS, options)(options, shape)
    assert isinstance(net, nn.Module)
    return net


def _sketch_users(options: UserOptions, shape: Shape) -> nn.Module:
    """Without memory where that goes; a net that looks at its own numbers while it is made needs some."""
    try:
        with torch.device("meta"):
            return _build_users(options, shape, 0)
    except (RuntimeError, NotImplementedError):
        return _build_users(options, shape, 0)


def _build_users(options: UserOptions, shape: Shape, seed: int) -> nn.Module:
    """The user's module initialises itself, from a generator seeded for it; ours stays as it was."""
    build = builder_of(NETS, options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(chance.integer(seed, "weights", options.name))
        try:
            net = build(classes=shape.classes, **options.arguments())
        except TypeError as error:
            raise SpecError(
                f"net '{options.name}': {error}. It is called with classes={shape.classes} and the options "
                f"of the study: {', '.join(options.arguments()) or 'none'}"
            ) from error
    if not isinstance(net, nn.Module):
        raise SpecError(f"net '{options.name}': made a {type(net).__name__}; expected a torch.nn.Module")
    return net
