import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test, ttest_1samp

from paribus.stats import flip_signs
from paribus.stats.signflip import DRAWS, EXACT_UP_TO


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 11])
def test_the_exact_p_is_that_of_scipy(n):
    values = np.random.default_rng(n).normal(0.4, 1, n)
    expected = permutation_test(
        (values, np.zeros(n)), lambda a, b, axis: np.mean(a - b, axis=axis),
        permutation_type="samples", vectorized=True, n_resamples=np.inf,
    ) if n > 1 else None  # fmt: skip
    assert flip_signs(values) == pytest.approx(expected.pvalue if expected else 1.0)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=8))
def test_ties_count_whatever_the_order_of_summing(values):
    # Thirds are not exact in binary: equal sums come out different by rounding.
    patterns = itertools.product([-1, 1], repeat=len(values))
    sums = [abs(sum(s * v for s, v in zip(signs, values, strict=True))) for signs in patterns]
    expected = np.mean([total >= abs(sum(values)) for total in sums])
    assert flip_signs(np.array(values) / 3) == expected


@pytest.mark.parametrize("n", [1, 3, 5, 6, 12, EXACT_UP_TO])
def test_the_smallest_p_is_two_in_all_patterns(n):
    assert flip_signs(np.full(n, 0.1)) == pytest.approx(min(1.0, 2 / 2**n))


def test_no_difference_at_all_has_p_one():
    assert flip_signs(np.zeros(6)) == 1
    assert flip_signs(np.zeros(30)) == 1


@pytest.mark.parametrize("n", [EXACT_UP_TO + 1, 64, 65, 150])
def test_many_seeds_are_drawn_and_agree_with_the_t_test(n):
    values = np.random.default_rng(n).normal(size=n)
    values += 1 / np.sqrt(n) - values.mean()
    p = flip_signs(values)
    assert p == flip_signs(values)
    assert p == pytest.approx(ttest_1samp(values, 0).pvalue, abs=0.015)
    assert p >= 1 / (1 + DRAWS)


def test_seeds_beyond_the_first_64_get_signs_of_their_own():
    values = np.tile(np.random.default_rng(0).normal(size=64), 2)
    values += 1 / np.sqrt(128) - values.mean()
    assert flip_signs(values) == pytest.approx(ttest_1samp(values, 0).pvalue, abs=0.015)


def test_no_number_of_draws_proves_that_p_is_zero():
    assert flip_signs(np.full(60, 0.1)) == 1 / (1 + DRAWS)


def test_drawn_patterns_agree_with_the_exact_ones(monkeypatch):
    values = np.random.default_rng(0).normal(0.3, 1, 15)
    exact = flip_signs(values)
    monkeypatch.setattr("paribus.stats.signflip.EXACT_UP_TO", 0)
    assert flip_signs(values) == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / DRAWS))
