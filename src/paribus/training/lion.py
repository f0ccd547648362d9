"""Lion: each weight moves by the sign of a mean of its gradients (Chen et al. 2023, arXiv:2302.06675)."""

import torch
from torch import optim

from paribus.specs.optimizers import Lion
from paribus.training.optimizers import Parameters, gradients_of


class LionOptimizer(optim.Optimizer):
    """All weights of a group at once."""

    def __init__(
        self, parameters: Parameters, *, lr: float, beta1: float, beta2: float, weight_decay: float
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})
        self._beta1, self._beta2 = beta1, beta2

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        del closure
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if not weights:
                continue
            gradients = gradients_of(weights)
            means = [self._mean_of(weight) for weight in weights]
            steps = torch._foreach_lerp(gradients, means, self._beta1)  # noqa: SLF001  no public name
            torch._foreach_sign_(steps)
            if group["weight_decay"]:
                torch._foreach_mul_(weights, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_add_(weights, steps, alpha=-group["lr"])
            torch._foreach_lerp_(means, gradients, 1 - self._beta2)

    def _mean_of(self, weight: torch.Tensor) -> torch.Tensor:
        state = self.state[weight]
        if not state:
            state["mean"] = torch.zeros_like(weight)
        mean: torch.Tensor = state["mean"]
        return mean


def build_lion(options: Lion, parameters: Parameters) -> optim.Optimizer:
    return LionOptimizer(
        parameters,
        lr=options.lr,
        beta1=options.beta1,
        beta2=options.beta2,
        weight_decay=options.weight_decay,
    )
