import numpy as np
import pytest

from paribus.analysis import conclude, judge_grid
from paribus.stats import estimate_mean

from .small import evidence

RATES = {"optimizer.lr": [0.01, 0.1, 0.001]}
TWO = {"optimizer.lr": [0.1, 0.01], "epochs": [1, 2, 3]}
NAMES = [f"optimizer.lr={rate},epochs={epochs}" for rate in (0.1, 0.01) for epochs in (1, 2, 3)]


def judge(scores, factors, **more):
    found = evidence(scores, factors=factors, **more)
    return judge_grid(found.spec, conclude(found))


def scores_of(names, seeds=5):
    draws = np.random.default_rng(0).integers(500, 900, (len(names), seeds)) / 1000
    return {name: row.tolist() for name, row in zip(names, draws, strict=True)}


def test_the_levels_of_one_factor_are_its_arms_in_the_order_of_their_numbers():
    scores = scores_of([f"optimizer.lr={rate}" for rate in (0.01, 0.1, 0.001)])
    grid = judge(scores, RATES)
    (factor,) = grid.factors
    assert [level.number for level in factor.levels] == [0.001, 0.01, 0.1]
    assert [level.holds_control for level in factor.levels] == [False, True, False]
    for level in factor.levels:
        own = estimate_mean(scores[level.arms[0]])
        assert level.scores == dict(enumerate(scores[level.arms[0]]))
        assert (level.mean, level.low) == pytest.approx((own.mean, own.interval().low))
    assert grid.cells == {"optimizer.lr=0.01": (1,), "optimizer.lr=0.1": (2,), "optimizer.lr=0.001": (0,)}


def test_an_arm_beside_the_grid_is_named_and_counts_nowhere():
    scores = scores_of([*(f"optimizer.lr={rate}" for rate in (0.01, 0.1, 0.001)), "wide"])
    grid = judge(scores, RATES)
    assert grid.beside == ("wide",)
    assert "wide" not in {arm for level in grid.factors[0].levels for arm in level.arms}


def test_a_level_is_the_mean_over_the_other_factor_seed_by_seed():
    scores = scores_of(NAMES)
    rate = judge(scores, TWO).factors[0]
    high = rate.levels[1]
    assert high.arms == tuple(NAMES[:3])
    assert (rate.averaged, rate.left_out) == (3, 0)
    by_seed = np.mean([scores[name] for name in NAMES[:3]], axis=0)
    assert [high.scores[seed] for seed in range(5)] == pytest.approx(by_seed)
    assert high.mean == pytest.approx(by_seed.mean())


def test_a_combination_with_a_hole_is_left_out_of_every_level():
    """Else one level would be judged by easier company than another."""
    scores = scores_of(NAMES)
    scores[NAMES[1]][3] = None
    grid = judge(scores, TWO, states={(NAMES[1], 3): "diverged"})
    rate, epochs = grid.factors
    assert (rate.averaged, rate.left_out) == (2, 1)
    for level, names in zip(rate.levels, (NAMES[3:], NAMES[:3]), strict=True):
        kept = [scores[name] for name in (names[0], names[2])]
        assert [level.scores[seed] for seed in range(5)] == pytest.approx(np.mean(kept, axis=0))
    assert rate.levels[1].diverged == 1
    assert (epochs.averaged, epochs.left_out) == (1, 1)


def test_a_seed_that_no_combination_has_yet_is_waited_for():
    scores = {name: [*row[:4], None] for name, row in scores_of(NAMES).items()}
    rate = judge(scores, TWO).factors[0]
    assert (rate.averaged, rate.left_out) == (3, 0)
    assert [*rate.levels[0].scores] == [0, 1, 2, 3]


def test_where_every_combination_has_a_hole_nothing_is_said():
    scores = scores_of(NAMES)
    for name in (NAMES[0], NAMES[4], NAMES[5]):
        scores[name] = [None] * 5
    rate, epochs = judge(scores, TWO).factors
    assert (rate.averaged, rate.left_out) == (0, 3)
    assert {level.mean for level in rate.levels} == {None}
    assert epochs.averaged == 0


def test_a_level_that_never_has_a_score_takes_no_other_with_it():
    scores = scores_of(NAMES)
    states = {(name, seed): "diverged" for name in NAMES[:3] for seed in range(5)}
    for name in NAMES[:3]:
        scores[name] = [None] * 5
    rate, epochs = judge(scores, TWO, states=states).factors
    low, high = rate.levels
    assert (high.mean, high.diverged, high.runs) == (None, 15, 15)
    assert low.mean == pytest.approx(np.mean([scores[name] for name in NAMES[3:]]))
    assert (rate.averaged, rate.left_out) == (3, 0)
    assert (epochs.averaged, epochs.left_out) == (1, 1)


def test_a_study_without_factors_has_no_grid():
    assert judge(scores_of(["a", "b"]), None) is None
