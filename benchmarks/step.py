"""How near paribus's training steps come to the bare loop: forward, backward, step on resident tensors.

Both train the same net from the same weights with the same batch size, optimizer and layout on one thread,
in turns within one process. Steady steps only: imports, evaluation and the first steps are left out; what
augmentation computes once an epoch is shared out among its steps. A ratio of 1 means that the product around
the arithmetic costs nothing.

    python benchmarks/step.py [--rounds 7] [--precision fp32] [NET...]
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from paribus.augment import Chain, Size
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.training import TrainingData, first_state, resident, train

CLASSES = 10
STEPS_AN_EPOCH = 40
AUGMENTS: dict[str, list[Any]] = {
    "no augmentation": [],
    "flip + shift-crop": ["flip", "shift-crop"],
    "six operations": [
        "shift-crop",
        "flip",
        {"name": "rotate", "degrees": 20},
        {"name": "colour-jitter", "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1},
        "grayscale",
        "perspective",
    ],
}


@dataclass(frozen=True)
class Race:
    """A net, and the ratio that each augmentation should reach with it."""

    net: dict[str, Any]
    goals: dict[str, float]
    batch: int = 256
    steps: int = 4  # of a round; the rounds end before the first evaluation


USUAL = {"flip + shift-crop": 0.90}
RACES = {
    "plain 32-64-128-128": Race(
        {"name": "plain", "widths": [32, 64, 128, 128]},
        {"no augmentation": 0.95, "flip + shift-crop": 0.90, "six operations": 0.95},
    ),
    "lenet5": Race(
        {"name": "lenet5"}, {"no augmentation": 0.90, "flip + shift-crop": 0.80, "six operations": 0.78}
    ),
    "compact": Race({"name": "compact"}, USUAL, batch=128, steps=2),
    "separable": Race({"name": "separable"}, USUAL, batch=128, steps=1),
    "fast": Race({"name": "fast"}, USUAL, batch=64, steps=1),
    "resnet 20": Race({"name": "resnet", "depth": 20}, USUAL, batch=128, steps=1),
    "mobilenetv2": Race({"name": "mobilenetv2"}, USUAL, batch=64, steps=1),
    "vgg 11": Race({"name": "vgg"}, USUAL, batch=64, steps=1),
}


def bare_steps(recipe: RecipeSpec) -> Iterator[None]:
    """The loop that everybody would write: one step for each item."""
    shape = Shape(3, 32, 32, CLASSES)
    net = build_net(recipe.net, shape, 0)
    layout = torch.channels_last if recipe.memory_layout == "channels-last" else torch.contiguous_format
    net = net.to(memory_format=layout)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(net.parameters(), lr=recipe.optimizer.lr, fused=True)
    images = torch.randn(recipe.batch_size, 3, 32, 32).to(memory_format=layout)
    labels = torch.randint(0, CLASSES, (recipe.batch_size,))
    while True:
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.precision == "bf16"):
            logits = net(images)
        loss = functional.cross_entropy(logits.float(), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield


def our_steps(recipe: RecipeSpec) -> Iterator[None]:
    """The product's own loop."""
    data = training_data(recipe.batch_size)
    shape = Shape(3, 32, 32, CLASSES)
    net = build_net(recipe.net, shape, 0)
    state = first_state(recipe, net, shape, steps_per_epoch(len(data.train), recipe.batch_size), "cpu")
    for _ in train(recipe, data, state):
        yield


def training_data(batch: int) -> TrainingData:
    rng = np.random.default_rng(0)
    count = batch * STEPS_AN_EPOCH
    pixels = rng.integers(0, 256, (count, 3, 32, 32), dtype=np.uint8)
    labels = rng.integers(0, CLASSES, count)
    train_set = resident(pixels, np.arange(count), labels, "cpu")
    few = resident(pixels, np.arange(batch), labels[:batch], "cpu")
    mean, deviation = (127.5,) * 3, (74.0,) * 3
    return TrainingData(train_set, few, mean, deviation, tuple(map(str, range(CLASSES))))


def cpu_seconds(steps: Iterator[None], count: int) -> float:
    started = time.process_time()
    for _ in range(count):
        next(steps)
    return time.process_time() - started


def table_seconds(recipe: RecipeSpec) -> float:
    """What a step has to pay for the tables that augmentation makes once an epoch."""
    chain, spent = Chain(recipe.augment), []
    for epoch in range(5):
        started = time.process_time()
        chain.draw(np.arange(recipe.batch_size * STEPS_AN_EPOCH), Size(3, 32, 32), 0, epoch)
        spent.append(time.process_time() - started)
    return statistics.median(spent) / STEPS_AN_EPOCH


def compare(recipe: RecipeSpec, rounds: int, steps: int) -> tuple[list[float], float]:
    """The ratio bare / ours of each round, and ours in images per CPU-second."""
    makers: list[Callable[[RecipeSpec], Iterator[None]]] = [bare_steps, our_steps]
    bare, ours = (make(recipe) for make in makers)
    tables = steps * table_seconds(recipe)
    cpu_seconds(bare, 2)
    cpu_seconds(ours, 2)
    ratios, spent = [], []
    for _ in range(rounds):
        one, other = cpu_seconds(bare, steps), cpu_seconds(ours, steps) + tables
        ratios.append(one / other)
        spent.append(other)
    return ratios, recipe.batch_size * steps / statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("nets", nargs="*", metavar="NET", help=f"some of {', '.join(RACES)}")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    how = f"Adam, 1 thread, {asked.precision}, {asked.rounds} rounds"
    print(f"images per CPU-second against the bare loop; {how}")
    print(f"{'net':22}{'augmentation':20}{'batch':>6}{'ratio':>7}{'range':>15}{'goal':>7}{'images/s':>10}")
    for name in asked.nets or RACES:
        race = RACES[name]
        for label, goal in race.goals.items():
            plain = {"data": "digits", "net": race.net, "augment": AUGMENTS[label]}
            sizes = {"batch_size": race.batch, "epochs": 1000, "precision": asked.precision}
            recipe = RecipeSpec.model_validate(plain | sizes)
            ratios, speed = compare(recipe, asked.rounds, race.steps)
            spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
            told = f"{name:22}{label:20}{race.batch:6}{statistics.median(ratios):7.3f}{spread:>15}"
            print(f"{told}{goal:7.2f}{speed:10,.0f}", flush=True)


if __name__ == "__main__":
    main()
