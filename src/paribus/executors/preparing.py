"""From a job to what training needs: its images, its net, and where it stood when it was last seen."""

import os
import platform
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch

from paribus.data import DataSet, Portion, open_data, reopen, select_training
from paribus.errors import ExecutionError
from paribus.executors.events import Job
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs import RecipeSpec, fingerprint
from paribus.specs.start import NormaliseSpec
from paribus.training import Resident, TrainingData, TrainingState, first_state, resident, steps_per_epoch


@dataclass
class Prepared:
    """A run with all that it needs; `state` moves on, and `diverged` says why it went no further."""

    data: DataSet
    seen: TrainingData
    state: TrainingState
    diverged: str | None = None

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.state.net.parameters())

    @property
    def facts(self) -> dict[str, Any]:
        """What a run tells of itself, as plain values."""
        return {}


def prepare(job: Job) -> Prepared:
    """The run before its first step."""
    recipe = job.recipe
    data = (reopen(job.cached) if job.cached else None) or open_data(recipe.data, job.folder)
    if recipe.start is not None:
        raise ExecutionError("starting from other runs is not carried out yet")
    if fingerprint(recipe, data.fingerprint, job.parent) != job.fingerprint:
        raise ExecutionError(
            "the data or the source of the net changed since this run was planned; run the study again"
        )
    chosen = select_training(recipe.data, data, recipe.seed_of("split"))
    seen = TrainingData(
        train=load_portion(data, chosen.train, job.device),
        validation=load_portion(data, chosen.validation, job.device),
        **_normalisation(recipe, data),
        classes=chosen.classes,
    )
    net = build_net(recipe.net, Shape(*data.shape, classes=len(seen.classes)), recipe.seed_of("weights"))
    steps = steps_per_epoch(len(seen.train), recipe.batch_size)
    return Prepared(data, seen, first_state(recipe, net, steps, job.device))


def _normalisation(recipe: RecipeSpec, data: DataSet) -> dict[str, tuple[float, ...]]:
    """What is taken away from each channel and what divides it, of values from 0 to 255."""
    stated = recipe.normalise
    if stated is False:
        return {"mean": (0.0,) * len(data.mean), "deviation": (255.0,) * len(data.mean)}
    if isinstance(stated, NormaliseSpec):
        return {name: tuple(255 * v for v in getattr(stated, name)) for name in ("mean", "deviation")}
    return {"mean": data.mean, "deviation": data.deviation}


def load_portion(data: DataSet, portion: Portion, device: str) -> Resident:
    return resident(data.split(portion.split).pixels, portion.positions, portion.labels, device)


def settle_process(device: str, threads: int) -> None:
    """Makes this process compute the same bits each time."""
    torch.set_num_threads(threads)
    if device.startswith("cuda"):
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(mode=True)
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        torch.backends.cudnn.benchmark = False


def settled(job: Job) -> Job:
    """The job with its device chosen (`auto` is CUDA, else the CPU), in a process made ready for it."""
    device = job.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    elif device == "cuda" and not torch.cuda.is_available():
        raise ExecutionError("--device cuda: this torch sees no CUDA device; allowed here: auto, cpu")
    settle_process(device, job.threads)
    return replace(job, device=device)


def describe_machine(job: Job) -> dict[str, Any]:
    """What is recorded with a run and is no part of its identity."""
    device = job.device
    if device.startswith("cuda"):
        device = f"cuda ({torch.cuda.get_device_name()})"
    return {
        "device": device,
        "threads": job.threads,
        "processor": _processor(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
