from dataclasses import replace

import numpy as np
import pytest

from paribus.report import build_page
from paribus.report.rate_lines import MOST_POINTS, group_alike, trace_rates
from paribus.schedules import Course, rate_factors
from paribus.specs import RecipeSpec, canonical
from paribus.store import EpochRecord

from .example import CONTROL, make_report
from .reading import Page


def recipe(**settings):
    return RecipeSpec.model_validate({"data": "digits", "net": "linear", "epochs": 4} | settings)


def history(*accuracies):
    return [
        EpochRecord(k + 1, 1.0, 0.5, 1.0, accuracy, 1e-3, np.zeros(10, np.float32), np.zeros(10, np.float32))
        for k, accuracy in enumerate(accuracies)
    ]


@pytest.mark.parametrize("schedule", ["constant", "linear", "cosine", "step", "multi-step", "one-cycle"])
def test_every_step_of_a_short_run_has_the_rate_that_training_gives_it(schedule):
    asked = recipe(schedule=schedule, optimizer={"name": "sgd", "lr": 0.2})
    line = trace_rates(asked, 10)
    factor = rate_factors(asked.schedule, Course(40, 4))
    assert line.steps == tuple(range(40))
    assert line.rates == tuple(0.2 * factor(step) for step in range(40))
    assert (line.total, line.is_constant) == (40, schedule == "constant")


def test_a_plateau_is_shown_as_the_run_had_it():
    asked = recipe(schedule={"name": "plateau", "patience": 1, "gamma": 0.5})
    line = trace_rates(asked, 10, history(0.5, 0.4, 0.6, 0.7))
    assert [line.rates[step] for step in (0, 10, 20, 30)] == [1e-3, 1e-3, 5e-4, 5e-4]
    assert trace_rates(asked, 10).is_constant


def test_a_run_that_stopped_early_is_shown_as_far_as_it_went():
    line = trace_rates(recipe(schedule="cosine"), 10, epochs=2)
    assert line.steps[-1] == 19
    assert line.rates == trace_rates(recipe(schedule="cosine"), 10).rates[:20]


def test_a_long_run_has_few_points_but_its_first_and_last_step_and_the_ends_of_epochs():
    line = trace_rates(recipe(schedule="one-cycle", epochs=20), 5000)
    assert MOST_POINTS <= len(line.steps) <= MOST_POINTS + 40
    assert {0, 4999, 5000, 99_999} <= set(line.steps)
    assert line.peak[0] == pytest.approx(30_000, abs=300)
    assert line.peak[1] == pytest.approx(1e-3, rel=1e-3)
    assert len(trace_rates(recipe(epochs=5000), 100).steps) == MOST_POINTS


def test_arms_with_the_same_rates_share_a_line():
    constant, cosine = trace_rates(recipe(), 10), trace_rates(recipe(schedule="cosine"), 10)
    other = trace_rates(recipe(), 20)  # as many epochs, but of more steps
    found = group_alike([("a", constant), ("b", cosine), ("c", constant), ("d", other)])
    assert [names for names, _ in found] == [("a", "c"), ("b",), ("d",)]


def reported(**settings_of_others):
    """The example, whose runs have recipes that can be read."""
    report = make_report(troubles=False)
    plain = {arm: canonical(recipe(epochs=5, **({} if arm == CONTROL else settings_of_others)))
             for arm in report.runs}  # fmt: skip
    runs = {arm: {s: replace(r, recipe=plain[arm]) for s, r in of.items()} for arm, of in report.runs.items()}
    return replace(report, runs=runs)


def test_the_report_shows_the_schedule_under_the_curves():
    page = Page(build_page(reported(schedule="cosine")))
    told = next(label for label in page.labels if label.startswith("Learning rate by epoch."))
    assert f"{CONTROL}: 0.001 throughout" in told
    assert "and 1 more: first 0.001, highest 0.001, last 0" in told
    lines = next(spec["datasets"]["lines"] for spec in page.specs if "lines" in spec.get("datasets", {}))
    assert [len(line["x"]) for line in lines] == [len(line["rate"]) for line in lines]
    assert lines[0]["rate"] == [1e-3] * len(lines[0]["rate"])
    assert lines[1]["rate"][-1] == 0.0
    assert max(lines[1]["x"]) == pytest.approx(5, abs=0.01)


def test_one_rate_that_never_changes_is_not_drawn():
    assert "Learning rate by epoch" not in build_page(reported())
    assert "Learning rate by epoch" not in build_page(make_report())  # recipes that cannot be read


def test_rates_that_lie_decades_apart_are_drawn_by_decades():
    def axis(report):
        specs = [spec for spec in Page(build_page(report)).specs if "lines" in spec.get("datasets", {})]
        return specs[0]["layer"][0]["encoding"]["y"]["scale"]

    assert axis(reported(optimizer={"name": "adam", "lr": 0.1}))["type"] == "log"
    assert axis(reported(optimizer={"name": "adam", "lr": 0.002}))["type"] == "linear"
