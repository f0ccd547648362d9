"""What a run starts from: the weights of another run, or a file of somebody else's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from paribus.data.cache import cache_folder
from paribus.errors import ExecutionError
from paribus.executors.events import Job
from paribus.executors.starts import facts_of, identify_weights
from paribus.nets.starting import Started
from paribus.nets.weights import read_weights
from paribus.specs import StartSpec
from paribus.store import Ledger, read_arrays, read_facts, read_runs
from paribus.training import TrainingData
from paribus.training.state import tensors_of

Normalisation = tuple[tuple[float, ...], tuple[float, ...]]  # mean and deviation of channels, 0 to 255


_KNOWN = {"classes", "mean", "deviation"}  # of what a run's own file tells


@dataclass(frozen=True)
class Parent:
    """Weights, and what is known of how they were trained."""

    weights: dict[str, Tensor]
    classes: tuple[str, ...] | None = None
    normalisation: Normalisation | None = None


def read_parent(job: Job) -> Parent | None:
    """What the job's run starts from, if it does."""
    start = job.recipe.start
    if start is None or job.weights is None:
        return None
    if not job.weights.is_file():
        what = f"stage '{start.stage}'" if start.stage else "a run" if start.run else "weights"
        raise ExecutionError(f"it starts from {what}, and {job.weights} is not there; 'paribus run' makes it")
    parent = read_file(job.weights, start)
    if start.weights is not None and identify_weights(job.weights, cache_folder()) != job.parent:
        raise ExecutionError(f"{job.weights}: changed since this run was planned; run the study again")
    return parent


def read_file(file: Path, start: StartSpec) -> Parent:
    """The weights of a file: of a run, as its sum beside it says, or one that somebody brought."""
    if start.weights is None:
        arrays, facts = read_arrays(file)
        weights = tensors_of(arrays)
    else:
        weights, facts = read_weights(file), read_facts(file) or facts_of(file, cache_folder())
    if not isinstance(facts, dict) or not _KNOWN.issubset(facts):
        return Parent(weights)
    known, mean, deviation = (facts[name] for name in ("classes", "mean", "deviation"))
    return Parent(weights, tuple(known) if known else None, (tuple(mean), tuple(deviation)))


def find_divergence_before(job: Job, ledger: Ledger) -> str | None:
    """Why a run cannot start, because the one that it starts from diverged; None where that one ended well.

    Raises ExecutionError where that one has no result at all.
    """
    start = job.recipe.start
    if start is None or job.parent is None or start.weights is not None:
        return None
    what = f"stage '{start.stage}'" if start.stage else "run"
    parent = read_runs(ledger, [job.parent]).get(job.parent)
    if parent is not None and parent.state == "diverged":
        return f"the {what} that it starts from ({job.parent[:12]}) diverged: {parent.reason}"
    if parent is None or parent.state != "finished":
        why = f": {parent.reason}" if parent and parent.reason else ""
        raise ExecutionError(f"the {what} that it starts from ({job.parent[:12]}) has no result{why}")
    return None


def describe_start(started: Started, seen: TrainingData) -> dict[str, Any]:
    """What trains and what does not, as plain values for the record."""
    told = {name: list(getattr(started, name)) for name in ("trained", "frozen", "new")}
    features = tuple(seen.train.pixels.shape[1:]) if seen.are_features else None
    return {
        "start": told
        | {"told": started.describe(), "parameters_trained": started.numbers[0], "features": features}
    }
