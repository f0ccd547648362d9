"""What a run starts from: where it lies, and what it is known by. Reads none of it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from paribus.data.progress import Progress, Tell, tell_nobody
from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.offered import KINDS, find_offered
from paribus.specs import RecipeSpec, StartSpec
from paribus.specs.base import Options
from paribus.store import LEDGER_FILE, find_runs, open_ledger, read_runs, run_folder


@dataclass(frozen=True)
class Origin:
    """What a run starts from."""

    known_by: (
        str  # a run's fingerprint, or the SHA-256 of weights: part of the identity of what starts from it
    )
    file: Path


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
    file = (places.folder / Path(name).expanduser()).resolve()
    if not file.is_file() and file.suffix in KINDS:
        raise SpecError(f"start.weights: no such file: {file}; expected weights ({', '.join(KINDS)})")
    if not file.is_file():
        what = f"Downloading weights of {net.name}"
        told = lambda done, size: places.tell(Progress(what, done, size, "bytes"))  # noqa: E731
        file = find_offered(net, name, places.cache / "weights", told)
    with file.open("rb") as weights:
        return Origin(hashlib.file_digest(weights, hashlib.sha256).hexdigest(), file)


def kept_file(store: Path, fingerprint: str, start: StartSpec, recipe: RecipeSpec | dict[str, Any]) -> Path:
    """The weights of a run that `start` asks for; `recipe` is that run's."""
    return run_folder(store, fingerprint) / f"{_epoch(start, recipe)}.safetensors"


def _epoch(start: StartSpec, recipe: RecipeSpec | dict[str, Any]) -> Literal["last", "best"]:
    """The best epoch speaks for a run that stopped early, as in a conclusion."""
    if start.epoch != "auto":
        return start.epoch
    stop = recipe.stop if isinstance(recipe, RecipeSpec) else recipe.get("stop")
    return "best" if stop else "last"


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
    return Origin(fingerprint, kept_file(store, fingerprint, start, run.recipe))
