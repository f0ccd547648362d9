import numpy as np
import pytest

from paribus.analysis import conclude, judge_effects, judge_grid, judge_pairs
from paribus.stats import estimate_mean

from .small import evidence
from .test_grids import NAMES, RATES, TWO, scores_of


def judge(scores, factors, **more):
    found = evidence(scores, factors=factors, **more)
    conclusion = conclude(found)
    return judge_effects(judge_grid(found.spec, conclusion), conclusion)


def test_effects_stand_against_the_values_of_the_control():
    scores = scores_of(NAMES)
    found = judge(scores, TWO)
    assert (len(found.effects), found.seeds, *found.levels) == (5, 5, pytest.approx(0.99))
    rate = found.effects[0]
    assert (rate.factors, rate.values, rate.bases) == (("optimizer.lr",), ("0.01",), ("0.1",))
    low, high = (np.mean([scores[name] for name in names], axis=0) for names in (NAMES[3:], NAMES[:3]))
    expected = estimate_mean(low - high)
    assert rate.difference == pytest.approx(expected.mean)
    assert (rate.low, rate.high) == pytest.approx((expected.interval(0.99).low, expected.interval(0.99).high))
    both = found.effects[3]
    assert (both.values, both.bases) == (("0.01", "2"), ("0.1", "1"))
    s = {name: np.array(row) for name, row in scores.items()}
    beyond = s[NAMES[4]] - s[NAMES[1]] - s[NAMES[3]] + s[NAMES[0]]
    assert both.difference == pytest.approx(beyond.mean())


def test_a_grid_with_a_hole_has_none():
    scores = scores_of(NAMES)
    scores[NAMES[2]][1] = None
    found = judge(scores, TWO, states={(NAMES[2], 1): "diverged"})
    assert (found.effects, found.holes) == ((), 1)


def test_one_factor_has_none():
    assert judge(scores_of([f"optimizer.lr={rate}" for rate in (0.01, 0.1, 0.001)]), RATES) is None


def test_all_pairs_of_arms_that_finished_and_who_may_be_the_best():
    scores = {
        "a": [0.70, 0.71, 0.72, 0.70, 0.71],
        "b": [0.71, 0.70, 0.73, 0.69, 0.72],
        "c": [0.2, 0.21, 0.2, 0.2, 0.2],
    }
    scores["wild"] = [0.9, None, 0.9, 0.9, 0.9]
    found = judge_pairs(conclude(evidence(scores, states={("wild", 1): "diverged"})))
    assert [(pair.first, pair.second) for pair in found.pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert (found.best, found.possible, found.left_out) == ("b", ("a", "b"), ("wild",))
    expected = estimate_mean(np.subtract(scores["b"], scores["a"]))
    assert found.pairs[0].difference == pytest.approx(expected.mean)
    assert found.pairs[0].low == pytest.approx(expected.interval(1 - 0.05 / 3).low)
    assert found.pairs[0].other_way_share == pytest.approx(0.4)


def test_two_arms_make_no_table_of_pairs():
    assert judge_pairs(conclude(evidence({"a": [0.7] * 5, "b": [0.8] * 5}))) is None


def test_under_five_seeds_nobody_is_told_from_the_best():
    found = judge_pairs(conclude(evidence({"a": [0.7, 0.71], "b": [0.8, 0.82], "c": [0.1, 0.2]})))
    assert found.possible is None
    assert {pair.p_holm for pair in found.pairs} == {None}
