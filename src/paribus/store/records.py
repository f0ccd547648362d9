"""What happened, as values: the rows of the ledger that others read."""

from dataclasses import dataclass, field
from typing import Any, Literal

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
    seconds: float | None = None
    machine: dict[str, Any] | None = None
    artifacts: dict[str, str] = field(default_factory=dict)  # name -> SHA-256


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
    recipes: dict[str, tuple[dict[str, Any], str]]  # fingerprint -> recipe and its data's fingerprint


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

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(self.changes)


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
