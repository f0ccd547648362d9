"""What a run starts from: where it lies, and what it is known by. Reads none of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.data.progress import Progress, Tell, tell_nobody
from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.offered import KINDS, facts_beside, find_offered
from paribus.specs import StartSpec, digest
from paribus.specs.base import Options
from paribus.specs.recipe import Epoch, scored_epoch
from paribus.store import LEDGER_FILE, RunRecord, find_runs, open_ledger, read_runs, run_folder

WEIGHTS = "weights"  # the folder of published ones in the cache


@dataclass(frozen=True)
class Origin:
    """What a run starts from. What it is known by is part of the identity of what starts from it."""

    known_by: str  # a run's fingerprint, or what `identify_weights` says
    file: Path
    epoch: Epoch = "last"
    run: RunRecord | None = None


@dataclass(frozen=True)
class Made:
    """A net as a run makes it, and the classes that it tells apart."""

    net: Options
    shape: Shape
    classes: tuple[str, ...]
    hidden: tuple[int, ...] = ()


@dataclass(frozen=True)
class Places:
    """Where to look for what a run starts from, and who is told when that takes long."""

    store: Path
    folder: Path  # what paths are relative to
    cache: Path
    tell: Tell = tell_nobody


def find_origin(net: Options, start: StartSpec, places: Places) -> Origin:
    """Of a start that is no stage: a run that the ledger has, a file, published weights. Raises SpecError."""
    kind, name = start.parent
    if kind == "run":
        return _find_run(name, start, places.store)
    assert kind == "weights", "stages are planned, not found"
    try:
        file = (places.folder / Path(name).expanduser()).resolve()
        is_there = file.is_file()
    except (OSError, ValueError, RuntimeError) as error:
        raise SpecError(f"start.weights: {name!r} can be no path: {error}") from error
    if not is_there and file.suffix in KINDS:
        raise SpecError(f"start.weights: no such file: {file}; expected weights ({', '.join(KINDS)})")
    if not is_there:
        what = f"Downloading weights of {net.name}"
        told = lambda done, size: places.tell(Progress(what, done, size, "bytes"))  # noqa: E731
        file = find_offered(net, name, places.cache / WEIGHTS, told)
    return Origin(identify_weights(file, places.cache), file)


def identify_weights(file: Path, cache: Path) -> str:
    """The SHA-256 of the file; of published weights, of what is known of them too, which training goes by."""
    with file.open("rb") as weights:
        sha256 = hashlib.file_digest(weights, hashlib.sha256).hexdigest()
    facts = facts_of(file, cache)
    return digest([sha256, facts]) if facts else sha256


def facts_of(file: Path, cache: Path) -> dict[str, Any] | None:
    """What is known of weights that paribus fetched; of other files only what they say themselves."""
    return facts_beside(file) if file.parent == (cache / WEIGHTS).resolve() else None


def kept_file(store: Path, fingerprint: str, epoch: Epoch) -> Path:
    """The weights that a run keeps of an epoch."""
    return run_folder(store, fingerprint) / f"{epoch}.safetensors"


def _find_run(beginning: str, start: StartSpec, store: Path) -> Origin:
    found = {}
    if (store / LEDGER_FILE).exists():
        with open_ledger(store, create=False) as ledger:
            found = read_runs(ledger, find_runs(ledger, beginning))
    if not found:
        raise SpecError(f"start.run: no run of {store} is called '{beginning}…'; 'paribus runs' lists them")
    if len(found) > 1:
        names = ", ".join(name[:12] for name in list(found)[:3])
        raise SpecError(f"start.run: '{beginning}…' names {len(found)} runs ({names}, ...); give more of it")
    [(fingerprint, run)] = found.items()
    if run.state != "finished":
        raise SpecError(f"start.run: run {fingerprint[:12]} is {run.state}; only a finished one has weights")
    epoch = scored_epoch(run.recipe)
    file = kept_file(store, fingerprint, epoch if start.epoch == "auto" else start.epoch)
    if not file.is_file():
        raise SpecError(
            f"start.run: the weights of run {fingerprint[:12]} are gone ({file}); run its own study again"
        )
    return Origin(fingerprint, file, epoch, run)
