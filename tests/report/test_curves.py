from dataclasses import replace

import numpy as np
import pytest

from paribus.report.curve_charts import shorten_names, spread_labels
from paribus.report.curve_frames import choose_ticks, frame_panels
from paribus.report.curves import choose_points, thin_line, trace_arms

from .example import CONTROL, make_report


@pytest.fixture(scope="module")
def curves():
    return trace_arms(make_report(), "loss")


def test_a_line_has_one_point_for_each_step_on_the_axis_of_epochs(curves):
    line = curves[0].train[0]
    assert len(line.raw) == 5 * 257
    assert line.epochs[-1] == 5.0
    assert line.epochs[256] == 1.0


def test_a_diverged_run_is_drawn_to_its_last_finite_value_and_is_in_no_mean(curves):
    diverged = curves[3]
    assert len(diverged.train[7].raw) < 2 * 257
    assert np.isfinite(diverged.train[7].smoothed).all()
    others = np.mean([diverged.train[s].smoothed for s in range(7)], axis=0)
    np.testing.assert_array_equal(diverged.train_mean.smoothed, others)


def test_histories_without_steps_are_drawn_by_epoch():
    report = make_report(troubles=False)
    bare = np.array([], np.float32)
    histories = {
        arm: {s: [replace(e, step_losses=bare, step_accuracies=bare) for e in es] for s, es in seeds.items()}
        for arm, seeds in report.histories.items()
    }
    line = trace_arms(replace(report, histories=histories), "accuracy")[0].train[0]
    assert list(line.epochs) == [1, 2, 3, 4, 5]
    np.testing.assert_array_equal(line.raw, [e.train_accuracy for e in report.histories[CONTROL][0]])


def test_lines_are_thinned_to_the_budget(curves):
    most = choose_points(curves)
    assert most == 400
    thinned = thin_line(curves[0].train[0], most)
    assert len(thinned.raw) == 400
    assert thinned.epochs[-1] == 5.0


def test_labels_keep_their_order_and_their_distance(curves):
    frame = frame_panels(curves, "loss")
    placed = spread_labels([1.0, 1.0, 1.01, frame.high], frame, 100)
    gaps = np.diff(placed)
    assert (gaps > 0.14 * (frame.high - frame.low)).all()
    assert placed[-1] <= frame.high


def test_names_that_begin_alike_are_told_apart_by_their_ends():
    assert shorten_names(["lr=0.1", "lr=0.01"]) == ["0.1", "0.01"]
    assert shorten_names(["base", "lr=0.01"]) == ["base", "lr=0.01"]


def test_ticks_are_whole_epochs_and_few():
    assert choose_ticks(3, 5) == [3, 4, 5]
    assert choose_ticks(0, 30) == [0, 10, 20, 30]
    assert choose_ticks(0, 1) == [0, 1]
    assert len(choose_ticks(50, 100_000)) <= 6
