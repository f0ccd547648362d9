"""What varying 1,000 images of 32x32 costs: paribus and Kornia on batches, torchvision image by image.

Bytes in, normalised floats in batches of 256 out, one thread; milliseconds of processor time, paribus with
choosing images and the tables of its epochs. All take turns within one process, so that the ratios hold on a
busy machine; Kornia is left out where it is not installed. `make bench` installs it under build/, for this.

    python benchmarks/augment.py [--rounds 5]
"""

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from paribus.augment import Chain, Normalisation, Size
from paribus.nets.foreign import import_torchvision
from paribus.specs import AUGMENTS, RecipeSpec

import_torchvision("The benchmark of augmentation")
from torchvision.transforms import v2  # noqa: E402

BATCH, IMAGES, SIDE = 256, 10_240, 32
FEW = 256  # images for what takes a second a thousand
MEAN, DEVIATION = (0.45, 0.45, 0.45), (0.25, 0.25, 0.25)  # of values from 0 to 1
KORNIA = Path(__file__).parent.parent / "build" / "kornia"
JITTER = {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}
CHAINS: dict[str, list[Any]] = {
    "flip + shift-crop": ["flip", "shift-crop"],
    "six operations": [
        "shift-crop",
        "flip",
        {"name": "rotate", "degrees": 20},
        {"name": "colour-jitter", **JITTER},
        "grayscale",
        "perspective",
    ],
}
GOALS = {  # how many times faster than the better of torchvision's, and than Kornia
    ("flip + shift-crop", "torchvision"): 20,
    ("flip + shift-crop", "kornia"): 4,
    ("six operations", "torchvision"): 40,
    ("six operations", "kornia"): 9,
}

Pipeline = Callable[[Tensor], Any]  # uint8 [images, 3, side, side] -> batches


def ours(asked: Sequence[Any]) -> Pipeline:
    recipe = {"data": "digits", "net": "linear", "augment": list(asked)}
    chain = Chain(RecipeSpec.model_validate(recipe).augment)
    norm = Normalisation.by([255 * m for m in MEAN], [255 * d for d in DEVIATION])
    epochs = iter(range(1_000_000))

    def vary(pixels: Tensor) -> None:
        order = np.random.default_rng(0).permutation(len(pixels))
        varied = chain.draw(order, Size(3, SIDE, SIDE), 0, next(epochs))
        for start in range(0, len(pixels), BATCH):
            batch = pixels.index_select(0, torch.from_numpy(order[start : start + BATCH]))
            varied.mix(varied.vary(batch, norm, start), start)

    return vary


def torchvisions(name: str, *, pil: bool) -> Pipeline:
    steps: list[Any] = [v2.RandomCrop(SIDE, padding=4), v2.RandomHorizontalFlip()]
    if name == "six operations":
        steps += [
            v2.RandomRotation(20, interpolation=v2.InterpolationMode.BILINEAR),
            v2.ColorJitter(**JITTER),
            v2.RandomGrayscale(0.1),
            v2.RandomPerspective(0.5, p=0.5),
        ]
    first, last = ([v2.ToPILImage()], [v2.ToImage()]) if pil else ([], [])
    made = v2.Compose(
        [*first, *steps, *last, v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, DEVIATION)]
    )

    def vary(pixels: Tensor) -> None:
        for start in range(0, len(pixels), BATCH):
            torch.stack([made(image) for image in pixels[start : start + BATCH]])

    return vary


def kornias(name: str) -> Pipeline | None:
    """None where it is not installed."""
    sys.path.append(str(KORNIA))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from kornia import augmentation as K  # noqa: N812
    except ModuleNotFoundError:
        return None
    steps = [K.RandomCrop((SIDE, SIDE), padding=4), K.RandomHorizontalFlip()]
    if name == "six operations":
        steps += [
            K.RandomRotation(20.0),
            K.ColorJitter(**JITTER),
            K.RandomGrayscale(p=0.1),
            K.RandomPerspective(0.5, p=0.5),
        ]
    made = torch.nn.Sequential(*steps, K.Normalize(torch.tensor(MEAN), torch.tensor(DEVIATION)))

    def vary(pixels: Tensor) -> None:
        for start in range(0, len(pixels), BATCH):
            made(pixels[start : start + BATCH].float() / 255)

    return vary


def milliseconds(vary: Pipeline, pixels: Tensor) -> float:
    """Of processor time for 1,000 images."""
    started = time.process_time()
    vary(pixels)
    return (time.process_time() - started) * 1e6 / len(pixels)


def compare(name: str, pixels: Tensor, rounds: int) -> None:
    made = {
        "paribus": (ours(CHAINS[name]), pixels),
        "torchvision, PIL": (torchvisions(name, pil=True), pixels[:FEW]),
        "torchvision, tensors": (torchvisions(name, pil=False), pixels[:FEW]),
    }
    if (kornia := kornias(name)) is not None:
        made["kornia"] = (kornia, pixels[: 2 * BATCH])
    for vary, some in made.values():
        vary(some[:BATCH])
    spent: dict[str, list[float]] = {label: [] for label in made}
    for _ in range(rounds):
        for label, (vary, some) in made.items():
            spent[label].append(milliseconds(vary, some))
    for label, times in spent.items():
        print(f"{name:20}{label:22}{statistics.median(times):10,.1f}")
    better = min(
        ("torchvision, PIL", "torchvision, tensors"), key=lambda label: statistics.median(spent[label])
    )
    for other, label in (("torchvision", better), ("kornia", "kornia")):
        if label in spent:
            ratios = [theirs / our for theirs, our in zip(spent[label], spent["paribus"], strict=True)]
            ends, goal = f"{min(ratios):.0f} to {max(ratios):.0f}", GOALS[name, other]
            print(f"{name:20}{'times ' + label:32}{statistics.median(ratios):8.0f}{ends:>14}   goal {goal}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    pixels = torch.from_numpy(
        np.random.default_rng(0).integers(0, 256, (IMAGES, 3, SIDE, SIDE), dtype=np.uint8)
    )
    print(f"ms per 1,000 images of {SIDE}x{SIDE}; batches of {BATCH}, 1 thread, median of {rounds} rounds")
    for name in CHAINS:
        compare(name, pixels, rounds)
    print("each operation alone on every image, paribus")
    for name in AUGMENTS:
        vary = ours([{"name": name, "probability": 1}])
        vary(pixels[:BATCH])
        times = sorted(map(partial(milliseconds, vary), [pixels] * 3))
        print(f"{name:20}{times[1]:10.1f}")


if __name__ == "__main__":
    main()
