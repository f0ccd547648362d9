from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.stats import (
    FEWEST_SEEDS,
    IntervalResult,
    choose_word,
    correct_holm,
    estimate_mean,
    judge_family,
)


def textbook_holm(p_values, size):
    """Holm 1979: the k-th smallest p against alpha/(m-k+1), until the first that is larger."""
    order = np.argsort(p_values, kind="stable")

    def rejected(alpha):
        answers = np.zeros(len(p_values), dtype=bool)
        for k, i in enumerate(order, start=1):
            if p_values[i] > alpha / (size - k + 1):
                break
            answers[i] = True
        return answers

    return rejected


def contrast(mean, n=8, sd=1.0):
    """Differences with exactly this mean and sd, up to rounding."""
    shape = np.linspace(-1, 1, n)
    return estimate_mean(mean + sd * shape / shape.std(ddof=1))


differences = st.integers(2, 9).flatmap(
    lambda n: st.tuples(st.floats(-3, 3), st.floats(0.1, 2), st.integers(0, 2**32 - 1)).map(
        lambda key: np.random.default_rng(key[2]).normal(key[0], key[1], n)
    )
)
tests = st.lists(st.one_of(differences.map(estimate_mean), st.floats(0, 1)), min_size=1, max_size=6)


@given(
    st.lists(st.floats(0, 1), max_size=8),
    st.integers(0, 4),
    st.floats(0.001, 0.5),
)
def test_holm_is_the_textbooks(p_values, untested, alpha):
    size = len(p_values) + untested
    corrected = [p for p, _ in correct_holm(p_values, size)]
    # Away from ties, where m * p <= alpha and p <= alpha / m may round apart.
    if all(abs(p / alpha - 1) > 1e-9 for p in corrected):
        assert [p <= alpha for p in corrected] == textbook_holm(p_values, size)(alpha).tolist()


def test_holm_on_an_example_worked_by_hand():
    assert correct_holm([0.04, 0.01, 0.03, 0.005]) == [
        (0.06, 1), (0.03, 3), (0.06, 2), (0.02, 4),
    ]  # fmt: skip


def assert_agree(result, alpha, margin):
    """What a reader of the report could check."""
    interval = result.interval
    if result.word is None:
        return
    assert result.rejected == (result.p_holm <= alpha) == interval.excludes_zero
    assert result.rejected == (result.word in {"better", "worse"})
    assert (result.word == "better") == (interval.low > 0)
    assert (result.word == "worse") == (interval.high < 0)
    within = margin is not None and -margin < interval.low and interval.high < margin
    assert result.within_margin == within
    if not interval.excludes_zero:
        assert result.word == ("equivalent" if within else "undecided")


@settings(max_examples=300)
@given(tests, st.integers(0, 3), st.floats(0.005, 0.3), st.none() | st.floats(0.01, 3))
def test_interval_word_and_p_never_disagree(family, untested, alpha, margin):
    results = judge_family(family, alpha=alpha, margin=margin, size=len(family) + untested)
    for result in results:
        assert_agree(result, alpha, margin)


@settings(max_examples=300)
@given(tests, st.data())
def test_they_agree_even_where_alpha_is_exactly_the_p_of_a_contrast(family, data):
    corrected = [result.p_holm for result in judge_family(family)]
    usable = [p for p in corrected if p is not None and 1e-6 < p < 0.9]
    if usable:
        exact = data.draw(st.sampled_from(usable))
        for alpha in (exact, np.nextafter(exact, 0), np.nextafter(exact, 1)):
            for result in judge_family(family, alpha=float(alpha)):
                assert_agree(result, alpha, None)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_the_order_of_the_contrasts_changes_nothing(count, key):
    rng = np.random.default_rng(key)
    family = [estimate_mean(rng.normal(rng.normal(), 1, 6)) for _ in range(count)]
    order = rng.permutation(count)
    straight = judge_family(family, margin=0.5)
    assert judge_family([family[i] for i in order], margin=0.5) == [straight[i] for i in order]


