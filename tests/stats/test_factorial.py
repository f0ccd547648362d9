"""Effects of a factorial, who may be the best, all pairs: against plain arithmetic, and by simulation."""

import numpy as np
import pytest
from scipy import stats

from paribus import chance
from paribus.stats import compare_all, estimate_effects, find_possible_best

from .test_simulations import STUDIES, keep


def draw(purpose, *shape):
    """Scores of sd 1 between runs, which share an effect of the seed: `[study, seed, ...]`."""
    generator = chance.generator(0, "simulation", purpose, *shape)
    shared = generator.normal(size=(STUDIES, shape[0], *[1] * (len(shape) - 1)))
    return shared + generator.normal(size=(STUDIES, *shape))


def test_effects_are_what_plain_arithmetic_gives():
    scores = np.random.default_rng(0).normal(size=(6, 2, 3, 2))
    effects = {(e.factors, e.levels): e for e in estimate_effects(scores, (0, 1, 0))}
    assert len(effects) == (1 + 2 + 1) + (2 + 1 + 2)
    main = scores[:, :, 2].mean(axis=(1, 2)) - scores[:, :, 1].mean(axis=(1, 2))
    effect = effects[(1,), (2,)]
    assert effect.mean.mean == pytest.approx(main.mean())
    assert effect.mean.p == pytest.approx(stats.ttest_1samp(main, 0).pvalue)
    s = scores
    both = (s[:, 1, 0] - s[:, 0, 0] - s[:, 1, 1] + s[:, 0, 1]).mean(axis=1)
    assert effects[(0, 1), (1, 0)].mean.mean == pytest.approx(both.mean())
    assert effect.judged.interval.level == pytest.approx(1 - 0.05 / 9)


def test_settings_that_add_up_do_not_interact():
    rows, columns = np.array([0.0, 3.0]), np.array([0.0, 1.0, 5.0])
    noise = np.random.default_rng(1).normal(size=(8, 1, 1))
    scores = rows[:, None] + columns + noise + 0.01 * np.random.default_rng(2).normal(size=(8, 2, 3))
    effects = estimate_effects(scores, (0, 0))
    assert [e.mean.mean for e in effects] == pytest.approx([3, 1, 5, 0, 0], abs=0.02)
    assert [e.judged.rejected for e in effects] == [True, True, True, False, False]


@pytest.mark.parametrize("seeds", [5, 8])
def test_an_effect_is_seldom_claimed_where_there_is_none(seeds):
    wrong = np.mean(
        [
            any(e.judged.rejected for e in estimate_effects(study, (0, 0)))
            for study in draw("null", seeds, 2, 3)
        ]
    )
    keep("an effect claimed in a 2 x 3 grid that has none", seeds, wrong, 0, 0.055)


def test_an_interaction_is_seldom_claimed_beside_large_main_effects():
    scores = draw("additive", 8, 2, 2) + np.array([[0, 4], [3, 7]])
    wrong = np.mean([estimate_effects(study, (0, 0))[-1].judged.rejected for study in scores])
    assert wrong <= 0.055


@pytest.mark.parametrize("seeds", [5, 8])
def test_the_truly_best_is_seldom_left_out(seeds):
    """The others come as near to it as may be: the hardest case."""
    scores = draw("best", seeds, 6)
    scores[..., 0] += 0.01
    left_out = np.mean([0 not in find_possible_best(study.T) for study in scores])
    keep("the best of 6 nearly equal arms left out of the possible ones", seeds, left_out, 0, 0.055)


def test_arms_that_are_clearly_worse_are_left_out_and_equal_ones_are_not():
    scores = draw("clear", 8, 4)[:200]
    scores[..., 2:] -= 8
    kept = [find_possible_best(study.T) for study in scores]
    assert np.mean([row == [0, 1] for row in kept]) > 0.9


def test_under_five_seeds_nobody_is_told_apart():
    assert find_possible_best(np.arange(8.0).reshape(2, 4)) is None


@pytest.mark.parametrize("seeds", [5, 8])
def test_among_all_pairs_of_equal_arms_a_difference_is_seldom_claimed(seeds):
    wrong = np.mean([any(r.rejected for *_, r in compare_all(study.T)) for study in draw("pairs", seeds, 4)])
    keep("a difference claimed among all pairs of 4 equal arms", seeds, wrong, 0, 0.055)


def test_pairs_are_the_second_minus_the_first_with_holm_over_all():
    scores = np.random.default_rng(3).normal(size=(3, 6)) + np.array([[0], [0], [9]])
    found = {(a, b): (mean, judged) for a, b, mean, judged in compare_all(scores)}
    assert [*found] == [(0, 1), (0, 2), (1, 2)]
    mean, judged = found[0, 2]
    assert mean.mean == pytest.approx((scores[2] - scores[0]).mean())
    raw = sorted(m.p for m, _ in found.values())
    assert judged.p_holm == pytest.approx(max(3 * raw[0], 2 * raw[1] if mean.p == raw[1] else 0))


@pytest.mark.parametrize("scores", [[[1.0, np.nan]], [1.0, 2.0], np.zeros((2, 0))])
def test_scores_that_are_no_table_are_refused(scores):
    with pytest.raises(ValueError, match="finite scores of arms by seeds"):
        compare_all(scores)


def test_a_grid_with_a_hole_has_no_effects():
    with pytest.raises(ValueError, match="only a full grid"):
        estimate_effects(np.full((5, 2, 2), np.nan), (0, 0))
