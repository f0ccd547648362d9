"""How near paribus's training steps come to the bare loop: forward, backward, step on resident tensors.

Both train the same net from the same weights with the same batch size, optimizer and layout on one thread,
in turns within one process. Steady steps only: imports, evaluation and the first steps are left out; what
augmentation computes once an epoch is shared out among its steps. A ratio of 1 means that the product around
the arithmetic costs nothing.

    python benchmarks/step.py [--rounds 7]
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from paribus.augment import Chain, Size
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs import RecipeSpec
from paribus.training import TrainingData, first_state, resident, steps_per_epoch, train

BATCH, IMAGES, CLASSES = 256, 256 * 40, 10
NETS: dict[str, dict[str, Any]] = {
    "plain 32-64-128-128": {"name": "plain", "widths": [32, 64, 128, 128]},
    "lenet5": {"name": "lenet5"},
}
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
GOALS = {
    ("plain 32-64-128-128", "no augmentation"): 0.95,
    ("plain 32-64-128-128", "flip + shift-crop"): 0.90,
    ("plain 32-64-128-128", "six operations"): 0.95,
    ("lenet5", "no augmentation"): 0.90,
    ("lenet5", "flip + shift-crop"): 0.80,
    ("lenet5", "six operations"): 0.78,
}


def bare_steps(recipe: RecipeSpec) -> Iterator[None]:
    """The loop that everybody would write: one step for each item."""
    net = build_net(recipe.net, Shape(3, 32, 32, CLASSES), 0)
    net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(net.parameters(), lr=recipe.optimizer.lr, fused=True)
    images = torch.randn(BATCH, 3, 32, 32).to(memory_format=torch.channels_last)
    labels = torch.randint(0, CLASSES, (BATCH,))
    while True:
        loss = functional.cross_entropy(net(images), labels)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield


def our_steps(recipe: RecipeSpec) -> Iterator[None]:
    """The product's own loop."""
    data = training_data()
    net = build_net(recipe.net, Shape(3, 32, 32, CLASSES), 0)
    state = first_state(recipe, net, steps_per_epoch(len(data.train), recipe.batch_size), "cpu")
    for _ in train(recipe, data, state):
        yield


def training_data() -> TrainingData:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (IMAGES, 3, 32, 32), dtype=np.uint8)
    labels = rng.integers(0, CLASSES, IMAGES)
    train_set = resident(pixels, np.arange(IMAGES), labels, "cpu")
    few = resident(pixels, np.arange(BATCH), labels[:BATCH], "cpu")
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
        chain.draw(np.arange(IMAGES), Size(3, 32, 32), 0, epoch)
        spent.append(time.process_time() - started)
    return statistics.median(spent) * BATCH / IMAGES


def compare(recipe: RecipeSpec, rounds: int, steps: int) -> tuple[list[float], float]:
    """The ratio bare / ours of each round, and ours in images per CPU-second."""
    makers: list[Callable[[RecipeSpec], Iterator[None]]] = [bare_steps, our_steps]
    bare, ours = (make(recipe) for make in makers)
    tables = steps * table_seconds(recipe)
    cpu_seconds(bare, 3)
    cpu_seconds(ours, 3)
    ratios, spent = [], []
    for _ in range(rounds):
        one, other = cpu_seconds(bare, steps), cpu_seconds(ours, steps) + tables
        ratios.append(one / other)
        spent.append(other)
    return ratios, BATCH * steps / statistics.median(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    print(
        f"images per CPU-second against the bare loop; batch {BATCH}, Adam, 1 thread, {asked.rounds} rounds"
    )
    print(f"{'net':22}{'augmentation':20}{'ratio':>7}{'range':>15}{'goal':>7}{'images/s':>10}")
    for net, options in NETS.items():
        for label, augment in AUGMENTS.items():
            recipe = RecipeSpec.model_validate(
                {"data": "digits", "net": options, "augment": augment, "batch_size": BATCH, "epochs": 1000}
            )
            # an epoch has 40 steps; 5 rounds of 7 and the warm-up end before its evaluation
            steps = 4 if "plain" in net else 5
            ratios, speed = compare(recipe, asked.rounds, steps)
            spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
            goal = GOALS[net, label]
            print(f"{net:22}{label:20}{statistics.median(ratios):7.3f}{spread:>15}{goal:7.2f}{speed:10,.0f}")


if __name__ == "__main__":
    main()
