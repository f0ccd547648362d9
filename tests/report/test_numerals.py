from dataclasses import replace

import pytest

from paribus.report.numerals import (
    MINUS,
    NOTHING,
    as_duration,
    as_interval,
    as_level,
    as_points,
    as_probability,
    as_range,
    choose_decimals,
)

from .example import make_report


@pytest.mark.parametrize(
    ("difference", "text"),
    [(0.0061, "+0.6"), (-0.0061, f"{MINUS}0.6"), (-0.0004, f"{MINUS}0.04"), (0.0, "0.0"), (None, NOTHING)],
)
def test_a_difference_has_its_sign_and_only_zero_reads_as_zero(difference, text):
    assert as_points(difference) == text


def test_an_interval_of_means_has_no_signs():
    assert as_range(0.851, 0.863, 1) == "[85.1, 86.3]"
    assert as_interval(0.001, 0.011) == "[+0.1, +1.1]"


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.21, "4.2 s"), (41.2, "41 s"), (157, "2.6 min"), (900, "15 min"), (7200, "2.0 h")]
)
def test_a_duration_is_told_in_its_own_unit(seconds, text):
    assert as_duration(seconds) == text


def test_levels_and_probabilities_have_no_digit_too_many():
    assert [as_level(x) for x in (0.95, 0.9875, 0.9833333)] == ["95 %", "98.75 %", "98.33 %"]
    assert [as_probability(x) for x in (0.00001, 0.0123, 0.5)] == ["< 0.001", "0.012", "0.50"]


def test_narrow_intervals_get_a_second_decimal():
    wide = make_report().conclusion
    assert choose_decimals(wide) == 1
    narrow = replace(wide, arms=(replace(wide.arms[0], low=0.8609, high=0.8615), *wide.arms[1:]))
    assert choose_decimals(narrow) == 2
