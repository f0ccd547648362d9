"""One run, from its first step or any later one to its end. Knows no ledger, no study and no other run."""

from paribus.training.batches import Feed, Resident, TrainingData, resident
from paribus.training.evaluating import Evaluation, evaluate
from paribus.training.loop import Moment, train
from paribus.training.state import TrainingState, first_state, without_clock

__all__ = [
    "Evaluation",
    "Feed",
    "Moment",
    "Resident",
    "TrainingData",
    "TrainingState",
    "evaluate",
    "first_state",
    "resident",
    "train",
    "without_clock",
]
