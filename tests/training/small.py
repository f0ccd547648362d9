"""Small recipes, data and runs for tests."""

import json

import numpy as np

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.specs.datasets import Digits
from paribus.specs.nets import Linear
from paribus.training import TrainingData, first_state, resident, train, without_clock

CLASSES = 4


def images(count, seed, channels=3, side=16):
    """Each class is bright in another quarter: something that can be learned."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, CLASSES, count)
    pixels = random.integers(0, 160, (count, channels, side, side), dtype=np.uint8)
    half = side // 2
    for image, label in zip(pixels, labels, strict=True):
        y, x = divmod(int(label), 2)
        image[:, y * half : (y + 1) * half, x * half : (x + 1) * half] += 60
    return pixels, labels


def portion(count, seed, **kind):
    pixels, labels = images(2 * count, seed, **kind)
    positions = np.arange(1, 2 * count, 2)  # only every other one is used
    return resident(pixels, positions, labels[positions], "cpu")


def make_data(train=40, validation=30, **kind):
    channels = kind.get("channels", 3)
    return TrainingData(
        train=portion(train, 0, **kind),
        validation=portion(validation, 1, **kind),
        mean=(100.0, 90.0, 110.0)[:channels],
        deviation=(50.0, 45.0, 55.0)[:channels],
        classes=tuple("abcd"),
    )


def make_recipe(**settings):
    return RecipeSpec(**({"data": Digits(), "net": Linear(), "batch_size": 16, "epochs": 3} | settings))


def make_state(recipe, data, net=None):
    shape = Shape(*data.train.pixels.shape[1:], classes=len(data.classes))
    net = net or build_net(recipe.net, shape, recipe.seed_of("weights"))
    return first_state(recipe, net, shape, steps_per_epoch(len(data.train), recipe.batch_size), "cpu")


def saved(state):
    """What a checkpoint would give back: the facts have been JSON."""
    arrays, facts = state.capture()
    return arrays, json.loads(json.dumps(facts))


def restored(recipe, data, capture, net=None):
    state = make_state(recipe, data, net)
    state.restore(*capture)
    return state


def run(recipe, data, state=None):
    """The state at the end."""
    state = state or make_state(recipe, data)
    for _ in train(recipe, data, state):
        pass
    return state


def bits(state):
    """All of a state but the clock, as bytes and exact numbers: equal only if the same to the bit."""
    arrays, facts = saved(state)
    facts["history"] = [{**record, "seconds": 0} for record in facts["history"]]
    shapes = {name: (str(array.dtype), array.shape, array.tobytes()) for name, array in arrays.items()}
    return shapes, json.dumps(facts | {"seconds": 0})


def clockless(history):
    return [without_clock(record) for record in history]