def test_the_bonferroni_interval_is_shown():
    family = [contrast(3.0), contrast(-4.0), contrast(0.1)]  # Holm would allow the first a narrower one
    for test, result in zip(family, judge_family(family), strict=True):
        assert result.rule == "bonferroni"
        assert result.interval == test.interval(1 - 0.05 / 3)


def test_where_only_holm_excludes_zero_its_own_interval_is_shown():
    strong, middling, weak = family = [contrast(5.0), contrast(1.03), contrast(0.1)]
    assert 0.05 / 3 < middling.p < 0.05 / 2
    result = judge_family(family)[1]
    assert not middling.interval(1 - 0.05 / 3).excludes_zero
    assert (result.word, result.rule) == ("better", "holm")
    assert result.interval == middling.interval(1 - 0.05 / 2)
    alone = judge_family([strong, middling, weak], size=9)[1]
    assert (alone.word, alone.rule) == ("undecided", "bonferroni")


def test_a_p_value_of_another_test_takes_its_place_in_the_family():
    middling = contrast(1.03)
    with_small, with_large = (judge_family([middling, p, 0.9]) for p in (0.001, 0.8))
    assert (with_small[0].word, with_small[1].rejected) == ("better", True)
    assert (with_large[0].word, with_large[1].rejected) == ("undecided", False)
    for result in with_small[1:]:
        assert result.interval is result.word is result.rule is None
    assert with_small[1].p_holm == pytest.approx(0.003)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_under_five_seeds_there_is_an_interval_but_no_word(n):
    few = estimate_mean(np.linspace(5, 5.1, n)) if n > 1 else estimate_mean([5.0])
    result, full = judge_family([few, contrast(1.0)], margin=10)
    assert result.word is result.p_holm is None
    assert not result.rejected
    assert not result.within_margin
    assert result.interval == few.interval(1 - 0.05 / 2)
    assert full.p_holm == pytest.approx(2 * full.p)  # the other counts in the family


def test_five_seeds_are_enough_for_a_word():
    assert FEWEST_SEEDS == 5
    assert judge_family([contrast(9.0, n=5)])[0].word == "better"


@pytest.mark.parametrize(
    ("low", "high", "margin", "word", "within"),
    [
        (0.1, 0.9, None, "better", False),
        (0.1, 0.9, 1.0, "better", True),
        (0.1, 1.1, 1.0, "better", False),
        (-0.9, -0.1, None, "worse", False),
        (-0.9, -0.1, 1.0, "worse", True),
        (-0.9, 0.1, None, "undecided", False),
        (-0.9, 0.1, 1.0, "equivalent", True),
        (-1.1, 0.1, 1.0, "undecided", False),
        (0.0, 0.0, 1.0, "equivalent", True),
        (0.0, 0.0, None, "undecided", False),
    ],
)
def test_the_word_is_read_off_the_interval(low, high, margin, word, within):
    assert choose_word(IntervalResult(low, high, 0.95), margin) == (word, within)


def test_equal_differences_are_decided_without_an_error():
    same, shifted = judge_family([estimate_mean([0.0] * 5), estimate_mean([0.1] * 5)], margin=0.05)
    assert (same.word, shifted.word) == ("equivalent", "better")


def test_a_larger_family_never_finds_more():
    family = [contrast(mean) for mean in (0.5, 1.0, 1.5, 2.0, 3.0)]
    found = [sum(r.rejected for r in judge_family(family, size=size)) for size in (5, 10, 50, 500)]
    assert all(more >= fewer for more, fewer in pairwise(found))
    assert found[0] > found[-1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": 1}, "a family of 1 cannot have 2 tests"),
        ({"alpha": 0.0}, "alpha must lie between 0 and 1"),
        ({"margin": 0.0}, "the margin must be above zero"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        judge_family([0.1, 0.2], **wrong)


def test_an_empty_family_has_no_answers():
    assert judge_family([]) == []
