"""What training will see of a few images: each as it is, and as the first epochs vary it.

The variants are those of training itself: the same draws, looked up by the same keys. Only a partner that is
mixed in is another one here: the image of the row above. Knows no file and no study; `sheet` draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from paribus.augment.chain import Chain
from paribus.augment.colour_maps import Normalisation
from paribus.augment.operations import Size
from paribus.specs import AugmentOptions
from paribus.specs.augments import Cutmix, Mixup

EPOCHS = 7
IMAGES = 6

Picture = NDArray[np.uint8]  # [channels, height, width]


@dataclass(frozen=True)
class Sample:
    """Some images of a split."""

    pixels: NDArray[np.uint8]  # [images, channels, height, width]
    positions: NDArray[np.int64]  # where each stands in its split: by that it is varied
    names: tuple[str, ...]  # what each shows


@dataclass(frozen=True)
class Strip:
    """One row of a sheet: an image, and variants of it."""

    label: str
    original: Picture
    variants: tuple[Picture, ...]  # of the first epochs


def pick_images(labels: NDArray[np.int64], count: int = IMAGES) -> NDArray[np.int64]:
    """Where `count` images of different classes are: the first of each class, then the second, and so on.

    Where there are more classes than that, those are spread evenly.
    """
    classes = np.unique(labels)
    if len(classes) > count:
        classes = classes[np.linspace(0, len(classes) - 1, count).round().astype(int)]
    members = [np.flatnonzero(labels == label) for label in classes]
    rounds = range(max(map(len, members), default=0))
    found = [where[turn] for turn in rounds for where in members if turn < len(where)]
    return np.array(found[:count], dtype=np.int64)


def vary_sample(
    operations: Sequence[AugmentOptions], sample: Sample, seed: int, epochs: int = EPOCHS
) -> list[Strip]:
    """Each image under the whole chain."""
    seen = [_shown(operations, sample, seed, epoch) for epoch in range(1, epochs + 1)]
    return [
        Strip(name, sample.pixels[row], tuple(epoch[row] for epoch in seen))
        for row, name in enumerate(sample.names)
    ]


def vary_alone(operations: Sequence[AugmentOptions], sample: Sample, seed: int) -> list[Strip]:
    """The first image under each operation alone, which touches it in every epoch."""
    return [
        Strip(
            describe(operation),
            sample.pixels[0],
            vary_sample([operation.model_copy(update={"probability": 1.0})], sample, seed)[0].variants,
        )
        for operation in operations
    ]


def _shown(operations: Sequence[AugmentOptions], sample: Sample, seed: int, epoch: int) -> NDArray[np.uint8]:
    """What a net would see, before normalising: values from 0 to 255, as bytes."""
    _, channels, height, width = sample.pixels.shape
    varied = Chain(operations).draw(sample.positions, Size(channels, height, width), seed, epoch)
    norm = Normalisation.by([0.0] * channels, [1.0] * channels)
    images, _ = varied.mix(varied.vary(torch.from_numpy(sample.pixels), norm))
    shown: NDArray[np.uint8] = images.round().clamp_(0, 255).to(torch.uint8).numpy()
    return shown


def describe_chain(operations: Sequence[AugmentOptions]) -> str:
    """A caption."""
    mixes = any(isinstance(operation, Mixup | Cutmix) for operation in operations)
    partner = ". Mixed with the row above here, with any image of the batch in training" if mixes else ""
    return " · ".join(map(describe, operations)) + partner


def describe(operation: AugmentOptions) -> str:
    """An operation in a few words: its name, and what is not by default."""
    settings = []
    for name, field in type(operation).model_fields.items():
        value = getattr(operation, name)
        if name != "name" and value != field.default:
            settings.append(f"{name} {_plain(value)}")
    return f"{operation.name} ({', '.join(settings)})" if settings else operation.name


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, int | float) else str(value)
