"""Which memory layout trains a net faster: channels-last or contiguous, in turns within one process.

The bare loop of `step.py`, forward, backward and step on resident tensors. Above 1, channels-last is faster;
`layout = "auto"` follows this table, net by net (docs/nets.md).

    python benchmarks/layouts.py [--threads 2] [--rounds 5] [NET...]
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import Any

import torch

from paribus.specs import RecipeSpec
from step import bare_steps

NETS: dict[str, dict[str, Any]] = {
    "linear": {"name": "linear"},
    "mlp 512-256-128": {"name": "mlp", "hidden": [512, 256, 128]},
    "lenet5": {"name": "lenet5"},
    "plain 32-64-128-128": {"name": "plain", "widths": [32, 64, 128, 128]},
    "plain with batch norm": {"name": "plain", "widths": [32, 64, 128, 128], "batch_norm": True},
    "separable": {"name": "separable"},
    "compact": {"name": "compact"},
    "fast": {"name": "fast"},
    "resnet 20": {"name": "resnet", "depth": 20},
    "resnet 18": {"name": "resnet"},
    "vgg 11": {"name": "vgg"},
    "mobilenetv2": {"name": "mobilenetv2"},
}
BATCH = 64


def make_steps(net: dict[str, Any], precision: str, layout: str) -> Iterator[None]:
    plain = {"data": "digits", "net": net, "batch_size": BATCH, "precision": precision, "layout": layout}
    return bare_steps(RecipeSpec.model_validate(plain))


def seconds_of(steps: Iterator[None], least: float = 0.05) -> float:
    """Of one step, the mean over as many as fill a little while."""
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < least:
        next(steps)
        count += 1
    return (time.perf_counter() - started) / count


def compare(net: dict[str, Any], precision: str, rounds: int) -> tuple[list[float], float]:
    """Contiguous / channels-last of each round, and the median seconds of a channels-last step."""
    last, contiguous = (make_steps(net, precision, layout) for layout in ("channels-last", "contiguous"))
    for steps in (last, contiguous):
        next(steps)
        next(steps)
    pairs = [(seconds_of(last), seconds_of(contiguous)) for _ in range(rounds)]
    return [other / one for one, other in pairs], statistics.median(one for one, _ in pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("nets", nargs="*", metavar="NET", help=f"some of {', '.join(NETS)}")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    print(f"contiguous / channels-last, batches of {BATCH}, {asked.threads} threads, {asked.rounds} rounds")
    print(f"{'net':22}{'precision':>10}{'ms a step':>11}{'ratio':>7}{'range':>15}{'auto':>15}")
    for name in asked.nets or NETS:
        for precision in ("fp32", "bf16"):
            ratios, seconds = compare(NETS[name], precision, asked.rounds)
            auto = RecipeSpec.model_validate({"data": "digits", "net": NETS[name]}).memory_layout
            spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
            told = f"{name:22}{precision:>10}{1000 * seconds:11.1f}{statistics.median(ratios):7.2f}"
            print(f"{told}{spread:>15}{auto:>15}", flush=True)


if __name__ == "__main__":
    main()
