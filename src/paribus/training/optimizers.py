"""Optimizers, made of what a recipe asks for: torch's fused ones, one pass over the weights a step."""

from collections.abc import Iterable

from torch import nn, optim

from paribus.specs.optimizers import Adam, AdamW, Sgd

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
    return optim.Adam(
        parameters,
        lr=options.lr,
        betas=(options.beta1, options.beta2),
        eps=options.epsilon,
        weight_decay=options.weight_decay,
        fused=True,
    )


def build_adamw(options: AdamW, parameters: Parameters) -> optim.Optimizer:
    return optim.AdamW(
        parameters,
        lr=options.lr,
        betas=(options.beta1, options.beta2),
        eps=options.epsilon,
        weight_decay=options.weight_decay,
        fused=True,
    )
