"""Histories become lines: raw, smoothed, averaged over seeds, with no more points than a screen can show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from paribus.report.inputs import ReportInput
from paribus.report.smoothing import Values, choose_window, smooth
from paribus.store import EpochRecord, RunRecord

Quantity = Literal["loss", "accuracy"]

MOST_POINTS = 400  # of one line
FEWEST_POINTS = 60
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
    number: int  # the arm's place in the study
    steps: int  # of an epoch; 0 where they were not kept
    train: dict[int, Line]
    validation: dict[int, Line]
    train_mean: Line | None
    validation_mean: Line | None
    finished: tuple[int, ...]  # seeds
    best: dict[int, int]  # by seed: the best epoch, as the ledger has it
    stopped: tuple[int, ...]  # seeds that early stopping ended


@dataclass(frozen=True)
class Traces:
    """All that one figure of curves shows."""

    arms: tuple[ArmCurves, ...]
    window: int  # of the smoothed training lines, in points; 1: not smoothed
    block: int  # steps whose mean one point is, at the most
    points: int  # of the longest training line


def trace_arms(report: ReportInput, quantity: Quantity) -> Traces:
    """Each line with at most so many points that many arms and seeds still make a small page."""
    raw = [
        {seed: _trace_training(epochs, quantity) for seed, epochs in _histories_of(report, arm.name).items()}
        for arm in report.conclusion.arms
    ]
    lengths = [len(y) for of_arm in raw for _, y in of_arm.values()]
    longest = max(lengths, default=0)
    most = max(FEWEST_POINTS, min(MOST_POINTS, ALL_POINTS // max(1, len(lengths))))
    block = max(1, -(-longest // most))
    points = -(-longest // block)
    window = choose_window(points)
    arms = []
    for number, of_arm in enumerate(raw):
        gathered = {seed: average_blocks(x, y, block) for seed, (x, y) in of_arm.items()}
        lines = {seed: Line(x, y, smooth(y, window)) for seed, (x, y) in gathered.items()}
        arms.append(_trace_arm(report, number, quantity, lines, window))
    return Traces(tuple(arms), window, block, points)


def _histories_of(report: ReportInput, arm: str) -> dict[int, list[EpochRecord]]:
    return {seed: epochs for seed, epochs in report.histories.get(arm, {}).items() if epochs}


def average_blocks(x: Values, y: Values, block: int) -> tuple[Values, Values]:
    """Means of so many points in a row, each at the place of its last; the last block may be shorter."""
    if block == 1 or not len(y):
        return x, y
    starts = np.arange(0, len(y), block)
    ends = np.minimum(starts + block, len(y))
    return x[ends - 1], np.add.reduceat(y, starts) / (ends - starts)


def _trace_arm(
    report: ReportInput, number: int, quantity: Quantity, train: dict[int, Line], window: int
) -> ArmCurves:
    arm = report.conclusion.arms[number]
    histories = _histories_of(report, arm.name)
    validation = {seed: _trace_validation(epochs, quantity) for seed, epochs in histories.items()}
    finished = tuple(seed for seed in histories if arm.states.get(seed) == "finished")
    runs = {seed: report.runs[arm.name][seed] for seed in histories}
    kept = [_count_steps(epochs) for epochs in histories.values()]
    return ArmCurves(
        arm.name,
        number,
        max(kept) if kept and all(kept) else 0,
        train,
        validation,
        _average([train[seed] for seed in finished], window),
        _average([validation[seed] for seed in finished], 1),
        finished,
        {seed: run.best_epoch for seed, run in runs.items() if run.best_epoch},
        tuple(seed for seed in finished if _stopped_early(runs[seed])),
    )


def trace_epochs(
    arm: str,
    number: int,
    histories: Mapping[int, Sequence[EpochRecord]],
    counted: Sequence[int],
    quantity: Quantity,
) -> ArmCurves:
    """Of runs that may still go on: a point an epoch. `counted` are the seeds of which the mean is drawn."""
    begun = {seed: epochs for seed, epochs in histories.items() if epochs}
    means = {seed: _trace_training(epochs, quantity) for seed, epochs in begun.items()}
    train = {seed: Line(x, y, y) for seed, (x, y) in means.items()}
    validation = {seed: _trace_validation(epochs, quantity) for seed, epochs in begun.items()}
    meant = tuple(seed for seed in begun if seed in counted)
    return ArmCurves(
        arm,
        number,
        0,
        train,
        validation,
        _average([train[seed] for seed in meant], 1),
        _average([validation[seed] for seed in meant], 1),
        meant,
        best={},
        stopped=(),
    )


def _stopped_early(run: RunRecord) -> bool:
    return bool(run.recipe.get("stop")) and (run.last_epoch or 0) < run.recipe.get("epochs", 0)


def _count_steps(epochs: Sequence[EpochRecord]) -> int:
    """Steps of an epoch; 0 where those of any were not kept."""
    return len(epochs[0].step_losses) if all(len(epoch.step_losses) for epoch in epochs) else 0


def _trace_training(epochs: Sequence[EpochRecord], quantity: Quantity) -> tuple[Values, Values]:
    """Per step where steps were kept, else per epoch."""
    if not _count_steps(epochs):
        means = [e.train_loss if quantity == "loss" else e.train_accuracy for e in epochs]
        return _finite_start([e.epoch for e in epochs], means)
    steps = [np.asarray(e.step_losses if quantity == "loss" else e.step_accuracies) for e in epochs]
    ends = [
        record.epoch - 1 + np.arange(1, len(values) + 1) / len(values)
        for record, values in zip(epochs, steps, strict=True)
    ]
    return _finite_start(np.concatenate(ends), np.concatenate(steps))


def _trace_validation(epochs: Sequence[EpochRecord], quantity: Quantity) -> Line:
    """As measured: one point an epoch is not noisy enough to smooth."""
    values = [e.validation_loss if quantity == "loss" else e.validation_accuracy for e in epochs]
    x, y = _finite_start([e.epoch for e in epochs], values)
    return Line(x, y, y)


def _finite_start(
    epochs: Sequence[float] | Values, values: Sequence[float] | Values
) -> tuple[Values, Values]:
    """A diverged run is drawn up to its last finite value."""
    x, y = np.asarray(epochs, float), np.asarray(values, float)
    broken = np.flatnonzero(~np.isfinite(y))
    end = int(broken[0]) if len(broken) else len(y)
    return x[:end], y[:end]


def _average(lines: list[Line], window: int) -> Line | None:
    """The mean of the raw lines, smoothed: as the page does it again for another window."""
    shortest = min((len(line.epochs) for line in lines), default=0)
    if not shortest:
        return None
    raw = np.mean([line.raw[:shortest] for line in lines], axis=0)
    return Line(lines[0].epochs[:shortest], raw, smooth(raw, window))
