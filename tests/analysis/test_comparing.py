from dataclasses import replace

import numpy as np
import pytest

from paribus.analysis import StudySide, compare, conclude
from paribus.stats import estimate_mean

from .small import evidence, predictions

ONE = {"control": [0.70, 0.72, 0.71, 0.74, 0.73], "arm": [0.75] * 5}
TWO = {"other": [0.74, 0.75, 0.77, 0.77, 0.78], "more": [0.6, 0.61, 0.62, 0.6, 0.6]}


def side(name, scores, *, split="test", **more):
    found = evidence(scores, split=split, **more)
    cells = {
        arm: {seed: f"{name}/{run}" for seed, run in row.items()} for arm, row in found.study.cells.items()
    }
    found = replace(
        found,
        study=replace(found.study, cells=cells),
        runs={f"{name}/{run}": record for run, record in found.runs.items()},
        predictions={f"{name}/{run}": seen for run, seen in found.predictions.items()},
    )
    return StudySide(name, found, conclude(found))


def compared(result, arm):
    return next(each for table in result.tables for each in table.arms if each.arm.name == arm)


def test_arms_of_common_seeds_and_images_are_paired_and_corrected_together():
    result = compare([side("one", ONE), side("two", TWO)])
    (table,) = result.tables
    assert table.level == pytest.approx(0.975)
    assert (table.reference.study, table.reference.arm.name) == ("one", "control")
    found = compared(result, "other")
    expected = estimate_mean(np.subtract(TWO["other"], ONE["control"]))
    assert (found.pairs, found.difference) == (5, pytest.approx(expected.mean))
    assert (found.low, found.high) == pytest.approx(
        (expected.interval(0.975).low, expected.interval(0.975).high)
    )
    assert compared(result, "arm").difference is None  # its own report has it


def test_arms_that_other_images_judged_are_not_paired():
    """As other data or another carving of the same data make them."""
    first, second = side("one", ONE), side("two", TWO)
    for seed in range(5):
        run = f"two/other/{seed}"
        second.evidence.predictions[run] = predictions(TWO["other"][seed], np.arange(1000) + 1)
    for seed in range(5):
        run = f"two/more/{seed}"
        second.evidence.runs[run] = replace(second.evidence.runs[run], data_fingerprint="another")
    result = compare([first, second])
    assert {compared(result, arm).apart for arm in TWO} == {"other images"}
    assert result.tables[0].level is None


def test_arms_without_a_common_seed_are_not_paired():
    second = side("two", TWO, seeds=[5, 6, 7, 8, 9])
    moved = {
        arm: replace(a, scores={s + 5: v for s, v in a.scores.items()})
        for arm, a in zip(TWO, second.conclusion.arms, strict=True)
    }
    second = replace(second, conclusion=replace(second.conclusion, arms=tuple(moved.values())))
    assert compared(compare([side("one", ONE), second]), "other").apart == "no common seed"


def test_one_common_seed_gives_no_interval():
    result = compare([side("one", {"control": [0.7]}), side("two", {"other": [0.8]})])
    assert (compared(result, "other").apart, compared(result, "other").difference) == (
        "one common seed",
        None,
    )


def test_runs_that_two_studies_share_are_counted_and_differ_from_themselves_in_nothing():
    first = side("one", ONE)
    second = StudySide("two", first.evidence, first.conclusion)
    result = compare([first, second])
    assert (result.runs, result.shared) == ((10, 10), 10)
    again = next(each for each in result.tables[0].arms if each.study == "two" and each.arm.is_control)
    assert again.apart == "the same runs"


def test_what_is_in_another_unit_stands_in_a_table_of_its_own():
    result = compare(
        [side("one", ONE), side("two", TWO, split="validation"), side("three", TWO, metric="macro_f1")]
    )
    assert [(table.metric, table.split) for table in result.tables] == [
        ("accuracy", "test"),
        ("accuracy", "validation"),
        ("macro_f1", "test"),
    ]
    assert [table.reference.study for table in result.tables] == ["one", "two", "three"]


def test_only_settings_that_differ_are_listed():
    settings = dict(compare([side("one", ONE, margin=0.01), side("two", TWO)]).settings)
    assert settings["study.margin"] == ("0.01", "")
    assert settings["study.control"] == ('"control"', '"other"')
    assert not any(place.startswith(("optimizer", "net", "data")) for place in settings)


def test_differences_without_any_spread_have_no_interval():
    result = compare([side("one", {"control": [0.7] * 5}), side("two", {"other": [0.8] * 5})])
    assert (compared(result, "other").low, compared(result, "other").difference) == (None, pytest.approx(0.1))
