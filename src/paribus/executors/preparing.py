"""From a job to what training needs: its images, its net, and where it stood when it was last seen."""

import os
import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import nn

from paribus.data import DataSet, Portion, open_data, reopen, select_training
from paribus.errors import ExecutionError
from paribus.executors.events import Job
from paribus.executors.parents import Normalisation, describe_start, read_parent
from paribus.executors.processor import processor_name
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.filters import Filters, possible_filters
from paribus.nets.starting import Started, hold_norms, start_net
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec, fingerprint
from paribus.specs.start import NormaliseSpec
from paribus.training import Resident, TrainingData, TrainingState, first_state, resident
from paribus.training.features import with_features


@dataclass
class Prepared:
    """A run with all that it needs; `state` moves on, and `diverged` says why it went no further."""

    data: DataSet
    seen: TrainingData
    state: TrainingState
    started: Started | None = None  # what it started from, where its first weights were not drawn
    diverged: str | None = None
    born: Mapping[str, Filters] = field(default_factory=dict)  # the layers that see pixels, before training

    @property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.state.net.parameters())

    @property
    def facts(self) -> dict[str, Any]:
        """What a run tells of itself, as plain values."""
        start = describe_start(self.started, self.seen) if self.started else {}
        return start | self.state.facts


def prepare(job: Job) -> Prepared:
    """The run before its first step."""
    recipe, parent, started = job.recipe, read_parent(job), None
    data = open_for(job)
    seen = load_images(job, data, parent.normalisation if parent else None)
    shape = Shape(*data.shape, classes=len(seen.classes))
    net = make_net(recipe, shape)
    if recipe.start is not None:
        assert parent is not None, "whoever planned it knows what it starts from"
        started = start_net(
            net, parent.weights, recipe.start, shape, classes=seen.classes, known_classes=parent.classes
        )
        hold_norms(net, started)
    steps = steps_per_epoch(len(seen.train), recipe.batch_size)
    state = first_state(recipe, net, shape, steps, job.device, scales=started.scales if started else {})
    if started:
        began = time.perf_counter()
        seen, state.head = with_features(recipe, seen, net, started, shape)
        state.seconds = time.perf_counter() - began  # the first epoch pays for them
    return Prepared(data, seen, state, started, born=possible_filters(net, shape))


def open_for(job: Job) -> DataSet:
    """The job's data, which are those that it was planned with."""
    data = (reopen(job.cached) if job.cached else None) or open_data(job.recipe.data, job.folder)
    if fingerprint(job.recipe, data.fingerprint, job.parent) != job.fingerprint:
        raise ExecutionError(
            "the data or the source of the net changed since this run was planned; run the study again"
        )
    return data


def load_images(job: Job, data: DataSet, normalisation: Normalisation | None) -> TrainingData:
    """What the run sees; `normalisation` is that of the weights that it starts from or has."""
    chosen = select_training(job.recipe.data, data, job.recipe.seed_of("split"))
    mean, deviation = _normalisation(job.recipe, data, normalisation)
    return TrainingData(
        train=load_portion(data, chosen.train, job.device),
        validation=load_portion(data, chosen.validation, job.device),
        mean=mean,
        deviation=deviation,
        classes=chosen.classes,
    )


def make_net(recipe: RecipeSpec, shape: Shape) -> nn.Module:
    """The net with its own first weights."""
    hidden = recipe.start.hidden if recipe.start else ()
    return build_net(recipe.net, shape, recipe.seed_of("weights"), hidden)


def _normalisation(recipe: RecipeSpec, data: DataSet, of_weights: Normalisation | None) -> Normalisation:
    """What is taken away from each channel and what divides it, of values from 0 to 255."""
    stated, channels = recipe.normalise, len(data.mean)
    if stated is False:
        return (0.0,) * channels, (255.0,) * channels
    if isinstance(stated, NormaliseSpec):
        return tuple(255 * v for v in stated.mean), tuple(255 * v for v in stated.deviation)
    if stated is True and of_weights is not None and len(of_weights[0]) == channels:
        return of_weights
    return data.mean, data.deviation


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
        torch.backends.cudnn.allow_tf32 = False  # fp32 is fp32; who wants less says bf16


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
        "processor": processor_name(),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
