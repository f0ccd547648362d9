"""Claims: the word of each, and that interval, p and word agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paribus.stats import (
    Beats,
    Best,
    Diverges,
    Equals,
    Pair,
    Reaches,
    compare_divergence,
    estimate_mean,
    exact_interval,
    exact_p_value,
    judge_claims,
    runs_to_decide,
)

SPREAD = np.array([-1.0, 0.4, 0.1, -0.3, 0.8])  # adds up to zero


def pair(mean, scale=1.0, seeds=5):
    return Pair(estimate_mean(mean + scale * SPREAD[:seeds]))


def lost(arm, other, runs=8):
    return Pair(None, (arm, runs, other, runs))


def word(test, alpha=0.05):
    return judge_claims([test], alpha=alpha)[0].reading.word


class TestBeats:
    @pytest.mark.parametrize(("mean", "expected"), [(2, "holds"), (-2, "contradicted"), (0.3, "undecided")])
    def test_follows_the_t_interval(self, mean, expected):
        assert word(Beats(pair(mean))) == expected

    def test_is_contradicted_by_a_difference_below_the_margin(self):
        assert word(Beats(pair(0.3), margin=2.0)) == "contradicted"
        assert word(Beats(pair(0.3), margin=1.0)) == "undecided"

    def test_holds_also_where_the_difference_is_below_the_margin(self):
        assert word(Beats(pair(2), margin=4.0)) == "holds"

    @pytest.mark.parametrize(
        ("arm", "other", "expected"), [(0, 7, "holds"), (7, 0, "contradicted"), (2, 3, "undecided")]
    )
    def test_is_decided_by_who_diverges_more_often(self, arm, other, expected):
        test = Beats(lost(arm, other), margin=0.5)
        assert word(test) == expected
        if expected != "undecided":
            assert test.p == pytest.approx(compare_divergence(arm, 8, other, 8))

    def test_has_no_word_from_few_runs_or_without_spread(self):
        assert word(Beats(lost(4, 0, runs=4)), alpha=0.4) == "undecided"
        assert word(Beats(pair(9, seeds=4), margin=99)) == "undecided"
        assert word(Beats(pair(9, scale=0), margin=99)) == "undecided"
        assert word(Beats(Pair(None), margin=99)) == "undecided"


class TestEquals:
    @pytest.mark.parametrize(
        ("mean", "margin", "expected"),
        [
            (0.2, 1.5, "holds"),
            (-0.2, 1.5, "holds"),
            (3, 1.5, "contradicted"),
            (-3, 1.5, "contradicted"),
            (2, 1.5, "undecided"),  # they differ, but nobody knows whether by more than the margin
        ],
    )
    def test_is_about_the_margin_and_not_about_zero(self, mean, margin, expected):
        assert word(Equals(pair(mean), margin)) == expected

    def test_is_contradicted_by_who_diverges_more_often_and_never_holds_beside_it(self):
        assert word(Equals(lost(7, 0), 0.5)) == word(Equals(lost(0, 7), 0.5)) == "contradicted"
        assert word(Equals(lost(1, 1), 0.5)) == "undecided"


class TestBest:
    def test_holds_where_each_other_is_beaten_with_no_correction_for_their_number(self):
        near = pair(0.9)
        p = near.p_above(0)
        test = Best([near, pair(5), pair(9)])
        assert test.p == p
        assert word(test, alpha=p * 1.01) == "holds"
        assert word(test, alpha=p * 0.99) == "undecided"

    def test_is_contradicted_by_one_that_is_better_corrected_for_their_number(self):
        better = pair(-2)
        p = better.p_below(0)
        test = Best([pair(3), better, pair(1)])
        assert test.p == pytest.approx(3 * p)
        assert word(test, alpha=3 * p * 1.01) == "contradicted"
        assert word(test, alpha=3 * p * 0.99) == "undecided"
        reading = test.read(0.05)
        assert (reading.rival, reading.interval.level) == (1, pytest.approx(1 - 0.05 / 3))

    def test_names_whom_it_is_not_shown_to_beat_and_shows_the_nearest(self):
        reading = Best([pair(0.5), pair(9), pair(0.1)]).read(0.05)
        assert (reading.word, reading.open, reading.rival) == ("undecided", (0, 2), 2)
        assert reading.interval.low < 0

    def test_an_arm_that_always_diverges_stands_in_nobodys_way(self):
        reading = Best([lost(0, 8), pair(5)]).read(0.05)
        assert (reading.word, reading.rival) == ("holds", 1)
        assert word(Best([lost(0, 2), pair(5)])) == "undecided"
        assert word(Best([lost(8, 0), pair(5)])) == "contradicted"

    def test_only_one_that_is_in_the_way_is_shown(self):
        """An interval clear of zero beside "undecided" would contradict it."""
        reading = Best([lost(0, 2), pair(5)]).read(0.05)
        assert (reading.word, reading.interval, reading.open) == ("undecided", None, (0,))


class TestReaches:
    @pytest.mark.parametrize(
        ("number", "expected"), [(10, "holds"), (14, "contradicted"), (12.1, "undecided")]
    )
    def test_follows_the_interval_of_the_mean(self, number, expected):
        assert word(Reaches(pair(12), number)) == expected

    def test_a_bound_that_equals_the_number_reaches_it(self):
        scores = pair(12)
        low = scores.interval(0.05).low
        assert word(Reaches(scores, low)) == "holds"

    @pytest.mark.parametrize(
        ("diverged", "expected"), [(8, "contradicted"), (5, "undecided"), (1, "undecided")]
    )
    def test_says_nothing_beside_diverged_runs_unless_most_diverge(self, diverged, expected):
        assert word(Reaches(pair(12), 10, Diverges(diverged, 8))) == expected


class TestDiverges:
    @pytest.mark.parametrize(
        ("diverged", "runs", "expected"),
        [
            (6, 6, "holds"),
            (5, 5, "undecided"),
            (0, 6, "contradicted"),
            (3, 8, "undecided"),
            (8, 8, "holds"),
            (0, 0, "undecided"),
        ],
    )
    def test_is_the_exact_test_against_a_half(self, diverged, runs, expected):
        assert word(Diverges(diverged, runs)) == expected

    @pytest.mark.parametrize("hits", range(10))
    def test_interval_and_p_are_those_of_scipy(self, hits):
        found = stats.binomtest(hits, 9)
        low, high = found.proportion_ci(0.95, "exact")
        interval = exact_interval(hits, 9)
        assert (interval.low, interval.high) == pytest.approx((low, high))
        assert exact_p_value(hits, 9) == pytest.approx(found.pvalue)

    @pytest.mark.parametrize("alpha", [0.4, 0.05, 0.05 / 4, 1e-4])
    def test_says_how_many_runs_would_decide(self, alpha):
        runs = runs_to_decide(alpha)
        assert runs >= 5
        assert word(Diverges(runs, runs), alpha) == "holds"
        assert runs == 5 or word(Diverges(runs - 1, runs - 1), alpha) == "undecided"


def test_holm_lets_the_second_claim_have_what_the_first_did_not_need():
    near = pair(1.05)
    assert 0.025 < near.p_above(0) < 0.05
    first, second = judge_claims([Beats(pair(9)), Beats(near)])
    assert (first.rule, second.rule) == ("bonferroni", "holm")
    assert (first.reading.word, second.reading.word) == ("holds", "holds")
    assert second.reading.interval.level == pytest.approx(0.95)
    assert judge_claims([Beats(pair(0.1)), Beats(near)])[1].reading.word == "undecided"


def test_every_registered_claim_counts():
    near = pair(1.05)
    assert judge_claims([Beats(near)])[0].reading.word == "holds"
    assert judge_claims([Beats(near)], size=2)[0].reading.word == "undecided"


def test_the_interval_beside_an_undecided_best_contradicts_nothing():
    """Contradicted it is where it lies below zero at the level that all arms share."""
    best = Best([pair(0.0), pair(-1.5)])
    alone, shared = pair(-1.5).interval(0.0125), pair(-1.5).interval(0.0125 / 2)
    assert alone.high < 0 < shared.high
    reading = best.read(0.0125)
    assert (reading.word, reading.interval) == ("undecided", shared)


MEANS = st.floats(-4, 4)
PAIRS = st.one_of(
    st.builds(
        lambda mean, scale, seeds: Pair(estimate_mean(mean + scale * SPREAD[:seeds])),
        MEANS,
        st.sampled_from([0.0, 0.3, 1.0]),
        st.integers(1, 5),
    ),
    st.builds(lost, st.integers(0, 8), st.integers(0, 8)),
)
TESTS = st.one_of(
    st.builds(Beats, PAIRS, st.sampled_from([None, 0.5, 2.0])),
    st.builds(Equals, PAIRS, st.sampled_from([0.5, 2.0])),
    st.builds(Best, st.lists(PAIRS, min_size=1, max_size=4)),
    st.builds(Reaches, PAIRS.filter(lambda found: found.diverged is None), MEANS),
    st.integers(0, 9).flatmap(lambda runs: st.builds(Diverges, st.integers(0, runs), st.just(runs))),
)


@given(TESTS, st.floats(0.001, 0.4))
@settings(max_examples=400, deadline=None)
def test_there_is_a_word_exactly_where_alpha_is_above_p(test, alpha):
    reading = test.read(alpha)
    if abs(test.p - alpha) > 1e-9:
        assert (reading.word != "undecided") == (test.p < alpha)


@given(st.lists(TESTS, min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_interval_and_word_never_disagree(tests):
    for test, found in zip(tests, judge_claims(tests), strict=True):
        interval, said = found.reading.interval, found.reading.word
        if interval is None or (isinstance(test, Beats | Equals) and not test.pair.testable):
            continue
        if isinstance(test, Reaches):
            expected = test.word_of(interval) if test.scores.testable else "undecided"
        elif isinstance(test, Diverges):
            few = test.runs < 5
            clear = "holds" if interval.low > 0.5 else "contradicted" if interval.high < 0.5 else "undecided"
            expected = "undecided" if few else clear
        elif isinstance(test, Best):
            few = not test.pairs[found.reading.rival].testable
            clear = "holds" if interval.low > 0 else "contradicted" if interval.high < 0 else "undecided"
            expected = "undecided" if few else clear
        else:
            expected = test.word_of(interval)
        assert said == expected
