import itertools

import pytest
from scipy.stats import fisher_exact

from paribus.stats import compare_divergence


def test_every_small_table_has_the_p_of_scipy():
    checked = 0
    for runs_arm, runs_control in itertools.product(range(1, 9), (1, 5, 8)):
        for arm, control in itertools.product(range(runs_arm + 1), range(runs_control + 1)):
            table = [[arm, runs_arm - arm], [control, runs_control - control]]
            expected = fisher_exact(table).pvalue
            assert compare_divergence(arm, runs_arm, control, runs_control) == pytest.approx(expected)
            checked += 1
    assert checked == 748


def test_many_runs_are_no_harder():
    expected = fisher_exact([[130, 870], [95, 905]]).pvalue
    assert compare_divergence(130, 1000, 95, 1000) == pytest.approx(expected)


def test_arm_and_control_may_change_places():
    assert compare_divergence(4, 8, 0, 5) == pytest.approx(compare_divergence(0, 5, 4, 8))


@pytest.mark.parametrize("k", [0, 8])
def test_all_or_none_in_both_arms_is_no_evidence(k):
    assert compare_divergence(k, 8, k, 8) == 1


def test_more_diverged_than_were_run_is_refused():
    with pytest.raises(ValueError, match="9 of 8 runs cannot have diverged"):
        compare_divergence(9, 8, 0, 8)
