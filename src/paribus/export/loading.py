"""A kept weights file as a ready model: the trained net, and all that its run knew of images and classes."""

from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from paribus.errors import ParibusError, SpecError, StoreError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs import RecipeSpec
from paribus.store import Arrays, read_arrays

_NEEDED = ("fingerprint", "recipe", "classes", "shape", "mean", "deviation", "epoch")


class TrainedModel(nn.Module):
    """Pixels in, probabilities out: as the run saw its images, in evaluation mode."""

    mean: Tensor  # [1, channels, 1, 1], of values from 0 to 255
    scale: Tensor

    def __init__(self, net: nn.Module, recipe: RecipeSpec, facts: dict[str, Any]) -> None:
        super().__init__()
        self.net = net  # normalised pixels in, logits out
        self.recipe = recipe
        self.classes: tuple[str, ...] = tuple(facts["classes"])
        self.shape: tuple[int, int, int] = tuple(facts["shape"])  # channels, height, width
        self.fingerprint: str = facts["fingerprint"]
        self.epoch: int = facts["epoch"]
        mean, deviation = (torch.tensor(facts[name]) for name in ("mean", "deviation"))
        self.register_buffer("mean", mean.view(1, -1, 1, 1))
        self.register_buffer("scale", 1 / deviation.view(1, -1, 1, 1))
        self.eval()

    def forward(self, images: Tensor) -> Tensor:
        """Images [batch, channels, height, width], values 0 to 255 of any type -> [batch, classes]."""
        normalised = (images.to(torch.float32) - self.mean) * self.scale
        logits = self.net(normalised)
        if self.recipe.test_time_flip:
            logits = (logits + self.net(normalised.flip(3))) / 2
        return torch.softmax(logits, 1)


def load(path: Path | str) -> TrainedModel:
    """The model of a weights file that a run has kept, such as `.paribus/runs/<run>/best.safetensors`."""
    path = Path(path)
    if not path.is_file():
        raise StoreError(f"{path}: no such file; expected the last.safetensors or best.safetensors of a run")
    arrays, facts = read_arrays(path)
    if not isinstance(facts, dict) or any(name not in facts for name in _NEEDED):
        raise StoreError(
            f"{path}: not the weights of a run; expected its last.safetensors or best.safetensors"
        )
    try:
        recipe = RecipeSpec.model_validate(facts["recipe"])
        channels, height, width = facts["shape"]
        shape = Shape(channels, height, width, len(facts["classes"]))
        net = build_net(recipe.net, shape, 0, recipe.start.hidden if recipe.start else ())
    except (ValidationError, ParibusError) as error:
        raise SpecError(f"{path}: its net cannot be made here: {error}") from error
    _fill(net, arrays, path)
    return TrainedModel(net, recipe, facts)


def _fill(net: nn.Module, arrays: Arrays, path: Path) -> None:
    try:
        net.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in arrays.items()})
    except RuntimeError as error:
        raise StoreError(
            f"{path}: its weights do not fit its net, whose code has changed since it was trained. "
            "Go back to that code, or run the study again"
        ) from error
