"""Resident images, and the batches that are made of them: gathered, varied, normalised, one pass each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus import chance
from paribus.augment import Chain, Normalisation, Size
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.training.precision import computing
from paribus.training.targets import Target, class_weights

EVALUATED_AT_ONCE = 500


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
    mean: tuple[float, ...]  # by channel, of values from 0 to 255: what is taken away from them
    deviation: tuple[float, ...]  # and what divides them
    classes: tuple[str, ...]
    are_features: bool = False  # `pixels` are what a body that does not change makes of the images


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


class Feed:
    """Makes the batches of a recipe. Every batch is a function of (epoch, step): nothing is carried over."""

    def __init__(self, recipe: RecipeSpec, data: TrainingData) -> None:
        self._recipe = recipe
        self._data = data
        self._chain = Chain(recipe.augment)
        self._memory_format = (
            torch.channels_last if recipe.memory_layout == "channels-last" else torch.contiguous_format
        )
        self._class_weights = class_weights(recipe.loss, data.train.labels, data.classes)
        self._norm = Normalisation.by(data.mean, data.deviation, data.train.pixels.device)

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return steps_per_epoch(len(self._data.train), self._recipe.batch_size)

    @property
    def flips(self) -> bool:
        """Whether an evaluated image is judged together with its mirror image."""
        return self._recipe.test_time_flip

    @property
    def computing(self) -> AbstractContextManager[object]:
        """The context in which the net computes."""
        return computing(self._recipe, self._data.train.pixels.device)

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[tuple[Tensor, Target]]:
        """(images, what the net should say of them) of each step from `first_step` on."""
        train, recipe = self._data.train, self._recipe
        device = train.pixels.device
        order = chance.permutation(len(train), recipe.seed_of("order"), "order", epoch)
        vary = self._variation(train.origins.cpu().numpy()[order], epoch)
        here = torch.from_numpy(order).to(device)
        for step in range(first_step, self.steps):
            start = step * recipe.batch_size
            end = len(train) if step == self.steps - 1 else start + recipe.batch_size
            chosen = here[start:end]
            pixels = train.pixels.index_select(0, train.positions[chosen])
            images, shares = vary(pixels, start)
            yield (
                self._laid_out(images),
                Target.of(train.labels[chosen], shares, recipe.loss.smoothing, self._class_weights),
            )

    def _variation(
        self, origins: NDArray[np.int64], epoch: int
    ) -> Callable[[Tensor, int], tuple[Tensor, Tensor | None]]:
        """What becomes of the images from one position of the epoch's order on, and their shares if mixed."""
        if self._data.are_features:
            return lambda features, _start: (features, None)
        pixels, seed = self._data.train.pixels, self._recipe.seed_of("augment")
        varied = self._chain.draw(origins, Size(*pixels.shape[1:]), seed, epoch, pixels.device)
        return lambda images, start: varied.mix(varied.vary(images, self._norm, start), start)

    def evaluated(self, images: Resident, at_once: int = EVALUATED_AT_ONCE) -> Iterator[Tensor]:
        """The images in their order, unvaried."""
        for start in range(0, len(images), at_once):
            positions = images.positions[start : start + at_once]
            pixels = images.pixels.index_select(0, positions)
            if not self._data.are_features:
                pixels = self._norm.carry_out(pixels.to(torch.float32))
            yield self._laid_out(pixels)

    def _laid_out(self, images: Tensor) -> Tensor:
        """In the recipe's layout; done after normalising, which is then 3 times faster."""
        return images.contiguous(memory_format=self._memory_format) if images.dim() == 4 else images
