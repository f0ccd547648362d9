"""Small images, and ways to vary them: as drawn, or with chosen parameters."""

import numpy as np
import torch

from paribus.augment import Chain, Normalisation, Size, Variations
from paribus.augment.composing import compose
from paribus.augment.operations import Part
from paribus.specs import AUGMENTS, RecipeSpec, builder_of

SIZES = [(8, 8), (31, 31), (32, 32), (20, 33), (33, 20), (64, 48)]


def images(height=16, width=12, channels=3, count=12, seed=0):
    shape = (count, channels, height, width)
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def smooth(height, width, count=6, channels=1, seed=1):
    """Few waves a side, so that two ways to interpolate agree."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = [
        128 + 100 * np.sin(2 * np.pi * (a * x / width + b * y / height) + c)
        for a, b, c in random.uniform(-1, 1, (count * channels, 3))
    ]
    waves = np.stack(waves).reshape(count, channels, height, width)
    return torch.from_numpy(np.round(waves).astype(np.uint8))


def operations(*asked):
    """Options of operations, as a study would name them."""
    recipe = {"data": "digits", "net": "linear", "augment": list(asked)}
    return RecipeSpec.model_validate(recipe).augment


def size_of(pixels):
    return Size(*pixels.shape[1:])


def as_it_is(channels):
    """A normalisation that leaves values from 0 to 255."""
    return Normalisation.by([0.0] * channels, [1.0] * channels)


def drawn(asked, pixels, seed=0, epoch=0, positions=None):
    """The variations of these images, which lie one after another in their split unless said."""
    positions = np.arange(len(pixels)) if positions is None else np.asarray(positions)
    return Chain(operations(*asked)).draw(positions, size_of(pixels), seed, epoch)


def varied(asked, pixels, seed=0, epoch=0, positions=None):
    """uint8 images -> floats from 0 to 255."""
    variations = drawn(asked, pixels, seed, epoch, positions)
    return variations.vary(pixels, as_it_is(pixels.shape[1]))


def parts_of(asked, count, size, seed=0, epoch=0):
    """The parts of one operation for the first `count` images of a split."""
    (options,) = operations(asked)
    return builder_of(AUGMENTS, options)(options).draw(np.arange(count), size, seed, epoch)


def parameters_of(asked, pixels, seed=0, epoch=0):
    """What an operation of one part draws for these images: touched, and name -> a number for each image."""
    (part,) = parts_of(asked, len(pixels), size_of(pixels), seed, epoch)
    return part.touched.tolist(), {name: values.numpy() for name, values in part.parameters.items()}


def done(deed, pixels, **parameters):
    """The images after one deed with chosen parameters: a number for all, or one for each."""
    given = {
        name: torch.as_tensor(values, dtype=torch.float32).expand(len(pixels)).clone()
        for name, values in parameters.items()
    }
    return carried_out([Part(deed, torch.ones(len(pixels), dtype=torch.bool), given)], pixels)


def carried_out(parts, pixels):
    tables = compose(parts, len(pixels), size_of(pixels))
    return Variations(tables, size_of(pixels)).vary(pixels, as_it_is(pixels.shape[1]))


def built(asked):
    """One operation, ready to be drawn."""
    (options,) = operations(asked)
    return builder_of(AUGMENTS, options)(options)
