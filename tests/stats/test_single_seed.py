import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, t

from paribus.stats import compare_single_seeds, pairing_threshold


def test_seeds_that_rank_the_other_way_are_counted_and_ties_are_halves():
    arm, control = [5, 6, 7, 8, 3], [1, 2, 3, 8, 4]  # better, better, better, tie, worse
    result = compare_single_seeds(arm, control)
    assert result.n == 5
    assert result.misleading_share == pytest.approx((0.5 + 1) / 5)


@pytest.mark.parametrize(
    ("arm", "control"),
    [([1, 2, 9], [2, 1, 9]), ([0.1, 0.2, 0.3], [0, 0, 0.6])],  # 0.1 + 0.2 - 0.3 is not zero in binary
)
def test_means_that_tie_leave_every_seed_to_chance(arm, control):
    assert compare_single_seeds(arm, control).misleading_share == 0.5


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_who_is_called_the_control_does_not_matter(pairs):
    arm, control = np.array(pairs, dtype=float).T
    one, other = compare_single_seeds(arm, control), compare_single_seeds(control, arm)
    assert one.misleading_share == other.misleading_share
    assert 0 <= one.misleading_share < 1
    assert one.correlation == pytest.approx(other.correlation)


def test_the_correlation_is_pearsons():
    arm, control = np.random.default_rng(0).normal(size=(2, 9))
    expected = pearsonr(arm, control).statistic
    assert compare_single_seeds(arm, control).correlation == pytest.approx(expected)


@pytest.mark.parametrize(("arm", "control"), [([1, 2], [2, 4]), ([1, 1, 1], [1, 2, 3])])
def test_two_seeds_or_equal_scores_have_no_correlation(arm, control):
    assert compare_single_seeds(arm, control).correlation is None


def test_scores_that_are_not_pairs_are_refused():
    with pytest.raises(ValueError, match="3 and 2 scores are not pairs"):
        compare_single_seeds([1, 2, 3], [1, 2])


@pytest.mark.parametrize("n", [5, 10])
def test_the_pairing_threshold_is_where_the_mean_widths_cross(n):
    threshold = pairing_threshold(n)
    assert threshold == pytest.approx({5: 0.27, 10: 0.11}[n], abs=0.005)
    rng = np.random.default_rng(n)
    shared, arm, control = rng.normal(size=(3, 40_000, n))
    arm, control = (np.sqrt(threshold) * shared + np.sqrt(1 - threshold) * own for own in (arm, control))
    paired = t.isf(0.025, n - 1) * (arm - control).std(axis=1, ddof=1).mean()
    pooled = np.sqrt(arm.var(axis=1, ddof=1) + control.var(axis=1, ddof=1)).mean()
    assert paired == pytest.approx(t.isf(0.025, 2 * n - 2) * pooled, rel=0.02)


def test_one_seed_cannot_be_paired_well_or_badly():
    assert pairing_threshold(1) is None
