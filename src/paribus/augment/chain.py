"""A chain of operations on a batch, in one pass.

Geometric operations compose into one map and are carried out once; colour operations compose into one
matrix and are carried out once, with one clamp at the end. Geometry comes first, then colour, each in the
order listed. What an operation draws depends on its name, the seed, the epoch and the image's position in its
split: not on the batch, the order or the other operations, so arms that share an operation vary each image
alike.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from paribus import chance
from paribus.augment.colour import Colour, ColourMap
from paribus.augment.geometry import Geometric
from paribus.augment.sampling import gather_pixels, resample
from paribus.specs import AUGMENTS, AugmentOptions, builder_of


class Chain:
    """The operations of a recipe, ready to be carried out."""

    def __init__(self, operations: Sequence[AugmentOptions]) -> None:
        built = [builder_of(AUGMENTS, options)(options) for options in operations]
        self._steps: list[Geometric | Colour] = built
        self._geometric = [step for step in built if isinstance(step, Geometric)]
        self._colour = [step for step in built if isinstance(step, Colour)]

    def draw(self, images: int, seed: int, epoch: int) -> dict[str, Tensor]:
        """The random numbers of one epoch for every image of the split: name -> [images, draws]."""
        return {
            step.options.name: torch.from_numpy(
                chance.uniforms((images, step.draws), seed, "augment", step.options.name, epoch)
            )
            for step in self._steps
        }

    def apply(self, pixels: Tensor, draws: dict[str, Tensor]) -> Tensor:
        """uint8 [images, channels, height, width] -> the same shape, values 0 to 255, uint8 or float."""
        return self._recolour(self._move(pixels, draws), draws)

    def _move(self, pixels: Tensor, draws: dict[str, Tensor]) -> Tensor:
        if not self._geometric:
            return pixels
        maps = torch.eye(3, device=pixels.device)
        for step in self._geometric:
            maps = maps @ step.maps(draws[step.options.name])
        reflect = any(step.reflects for step in self._geometric)
        if all(step.whole_pixels for step in self._geometric):
            return gather_pixels(pixels, maps, reflect=reflect)
        return resample(pixels.float(), maps, reflect=reflect)

    def _recolour(self, pixels: Tensor, draws: dict[str, Tensor]) -> Tensor:
        if not self._colour:
            return pixels
        colours = pixels.float().flatten(2)  # [images, channels, pixels]
        mean = colours.mean(2, keepdim=True)
        whole = ColourMap(
            torch.eye(colours.shape[1], device=pixels.device).expand(len(colours), -1, -1),
            torch.zeros_like(mean),
        )
        for step in self._colour:
            seen = whole.matrix @ mean + whole.offset
            whole = step.maps(draws[step.options.name], seen).after(whole)
        return torch.baddbmm(whole.offset, whole.matrix, colours).clamp_(0, 255).view_as(pixels)
