import numpy as np
import pytest

from paribus.stats import expect_best


def test_it_is_what_repeated_draws_have_as_their_best():
    scores = np.random.default_rng(0).beta(4, 2, 12)
    drawn = np.random.default_rng(1).choice(scores, (40_000, 12))
    for expected in expect_best(scores):
        best = drawn[:, : expected.trials].max(axis=1)
        assert expected.mean == pytest.approx(best.mean(), abs=0.003)
        if expected.low > scores.min() and expected.high < scores.max():
            assert expected.high - expected.mean == pytest.approx(best.std(), abs=0.003)


def test_one_trial_is_expected_to_be_as_good_as_the_mean_and_more_never_harm():
    scores = [0.2, 0.9, 0.5, 0.7]
    means = [expected.mean for expected in expect_best(scores)]
    assert means[0] == pytest.approx(np.mean(scores))
    assert means == sorted(means)
    assert means[-1] < 0.9


def test_the_band_never_leaves_what_was_seen():
    for expected in expect_best([0.1, 0.1, 0.1, 1.0]):
        assert 0.1 <= expected.low <= expected.mean <= expected.high <= 1.0
    assert expect_best([0.5])[0].low == expect_best([0.5])[0].high == 0.5


@pytest.mark.parametrize("scores", [[], [float("nan")], [[0.1]]], ids=["none", "no number", "a table"])
def test_what_is_no_list_of_scores_is_refused(scores):
    with pytest.raises(ValueError, match="finite scores"):
        expect_best(scores)
