"""Resident images, and the batches that are made of them: gathered, varied, normalised, one pass each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus import chance
from paribus.augment import Chain
from paribus.specs import RecipeSpec

_EVALUATED_AT_ONCE = 500


@dataclass(frozen=True)
class Resident:
    """The images used of one split; on the device, or mapped where that is the CPU."""

    pixels: Tensor  # uint8 [images that are here, channels, height, width]
    positions: Tensor  # int64 [images used]: where each lies in pixels
    origins: Tensor  # int64 [images used]: its position in its split, by which it is varied
    labels: Tensor  # int64 [images used]

    def __len__(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class TrainingData:
    """What one run sees."""

    train: Resident
    validation: Resident
    mean: tuple[float, ...]  # by channel, of values from 0 to 255
    deviation: tuple[float, ...]
    classes: tuple[str, ...]


def resident(
    pixels: NDArray[np.uint8], positions: NDArray[np.int64], labels: NDArray[np.int64], device: str
) -> Resident:
    """Mapped pixels stay mapped on the CPU; elsewhere only the images used are moved."""
    origins = torch.from_numpy(positions).to(device)
    if device == "cpu":
        return Resident(torch.from_numpy(pixels), origins, origins, torch.from_numpy(labels))
    used = torch.from_numpy(pixels[positions]).to(device)
    here = torch.arange(len(used), device=device)
    return Resident(used, here, origins, torch.from_numpy(labels).to(device))


def steps_per_epoch(images: int, batch_size: int) -> int:
    """A short last batch is kept; a single image joins the batch before."""
    full, rest = divmod(images, batch_size)
    return max(full + (rest > 1), 1)


class Feed:
    """Makes the batches of a recipe. Every batch is a function of (epoch, step): nothing is carried over."""

    def __init__(self, recipe: RecipeSpec, data: TrainingData) -> None:
        self._recipe = recipe
        self._data = data
        self._chain = Chain(recipe.augment)
        self._memory_format = (
            torch.channels_last if recipe.layout == "channels-last" else torch.contiguous_format
        )
        device = data.train.pixels.device
        mean, deviation = torch.tensor(data.mean), torch.tensor(data.deviation)
        if not recipe.normalise:
            mean, deviation = torch.zeros_like(mean), torch.full_like(deviation, 255.0)
        self._mean = mean.view(1, -1, 1, 1).to(device)
        self._scale = (1 / deviation).view(1, -1, 1, 1).to(device)

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return steps_per_epoch(len(self._data.train), self._recipe.batch_size)

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
        """(images, labels) of each step from `first_step` on."""
        train, recipe = self._data.train, self._recipe
        order = chance.permutation(len(train), recipe.seed_of("order"), "order", epoch)
        order_here = torch.from_numpy(order).to(train.pixels.device)
        draws = self._chain.draw(int(train.origins.max()) + 1, recipe.seed_of("augment"), epoch)
        draws = {name: table.to(train.pixels.device)[train.origins] for name, table in draws.items()}
        for step in range(first_step, self.steps):
            start = step * recipe.batch_size
            end = len(train) if step == self.steps - 1 else start + recipe.batch_size
            chosen = order_here[start:end]
            pixels = train.pixels.index_select(0, train.positions[chosen])
            varied = self._chain.apply(pixels, {name: table[chosen] for name, table in draws.items()})
            yield self._normalised(varied), train.labels[chosen]

    def evaluated(self, images: Resident) -> Iterator[Tensor]:
        """The images in their order, unvaried."""
        for start in range(0, len(images), _EVALUATED_AT_ONCE):
            positions = images.positions[start : start + _EVALUATED_AT_ONCE]
            yield self._normalised(images.pixels.index_select(0, positions))

    def _normalised(self, pixels: Tensor) -> Tensor:
        """float32, in the recipe's layout; normalised before it is laid out, which is 3 times faster."""
        floats = pixels.to(torch.float32, memory_format=torch.contiguous_format, copy=True)
        floats = floats.sub_(self._mean).mul_(self._scale)
        return floats.contiguous(memory_format=self._memory_format)
