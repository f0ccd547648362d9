import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp, ttest_rel

from paribus.stats import estimate_mean, t_interval
from paribus.stats.intervals import t_p_value

samples = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=2, max_size=12)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 40])
@pytest.mark.parametrize("level", [0.8, 0.95, 1 - 0.05 / 12])
def test_interval_and_p_are_those_of_scipy(n, level):
    values = np.random.default_rng(n).normal(0.3, 1, n)
    ours, theirs = estimate_mean(values), ttest_1samp(values, 0)
    interval = ours.interval(level)
    expected = theirs.confidence_interval(level)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), rel=1e-10)
    assert ours.p == pytest.approx(theirs.pvalue, rel=1e-10)
    assert (ours.n, ours.degrees) == (n, theirs.df)
    assert ours.sd == pytest.approx(values.std(ddof=1))


def test_differences_of_pairs_are_a_paired_test():
    rng = np.random.default_rng(1)
    arm, control = rng.normal(size=(2, 9))
    assert estimate_mean(arm - control).p == pytest.approx(ttest_rel(arm, control).pvalue)


@pytest.mark.parametrize("images", [10, 15, 20, 100])
def test_differences_that_are_the_same_but_for_rounding_have_no_spread(images):
    right = np.random.default_rng(images).integers(2, images, 5)
    found = estimate_mean(right / images - (right - 1) / images)
    assert (found.sd, found.error_bar()) == (0.0, None)
    assert found.mean == pytest.approx(1 / images)
    nothing = estimate_mean([1e-17, -1e-17, 0.0, 0.0, 1e-17])
    assert (nothing.mean, nothing.sd, nothing.p) == (0.0, 0.0, 1.0)


def test_degrees_need_not_be_whole():
    interval = t_interval(1.0, 0.5, 5.7, 0.95)
    assert (interval.low, interval.high) == pytest.approx(t.interval(0.95, 5.7, 1.0, 0.5))
    assert t_p_value(1.0, 0.5, 5.7) == pytest.approx(2 * t.sf(2, 5.7))


def test_one_seed_has_a_mean_and_nothing_else():
    result = estimate_mean([0.25])
    assert (result.n, result.mean, result.degrees) == (1, 0.25, 0)
    assert result.sd is result.standard_error is result.p is result.interval() is None


@pytest.mark.parametrize(("value", "p"), [(0.1, 0), (-0.1, 0), (0.0, 1)])
def test_equal_differences_give_an_interval_of_no_width(value, p):
    result = estimate_mean([value] * 3)  # whose np.mean is not 0.1 exactly
    interval = result.interval()
    assert (result.sd, result.p, interval.low, interval.high) == (0, p, value, value)
    assert interval.excludes_zero == (p == 0)


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], [1.0, float("nan")], [1.0, float("inf")]])
def test_what_is_not_one_finite_number_per_seed_is_refused(values):
    with pytest.raises(ValueError, match=r"one number per seed|NaN or infinity"):
        estimate_mean(values)


@given(samples, st.floats(0.5, 0.999), st.floats(0.0001, 0.4))
def test_a_higher_level_never_gives_a_narrower_interval(values, level, step):
    result = estimate_mean(values)
    narrow, wide = result.interval(level), result.interval(level + (1 - level) * step)
    assert wide.low <= narrow.low <= result.mean <= narrow.high <= wide.high


@given(samples)
def test_turning_the_signs_turns_the_interval(values):
    one, other = estimate_mean(values), estimate_mean([-value for value in values])
    assert one.p == pytest.approx(other.p)
    assert one.interval().low == -other.interval().high


@pytest.mark.parametrize(
    ("low", "high", "excludes", "within"),
    [
        (0.0, 1.0, False, False),
        (0.1, 0.9, True, True),
        (-0.9, -0.1, True, True),
        (-1.0, 0.5, False, False),
        (-0.5, 0.5, False, True),
        (0.5, 1.5, True, False),
    ],
)
def test_a_bound_that_touches_zero_or_the_margin_does_not_pass_it(low, high, excludes, within):
    interval = t_interval((low + high) / 2, 0, 1, 0.95)
    interval = type(interval)(low, high, 0.95)
    assert interval.excludes_zero == excludes
    assert interval.lies_within(1.0) == within


def test_the_room_opens_without_the_slow_half_of_scipy():
    script = "import sys, paribus.stats; print({'scipy.stats', 'torch', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
