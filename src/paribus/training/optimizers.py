"""Optimizers, made of what a recipe asks for: torch's fused ones, one pass over the weights a step."""

from collections.abc import Iterable

from torch import nn, optim

from paribus.specs.optimizers import Adam, AdamOptions, AdamW, Sgd

Parameters = Iterable[nn.Parameter]


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


def _build(kind: type[optim.Adam], options: AdamOptions, parameters: Parameters) -> optim.Optimizer:
    return kind(
        parameters,
        lr=options.lr,
        betas=(options.beta1, options.beta2),
        eps=options.epsilon,
        weight_decay=options.weight_decay,
        fused=True,
    )
