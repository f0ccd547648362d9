"""What executors are asked to do, and what they say meanwhile: plain values that cross process borders."""

from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from paribus.specs import RecipeSpec, canonical

# started: its training begins or goes on · epoch: one more is done · ended: its row says how ·
# taken: another process has it · tested: its scores are in the facts · died: it will be tried again ·
# noted: its `line` tells something that happened on the way · stopping: no run's own; somebody asked for it ·
# planned: no run's own either; its `names` are those of runs that a search asks for, its `line` says why
Kind = Literal["started", "epoch", "noted", "ended", "taken", "tested", "died", "stopping", "planned"]

_PLACES = ("store", "folder", "weights")  # of a job


@dataclass(frozen=True)
class Event:
    kind: Kind
    fingerprint: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One run to be carried out, or to be tested with the weights named."""

    fingerprint: str
    recipe: RecipeSpec
    store: Path
    folder: Path  # what the recipe's paths are relative to
    device: str = "auto"
    threads: int = 1
    checkpoint_seconds: float = 10.0
    test: Literal["last", "best"] | None = None
    cached: str | None = None  # its data's folder in the image cache, if whoever planned it has opened them
    parent: str | None = None  # what it starts from: a run's fingerprint, or the SHA-256 of weights
    weights: Path | None = None  # the file of that

    def to_plain(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        places = {name: str(plain[name]) for name in _PLACES if plain[name] is not None}
        return plain | places | {"recipe": canonical(self.recipe)}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Job":
        recipe = RecipeSpec.model_validate(plain["recipe"])
        places = {name: Path(plain[name]) for name in _PLACES if plain[name] is not None}
        return cls(**(plain | places | {"recipe": recipe}))


def waits(job: Job, open_runs: Container[str]) -> bool:
    """Whether the run that a job starts from has not ended yet; `open_runs` holds fingerprints."""
    return job.parent is not None and job.parent in open_runs
