from dataclasses import replace

import numpy as np
import pytest

from paribus.report.colours import style_arms
from paribus.report.curve_charts import LABEL_PIXELS, draw_overview, shorten_names, spread_labels
from paribus.report.curve_frames import choose_ticks, frame_overview, frame_panels
from paribus.report.curves import average_blocks, trace_arms

from .example import CONTROL, make_report


@pytest.fixture(scope="module")
def traces():
    return trace_arms(make_report(), "loss")


@pytest.fixture(scope="module")
def curves(traces):
    return traces.arms


def test_a_short_line_has_one_point_for_each_step_on_the_axis_of_epochs():
    report = make_report(steps=50)
    line = trace_arms(report, "loss").arms[0].train[0]
    assert len(line.raw) == 5 * 50
    assert line.epochs[-1] == 5.0
    assert line.epochs[49] == 1.0
    np.testing.assert_array_equal(line.raw[:50], report.histories[CONTROL][0][0].step_losses)


def test_a_point_of_a_long_line_is_the_mean_of_a_few_steps(traces):
    assert (traces.block, traces.points, traces.window) == (4, 322, 21)
    line = traces.arms[0].train[0]
    assert len(line.raw) == 322
    steps = make_report().histories[CONTROL][0][0].step_losses
    assert line.raw[3] == pytest.approx(steps[12:16].astype(float).mean())
    assert line.epochs[3] == pytest.approx(16 / 257)
    assert line.epochs[-1] == 5.0


def test_blocks_lose_nothing():
    x, y = np.arange(1.0, 12), np.arange(11.0)
    ends, means = average_blocks(x, y, 4)
    assert ends.tolist() == [4, 8, 11]
    assert means.tolist() == [1.5, 5.5, 9.0]


def test_a_run_that_early_stopping_ended_is_known_and_no_other():
    report = make_report(troubles=False)
    runs = report.runs[CONTROL]
    stop = {"patience": 2, "watch": "loss"}
    runs[1] = replace(runs[1], recipe={"epochs": 9, "stop": stop, "seed": 1})
    runs[2] = replace(runs[2], recipe={"epochs": 5, "stop": stop, "seed": 2})
    runs[3] = replace(runs[3], recipe={"epochs": 9, "stop": None, "seed": 3})
    control, other, *_ = trace_arms(report, "loss").arms
    assert control.stopped == (1,)
    assert other.stopped == ()
    assert control.best == {seed: 5 - seed % 2 for seed in range(8)}


def test_a_diverged_run_is_drawn_to_its_last_finite_value_and_is_in_no_mean(curves):
    diverged = curves[3]
    assert len(diverged.train[7].raw) < 2 * 257 / 4
    assert np.isfinite(diverged.train[7].smoothed).all()
    others = np.mean([diverged.train[s].smoothed for s in range(7)], axis=0)
    np.testing.assert_allclose(diverged.train_mean.smoothed, others)


def test_histories_without_steps_are_drawn_by_epoch():
    report = make_report(troubles=False)
    bare = np.array([], np.float32)
    histories = {
        arm: {s: [replace(e, step_losses=bare, step_accuracies=bare) for e in es] for s, es in seeds.items()}
        for arm, seeds in report.histories.items()
    }
    line = trace_arms(replace(report, histories=histories), "accuracy").arms[0].train[0]
    assert list(line.epochs) == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(line.raw, [e.train_accuracy for e in report.histories[CONTROL][0]])


def test_many_arms_have_fewer_points_a_line():
    many = make_report({f"arm {k}": 0.0 for k in range(20)}, seeds=5, epochs=2)
    lines = [line for arm in trace_arms(many, "loss").arms for line in arm.train.values()]
    assert len(lines) == 100
    assert max(len(line.raw) for line in lines) <= 240


def test_labels_keep_their_order_and_their_distance(curves):
    frame = frame_panels(curves, "loss")
    placed = spread_labels([1.0, 1.0, 1.01, frame.high], frame, 100)
    gaps = np.diff(placed)
    assert (gaps > 0.14 * (frame.high - frame.low)).all()
    assert placed[-1] <= frame.high


def test_the_overview_is_high_enough_for_the_names_of_all_its_arms():
    names = [f"arm {k}" for k in range(30)]
    arms = trace_arms(make_report(dict.fromkeys(names, 0.0), seeds=3, steps=5), "accuracy").arms
    frame = frame_overview(arms, "accuracy")
    spec = draw_overview(arms, frame, style_arms(names, names[0]))
    heights = sorted(row["y"] for row in spec["datasets"]["labels"])
    assert len(heights) == 30
    assert frame.low <= heights[0] < heights[-1] <= frame.high + 1e-3
    gap = LABEL_PIXELS * (frame.high - frame.low) / spec["height"]
    assert min(np.diff(heights)) > 0.98 * gap


def test_names_that_begin_alike_are_told_apart_by_their_ends():
    assert shorten_names(["lr=0.1", "lr=0.01"]) == ["0.1", "0.01"]
    assert shorten_names(["base", "lr=0.01"]) == ["base", "lr=0.01"]


def test_ticks_are_whole_epochs_and_few():
    assert choose_ticks(3, 5) == [3, 4, 5]
    assert choose_ticks(0, 30) == [0, 10, 20, 30]
    assert choose_ticks(0, 1) == [0, 1]
    assert len(choose_ticks(50, 100_000)) <= 6
