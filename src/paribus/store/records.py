"""What happened, as values: the rows of the ledger that others read."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

State = Literal["planned", "running", "finished", "diverged", "failed", "stopped"]
ENDED: tuple[State, ...] = ("finished", "diverged")  # these are results; the others may run again


@dataclass(frozen=True)
class EpochRecord:
    """One epoch of a run. Means are over images, not over batches."""

    epoch: int  # from 1
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float  # at the epoch's last step
    step_losses: NDArray[np.float32]  # [steps]
    step_accuracies: NDArray[np.float32]  # [steps]
    seconds: float = 0.0  # clock: recorded, no part of the result


@dataclass(frozen=True)
class RunRecord:
    """A run as the ledger has it now."""

    fingerprint: str
    state: State
    recipe: dict[str, Any]
    parent: str | None = None  # what it starts from
    data_fingerprint: str | None = None
    reason: str | None = None
    traceback: str | None = None
    attempts: int = 0
    last_epoch: int | None = None
    last_score: float | None = None
    best_epoch: int | None = None
    best_score: float | None = None
    parameters: int | None = None
    started: float | None = None
    ended: float | None = None
    known: float | None = None  # when its result was first there
    seconds: float | None = None
    machine: dict[str, Any] | None = None
    facts: dict[str, Any] | None = None  # what it tells of itself, such as which of its weights were trained
    artifacts: dict[str, str] = field(default_factory=dict)  # name -> SHA-256


@dataclass(frozen=True)
class RunSigns:
    """Those columns of a run that change while it goes on."""

    fingerprint: str
    state: State  # stopped, where its process is gone
    reason: str | None
    traceback: str | None
    claim: int
    attempts: int
    host: str | None
    pid: int | None
    pid_started: float | None
    heartbeat: float | None
    started: float | None
    ended: float | None
    last_epoch: int | None
    last_score: float | None
    best_score: float | None


@dataclass(frozen=True)
class SittingRecord:
    """One command at work on a study, or what is left of it."""

    id: int
    host: str
    pid: int
    heartbeat: float
    slots: int
    started: float
    ended: float | None
    stop_asked: float | None
    lives: bool  # false, and not ended: its process is gone without a word


class RecipeEntry(NamedTuple):
    """All that makes a run's fingerprint."""

    recipe: dict[str, Any]
    data_fingerprint: str
    parent: str | None = None  # what it starts from: a run's fingerprint, or the SHA-256 of weights


AGAIN = "tried before"  # why a search refuses a point that was a trial already


@dataclass(frozen=True)
class TrialRecord:
    """What a search asked for: a configuration on one rung, or one that was refused."""

    place: int  # in the search's order, from 0
    batch: int
    number: int | None  # of the configuration, from 0; None: it was refused
    rung: int
    point: tuple[float, ...]  # in the search's space
    changes: dict[str, Any]  # by place in the recipe
    cells: dict[int, str]  # seed -> the run's fingerprint
    parameters: int | None
    refused: str | None  # why
    proposer: str  # what proposed it, with its version


@dataclass(frozen=True)
class StudyEntry:
    """One revision of a study, to be registered before its first run."""

    name: str
    revision: str
    title: str
    spec: dict[str, Any]
    control: str
    changes: dict[str, dict[str, Any]]  # by arm, in the study's order
    cells: dict[str, dict[int, str]]  # arm -> seed -> the run's fingerprint
    recipes: dict[str, RecipeEntry]  # by fingerprint
    stages: dict[str, list[str]] = field(default_factory=dict)  # stage -> its runs' fingerprints
    search: str | None = None  # what its search is known by
    winner: str | None = None  # the arm that has what the search found; None before that is known


@dataclass(frozen=True)
class StudyRecord:
    """One revision of a study, as it was registered."""

    id: int
    name: str
    revision: str
    title: str
    spec: dict[str, Any]
    control: str
    changes: dict[str, dict[str, Any]]  # by arm, in the study's order
    cells: dict[str, dict[int, str]]  # arm -> seed -> the run's fingerprint
    after_look: bool
    created: float
    stages: dict[str, list[str]] = field(default_factory=dict)  # stage -> its runs' fingerprints
    search: str | None = None  # what its search is known by
    winner: str | None = None  # the arm that has what the search found; None before that is known

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.changes)

    @property
    def cell_runs(self) -> list[str]:
        """The fingerprints of the arms' own runs, each once."""
        return list(dict.fromkeys(name for cells in self.cells.values() for name in cells.values()))

    @property
    def stage_runs(self) -> list[str]:
        """Those of the runs that they start from, each once."""
        return list(dict.fromkeys(name for names in self.stages.values() for name in names))


@dataclass(frozen=True)
class TestScore:
    """What one run reached on the test set, as one look found it."""

    __test__ = False  # no test case, whatever pytest thinks of the name

    fingerprint: str
    weights: Literal["last", "best"]
    accuracy: float
    loss: float


@dataclass(frozen=True)
class LookRecord:
    """One opening of the test set."""

    looked: float
    who: str
    revision: str
    study: str  # its name
