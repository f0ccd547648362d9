import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, nct, t

from paribus.stats import compute_power, detectable_difference, sd_range, seeds_needed


@pytest.mark.parametrize("n", [2, 5, 8, 30, 1000])
@pytest.mark.parametrize("contrasts", [1, 4, 20])
@pytest.mark.parametrize("difference", [0.05, 0.5, 1.2])
def test_power_is_that_of_the_noncentral_t(n, contrasts, difference):
    critical = t.isf(0.025 / contrasts, n - 1)
    shift = difference * np.sqrt(n)
    expected = nct.sf(critical, n - 1, shift) + (nct.cdf(-critical, n - 1, shift) if shift < 5 else 0)
    assert compute_power(difference, 1, n, contrasts=contrasts) == pytest.approx(expected, abs=1e-8)


@given(st.floats(0, 30), st.integers(2, 2000), st.integers(1, 50))
def test_power_is_a_chance_whatever_is_asked(difference, n, contrasts):
    power = compute_power(difference, 1, n, contrasts=contrasts)
    assert 0.05 / contrasts - 1e-9 <= power <= 1 + 1e-9
    assert power == compute_power(-difference, 1, n, contrasts=contrasts)


def test_without_a_difference_power_is_alpha():
    assert compute_power(0, 1, 8, contrasts=4) == pytest.approx(0.05 / 4)


def test_one_seed_or_no_spread_needs_no_distribution():
    assert compute_power(9, 1, 1) == 0
    assert (compute_power(0.1, 0, 5), compute_power(0, 0, 5)) == (1, 0)


@pytest.mark.parametrize(("ratio", "textbook"), [(0.5, 34), (0.8, 15), (1.0, 10), (0.2, 199)])
def test_seeds_needed_are_the_textbooks(ratio, textbook):
    # Paired t test, alpha 5 %, power 80 %: Cohen 1988, and G*Power.
    assert seeds_needed(ratio, 1.0, sd_degrees=7).likely == textbook


@pytest.mark.parametrize("contrasts", [1, 3, 10])
@pytest.mark.parametrize("ratio", [0.1, 0.7, 1.3])
def test_one_seed_fewer_would_not_be_enough(ratio, contrasts):
    n = seeds_needed(ratio, 1.0, sd_degrees=7, contrasts=contrasts).likely
    assert compute_power(ratio, 1, n, contrasts=contrasts) >= 0.8
    assert compute_power(ratio, 1, n - 1, contrasts=contrasts) < 0.8


def test_the_range_narrows_as_the_sd_becomes_known():
    few, many = (seeds_needed(0.5, 1.0, sd_degrees=degrees) for degrees in (4, 400))
    assert few.low < many.low < many.likely < many.high < few.high
    assert few.likely == many.likely


def test_the_range_is_that_of_the_bounds_of_the_sd():
    small, large = sd_range(1.0, 7)
    answer = seeds_needed(0.5, 1.0, sd_degrees=7)
    assert answer.low == seeds_needed(0.5, small, sd_degrees=7).likely
    assert answer.high == seeds_needed(0.5, large, sd_degrees=7).likely


def test_no_word_is_promised_under_five_seeds():
    answer = seeds_needed(100.0, 1.0, sd_degrees=7)
    assert (answer.low, answer.likely, answer.high) == (5, 5, 5)
    assert seeds_needed(0.1, 0.0, sd_degrees=7).likely == 5


def test_more_seeds_than_the_most_is_not_a_number():
    answer = seeds_needed(0.05, 1.0, sd_degrees=7, most=3200)
    assert answer.low is not None
    assert answer.high is None
    assert seeds_needed(1e-9, 1.0, sd_degrees=7).low is None


def test_a_margin_of_zero_is_refused():
    with pytest.raises(ValueError, match="the margin must be above zero"):
        seeds_needed(0.0, 1.0, sd_degrees=7)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 50])
@pytest.mark.parametrize("contrasts", [1, 4, 30])
def test_the_detectable_difference_is_found_four_times_in_five(n, contrasts):
    smallest = detectable_difference(n, sd=0.01, contrasts=contrasts)
    assert compute_power(smallest, 0.01, n, contrasts=contrasts) == pytest.approx(0.8, abs=1e-4)
    assert smallest == pytest.approx(0.01 * detectable_difference(n, contrasts=contrasts))


def test_one_seed_detects_nothing_and_equal_differences_hide_nothing():
    assert detectable_difference(1) is None
    assert detectable_difference(5, sd=0.0) == 0


@pytest.mark.parametrize("degrees", [1, 4, 30])
def test_the_interval_of_an_sd_is_the_chi_square_one(degrees):
    low, high = sd_range(2.0, degrees, 0.9)
    assert low == pytest.approx(2 * np.sqrt(degrees / chi2.ppf(0.95, degrees)))
    assert high == pytest.approx(2 * np.sqrt(degrees / chi2.ppf(0.05, degrees)))
