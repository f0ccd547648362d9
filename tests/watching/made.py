"""Studies at some moment, made by hand: what a ledger would have shown."""

import math

import numpy as np

from paribus.store import EpochRecord, RunSigns, SittingRecord
from paribus.watching import ArmView, RunView, StudyView

NONE = np.empty(0, dtype="<f4")


def make_history(*scores, seconds=2.0):
    return tuple(
        EpochRecord(
            epoch=number,
            train_loss=1.0,
            train_accuracy=score,
            validation_loss=1 - score,
            validation_accuracy=score,
            learning_rate=0.1,
            step_losses=NONE,
            step_accuracies=NONE,
            seconds=seconds,
        )
        for number, score in enumerate(scores, 1)
    )


def make_run(state="planned", *scores, seed=0, name="run", epochs=4, speaks="last", seconds=2.0, **signs):
    """A run in that state after epochs with those scores."""
    finished = state == "finished" and scores
    blank = dict.fromkeys(RunSigns.__dataclass_fields__)
    values = {
        "fingerprint": f"{name}-{seed}",
        "state": state,
        "claim": 1,
        "attempts": 1,
        "last_epoch": len(scores) if finished else None,
        "last_score": scores[-1] if finished else None,
        "best_score": max(scores) if finished else None,
        "heartbeat": 1000.0 if state != "planned" else None,
    }
    signs = RunSigns(**(blank | values | signs))
    history = make_history(*scores, seconds=seconds)
    return RunView(signs.fingerprint, seed, epochs, signs, history, speaks)


def make_arm(name, *runs, **facts):
    """`runs` are states, or (state, *scores); seeds count from 0."""
    made = [
        make_run(*((run,) if isinstance(run, str) else run), seed=seed, name=name)
        for seed, run in enumerate(runs)
    ]
    return ArmView(name, tuple(made), **facts)


def make_sitting(number=1, *, pid=100, lives=True, slots=2, ended=None, stop_asked=None):
    return SittingRecord(number, "here", pid, 1000.0, slots, 900.0, ended, stop_asked, lives)


def make_view(*arms, sittings=(), looks=(), title="Which rate?", **facts):
    values = {"name": "study", "revision": "r" * 64, "metric": "accuracy"} | facts
    control = next((arm.name for arm in arms if arm.is_control), arms[0].name)
    return StudyView(**values, title=title, control=control, arms=arms, sittings=sittings, looks=looks)


NAN = math.nan
