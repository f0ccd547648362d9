"""Muon: momentum made orthogonal for hidden weights, AdamW or SGD for the rest (Keller Jordan 2024).

torch.optim.Muon takes only matrices and always computes in bf16; here filters are matrices too, one row each,
and the recipe's precision holds. A step is scaled by the root of rows / columns, where there are more rows.
"""

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn, optim

from paribus.errors import SpecError
from paribus.specs.optimizers import Muon
from paribus.training.optimizers import gradients_of

# Of the quintic iteration: steepest at 0; singular values end near 1.
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
_REST_BETAS = (0.9, 0.95)
_REST_EPSILON = 1e-8
_WORTH_HALVING = 64  # rows: fewer are not faster in bf16 (16 x 144: 0.18 ms, 0.05 in fp32)


class MuonOptimizer(optim.Optimizer):
    """Groups that are `hidden` move orthogonally; the others at `rest_lr` for each `lr`."""

    def __init__(self, groups: Iterable[dict[str, Any]], options: Muon) -> None:
        super().__init__(groups, {"lr": options.lr, "weight_decay": options.weight_decay})
        self._options = options
        for group in self.param_groups:
            if not group["hidden"]:
                group["factor"] *= options.rest_lr / options.lr

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        del closure
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if not weights:
                continue
            if group["weight_decay"]:
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
            if group["hidden"]:
                self._move_hidden(weights, group["lr"], half=group["precision"] == "bf16")
            elif self._options.rest == "sgd":
                torch._foreach_add_(weights, self._looking_ahead(weights), alpha=-group["lr"])
            else:
                self._move_as_adam(weights, group["lr"])

    def _move_hidden(self, weights: list[nn.Parameter], rate: float, *, half: bool) -> None:
        for weight, direction in zip(weights, self._looking_ahead(weights), strict=True):
            matrix = direction.reshape(len(direction), -1)
            found = orthogonalised(matrix, self._options.iterations, half=half)
            scale = math.sqrt(max(1.0, matrix.shape[0] / matrix.shape[1]))
            weight.add_(found.reshape(weight.shape), alpha=-rate * scale)

    def _looking_ahead(self, weights: list[nn.Parameter]) -> list[Tensor]:
        """Nesterov's momentum."""
        gradients = gradients_of(weights)
        momenta = [self._kept(weight, "momentum") for weight in weights]
        torch._foreach_mul_(momenta, self._options.momentum)
        torch._foreach_add_(momenta, gradients)
        return list(torch._foreach_add(gradients, momenta, alpha=self._options.momentum))  # noqa: SLF001

    def _move_as_adam(self, weights: list[nn.Parameter], rate: float) -> None:
        """AdamW without the decay, which is done already."""
        torch._fused_adamw_(
            [*weights],
            gradients_of(weights),
            [self._kept(weight, "mean") for weight in weights],
            [self._kept(weight, "square") for weight in weights],
            [],
            [self._counted(weight) for weight in weights],
            lr=rate,
            beta1=_REST_BETAS[0],
            beta2=_REST_BETAS[1],
            weight_decay=0.0,
            eps=_REST_EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def _kept(self, weight: Tensor, name: str) -> Tensor:
        state = self.state[weight]
        if name not in state:
            state[name] = torch.zeros_like(weight)
        kept: Tensor = state[name]
        return kept

    def _counted(self, weight: Tensor) -> Tensor:
        """The number of the step under way, from 1."""
        state = self.state[weight]
        if "step" not in state:
            state["step"] = torch.zeros((), device=weight.device)
        counted: Tensor = state["step"].add_(1)
        return counted


def orthogonalised(matrix: Tensor, iterations: int, *, half: bool) -> Tensor:
    """Nearly the orthogonal factor of a matrix, by Newton-Schulz: singular values end from 0.7 to 1.2."""
    upright = matrix.shape[0] > matrix.shape[1]
    found = matrix.T if upright else matrix
    if half and len(found) >= _WORTH_HALVING:
        found = found.bfloat16()
    found = found / found.norm().clamp(min=1e-7)
    a, b, c = _COEFFICIENTS
    for _ in range(iterations):
        gram = found @ found.T
        found = torch.addmm(found, torch.addmm(gram, gram, gram, beta=b, alpha=c), found, beta=a)
    return (found.T if upright else found).to(matrix.dtype)


def build_muon(options: Muon, groups: Iterable[dict[str, Any]]) -> optim.Optimizer:
    groups = list(groups)
    if not any(group["hidden"] for group in groups):
        raise SpecError(
            "optimizer 'muon' moves the weights between the first and the last layer, and what is trained of "
            "this net has none there; use adamw, or a deeper net"
        )
    return MuonOptimizer(groups, options)
