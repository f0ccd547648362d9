"""How fast and how large training steps of different sizes are. The recipe's own steps, by the same loop.

It does not know which size to choose.
"""

import copy
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
import torch

from paribus.errors import ParibusError
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.specs.schedules import Constant
from paribus.training.batches import TrainingData
from paribus.training.loop import train
from paribus.training.range_test import few_to_validate
from paribus.training.state import TrainingState

_WARM = 2  # steps that are not timed: they allocate, and choose kernels
_FEWEST, _MOST = 3, 30  # steps that are
_SECONDS = 0.5  # after so much timing, the fewest are enough
_RATE = 1e-8  # so small that nothing diverges while it is timed
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class BatchSpeed:
    """One size. Where it could not be trained, `trouble` says why and the figures are None."""

    size: int
    steps_per_epoch: int
    images_per_second: float | None = None
    memory_bytes: int | None = None  # most that was held: of the process on a CPU, of the device's elsewhere
    trouble: str = ""


def time_batches(recipe: RecipeSpec, data: TrainingData, state: TrainingState, size: int) -> BatchSpeed:
    """Trains a few steps of that size on a copy of `state`."""
    steps = steps_per_epoch(len(data.train), size)
    tried = _with_steps(state, steps)
    try:
        seconds = _time_steps(_timed(recipe, size), few_to_validate(data), tried)
    except (ParibusError, ValueError, RuntimeError, MemoryError) as error:  # refused, or memory has ended
        return BatchSpeed(size, steps, trouble=_first_line(error))
    if tried.pieces > state.pieces:
        return BatchSpeed(size, steps, trouble=f"memory ran out; it would go in {tried.pieces} pieces")
    device = data.train.labels.device
    images = min(size, len(data.train))
    return BatchSpeed(size, steps, images / float(np.median(seconds)), peak_memory_bytes(device))


def peak_memory_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device))
    try:  # `ru_maxrss` would tell of whoever started this process, where that was larger
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return int(psutil.Process().memory_info().rss)


def free_memory_bytes(device: torch.device) -> int:
    """What could still be had, as far as the system and the group of this process allow."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    free = int(psutil.virtual_memory().available)
    try:
        most, held = (
            (_CGROUP / name).read_text(encoding="ascii") for name in ("memory.max", "memory.current")
        )
        return min(free, int(most) - int(held))
    except (OSError, ValueError):  # no such group, or no limit: "max"
        return free


def _timed(recipe: RecipeSpec, size: int) -> RecipeSpec:
    return recipe.model_copy(
        update={
            "batch_size": size,
            "optimizer": recipe.optimizer.model_copy(update={"lr": _RATE}),
            "schedule": Constant(),
            "epochs": _WARM + _MOST,
            "stop": None,
        }
    )


def _with_steps(state: TrainingState, steps: int) -> TrainingState:
    """A copy whose epochs have that many steps."""
    state = copy.deepcopy(state)
    empty = state.step_losses.new_zeros(steps)
    return replace(state, step_losses=empty, step_correct=empty.clone())


def _time_steps(recipe: RecipeSpec, data: TrainingData, state: TrainingState) -> list[float]:
    """Seconds of each step; what an epoch's beginning costs is in the first of an epoch."""
    device = data.train.labels.device
    on_cuda = device.type == "cuda"
    seconds: list[float] = []
    with torch.random.fork_rng(devices=[device] if on_cuda else []):
        if on_cuda:
            torch.cuda.reset_peak_memory_stats(device)
        moments = train(recipe, data, state)
        for step in range(_WARM + _MOST):
            began = time.perf_counter()
            if next(moments, None) is None:
                break
            if on_cuda:
                torch.cuda.synchronize(device)
            if step >= _WARM:
                seconds.append(time.perf_counter() - began)
            if len(seconds) >= _FEWEST and sum(seconds) > _SECONDS:
                break
    return seconds


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
