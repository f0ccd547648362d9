"""Histories become lines: raw, smoothed, averaged over seeds, and thinned to what a screen can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from paribus.report.inputs import ReportInput
from paribus.report.smoothing import Values, choose_window, smooth, thin
from paribus.store import EpochRecord

Quantity = Literal["loss", "accuracy"]

MOST_POINTS = 400  # of one line
ALL_POINTS = 24_000  # of all lines of one figure together: 0.5 MB


@dataclass(frozen=True)
class Line:
    """One run's curve. `epochs` counts from 0, the start of training; accuracies are shares."""

    epochs: Values
    raw: Values
    smoothed: Values


@dataclass(frozen=True)
class ArmCurves:
    """What one panel shows. Means are over finished runs, as far as all of them went."""

    arm: str
    train: dict[int, Line]
    validation: dict[int, Line]
    train_mean: Line | None
    validation_mean: Line | None
    finished: int
    window: int  # of the smoothed training lines, in points; 1: not smoothed


def trace_arms(report: ReportInput, quantity: Quantity) -> list[ArmCurves]:
    return [_trace_arm(report, arm.name, quantity) for arm in report.conclusion.arms]


def choose_points(curves: Sequence[ArmCurves]) -> int:
    """How many points of a line to draw, so that many arms and seeds still make a small page."""
    lines = sum(len(arm.train) for arm in curves)
    return max(60, min(MOST_POINTS, ALL_POINTS // max(1, lines)))


def thin_line(line: Line, most: int) -> Line:
    drawn = thin(len(line.epochs), most)
    return Line(line.epochs[drawn], line.raw[drawn], line.smoothed[drawn])


def _trace_arm(report: ReportInput, arm: str, quantity: Quantity) -> ArmCurves:
    histories = {seed: epochs for seed, epochs in report.histories.get(arm, {}).items() if epochs}
    train = {seed: _trace_training(epochs, quantity) for seed, epochs in histories.items()}
    validation = {seed: _trace_validation(epochs, quantity) for seed, epochs in histories.items()}
    states = report.conclusion.arms[report.number_of(arm)].states
    finished = [seed for seed in histories if states.get(seed) == "finished"]
    return ArmCurves(
        arm,
        train,
        validation,
        _average([train[seed] for seed in finished]),
        _average([validation[seed] for seed in finished]),
        len(finished),
        max((choose_window(len(line.raw)) for line in train.values()), default=1),
    )


def _trace_training(epochs: list[EpochRecord], quantity: Quantity) -> Line:
    """Per step where steps were kept, else per epoch."""
    steps = [np.asarray(e.step_losses if quantity == "loss" else e.step_accuracies) for e in epochs]
    if any(len(values) == 0 for values in steps):
        means = [e.train_loss if quantity == "loss" else e.train_accuracy for e in epochs]
        return _make_line(np.array([e.epoch for e in epochs]), np.array(means))
    ends = [
        record.epoch - 1 + np.arange(1, len(values) + 1) / len(values)
        for record, values in zip(epochs, steps, strict=True)
    ]
    return _make_line(np.concatenate(ends), np.concatenate(steps))


def _trace_validation(epochs: list[EpochRecord], quantity: Quantity) -> Line:
    """As measured: one point an epoch is not noisy enough to smooth."""
    values = [e.validation_loss if quantity == "loss" else e.validation_accuracy for e in epochs]
    x, y = _finite_start(np.array([e.epoch for e in epochs], float), np.array(values, float))
    return Line(x, y, y)


def _make_line(epochs: Values, values: Values) -> Line:
    x, y = _finite_start(epochs.astype(float), values.astype(float))
    return Line(x, y, smooth(y, choose_window(len(y))))


def _finite_start(x: Values, y: Values) -> tuple[Values, Values]:
    """A diverged run is drawn up to its last finite value."""
    broken = np.flatnonzero(~np.isfinite(y))
    end = int(broken[0]) if len(broken) else len(y)
    return x[:end], y[:end]


def _average(lines: list[Line]) -> Line | None:
    shortest = min((len(line.epochs) for line in lines), default=0)
    if not shortest:
        return None
    raw = np.mean([line.raw[:shortest] for line in lines], axis=0)
    smoothed = np.mean([line.smoothed[:shortest] for line in lines], axis=0)
    return Line(lines[0].epochs[:shortest], raw, smoothed)
