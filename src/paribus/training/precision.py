"""In which numbers a net computes. Weights, gradients, the optimizer and the loss are always fp32."""

from contextlib import AbstractContextManager, nullcontext

import torch

from paribus.specs import RecipeSpec


def computing(recipe: RecipeSpec, device: torch.device) -> AbstractContextManager[object]:
    """The context of a forward pass; what comes out of it is to be made fp32 before the loss."""
    if recipe.precision == "fp32":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
