"""torch's own optimizers, made of what a recipe asks for: fused where torch has that."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn, optim

from paribus.specs.optimizers import Adam, AdamOptions, AdamW, RmsProp, Sgd

Parameters = Iterable[nn.Parameter] | list[dict[str, Any]]  # groups have a weight decay of their own


def gradients_of(weights: list[nn.Parameter]) -> list[Tensor]:
    """Those that have one."""
    return [weight.grad for weight in weights if weight.grad is not None]


def build_sgd(options: Sgd, parameters: Parameters) -> optim.Optimizer:
    return optim.SGD(
        parameters,
        lr=options.lr,
        momentum=options.momentum,
        nesterov=options.nesterov,
        weight_decay=options.weight_decay,
        fused=True,
    )


def build_adam(options: Adam, parameters: Parameters) -> optim.Optimizer:
    return _build(optim.Adam, options, parameters)


def build_adamw(options: AdamW, parameters: Parameters) -> optim.Optimizer:
    return _build(optim.AdamW, options, parameters)


def build_rmsprop(options: RmsProp, parameters: Parameters) -> optim.Optimizer:
    return optim.RMSprop(
        parameters,
        lr=options.lr,
        alpha=options.memory,
        eps=options.epsilon,
        weight_decay=options.weight_decay,
        momentum=options.momentum,
        centered=options.centred,
        foreach=True,
    )


def _build(kind: type[optim.Adam], options: AdamOptions, parameters: Parameters) -> optim.Optimizer:
    return kind(
        parameters,
        lr=options.lr,
        betas=(options.beta1, options.beta2),
        eps=options.epsilon,
        weight_decay=options.weight_decay,
        fused=True,
    )
