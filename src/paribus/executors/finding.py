"""Which learning rate, which batch size: a few steps of a run that is never kept.

Nothing is claimed and nothing written: a finder has no ledger.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paribus.errors import ExecutionError
from paribus.executors.events import Job
from paribus.executors.preparing import prepare, settled
from paribus.training.batch_sizes import BatchSpeed, free_memory_bytes, peak_memory_bytes, time_batches
from paribus.training.range_test import RateStep, sweep_rates
from paribus.training.suggesting import RateSuggestion, suggest_rate

LADDER = (100, 400, 1600)  # steps: a net that learns next to nothing in so many gets more
LARGEST = 65_536  # images that a recipe may have in a batch
FLAT = 1.05  # times as fast: less is no gain
_FLAT_DOUBLINGS = 2  # sizes in a row that are no faster: nothing more is expected then
_KEPT_FREE = 0.1  # of the memory: no size is tried that would leave less

Tell = Callable[[int, int], None]  # steps done, of how many


@dataclass(frozen=True)
class RateFinding:
    """What the range tests of some seeds saw, and what they suggest together and each alone."""

    seeds: tuple[int, ...]
    steps: int
    sweeps: tuple[tuple[RateStep, ...], ...]  # a seed each
    together: RateSuggestion
    alone: tuple[RateSuggestion, ...]


@dataclass(frozen=True)
class BatchFinding:
    """Sizes in rising order; `ended` says why there is none beyond."""

    speeds: tuple[BatchSpeed, ...]
    asked: int  # the recipe's own size
    ended: str

    @property
    def suggested(self) -> BatchSpeed | None:
        """The smallest that is nearly as fast as the fastest."""
        ran = [speed for speed in self.speeds if speed.images_per_second]
        best = max((speed.images_per_second or 0.0 for speed in ran), default=0.0)
        return next((speed for speed in ran if (speed.images_per_second or 0.0) * FLAT >= best), None)


def find_rate(
    jobs: Sequence[Job], *, first: float, last: float, steps: int | None, tell: Tell
) -> RateFinding:
    """`jobs`: the same recipe with different seeds. Without `steps`, as many as it takes, within LADDER."""
    runs = [(job.recipe, prepare(job)) for job in map(settled, jobs)]
    for count in LADDER if steps is None else (steps,):
        sweeps = []
        for number, (recipe, run) in enumerate(runs):
            sweep: list[RateStep] = []
            for step in sweep_rates(recipe, run.seen, run.state, first=first, last=last, steps=count):
                if not (sweep or math.isfinite(step.loss)):
                    raise ExecutionError(
                        f"seed {recipe.seed}: the loss is {step.loss} before any step, so no rate helps: "
                        "something is amiss with the net, or with the images that it is given"
                    )
                sweep.append(step)
                tell(number * count + len(sweep), count * len(runs))
            sweeps.append(tuple(sweep))
        together = suggest_rate(sweeps, count)
        if together.verdict not in {"learns too little", "flat"}:
            break
    return RateFinding(
        seeds=tuple(job.recipe.seed for job in jobs),
        steps=count,
        sweeps=tuple(sweeps),
        together=together,
        alone=tuple(suggest_rate([sweep], count) for sweep in sweeps),
    )


def find_batch(job: Job, *, first: int, last: int | None, tell: Tell) -> BatchFinding:
    """Doubles the size from `first` on until memory ends, speed flattens or images run out."""
    job = settled(job)
    run, asked = prepare(job), job.recipe.batch_size
    images, device = len(run.seen.train), run.seen.train.labels.device
    if first > images:
        raise ExecutionError(f"--from {first}: the training split has {images:,} images; begin with fewer")
    largest = min(last or LARGEST, LARGEST, images)
    sizes = _sizes(first, largest, asked)
    speeds: list[BatchSpeed] = []
    before = peak_memory_bytes(device)
    ended = f"the training split has {images:,} images" if largest == images else f"{largest:,} was the last"
    for size in sizes:
        tell(len(speeds), len(sizes))
        speeds.append(time_batches(job.recipe, run.seen, run.state, size))
        if why := _why_stop(speeds, asked, before, free_memory_bytes(device)):
            ended = why
            break
    tell(len(sizes), len(sizes))
    return BatchFinding(tuple(speeds), asked, ended)


def _sizes(first: int, largest: int, asked: int) -> list[int]:
    """Doubled from the first to the largest, and the recipe's own."""
    doubled = {first << k for k in range(LARGEST.bit_length()) if first << k <= largest}
    return sorted(doubled | {min(asked, largest)})


def _why_stop(speeds: Sequence[BatchSpeed], asked: int, before: int, free: int) -> str | None:
    """Why nothing larger is tried. Bytes: `before` those held before the first, `free` after the last."""
    last = speeds[-1]
    ran = [speed.images_per_second for speed in speeds if speed.images_per_second]
    if last.memory_bytes is None:
        return f"{last.size:,} could not be trained" if ran else None
    if 2 * (last.memory_bytes - before) > (1 - _KEPT_FREE) * free:
        return f"{2 * last.size:,} would not fit the memory"
    if len(ran) > _FLAT_DOUBLINGS and last.size >= asked:
        best_before = max(ran[:-_FLAT_DOUBLINGS])
        if max(ran[-_FLAT_DOUBLINGS:]) < FLAT * best_before:
            return "larger ones are not faster"
    return None
