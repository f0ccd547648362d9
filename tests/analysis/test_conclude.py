import re

import numpy as np
import pytest
from scipy import stats

from paribus.analysis import conclude
from paribus.store import LookRecord

from .small import evidence

CONTROL = [0.80, 0.81, 0.79, 0.80, 0.82]
BETTER = [0.84, 0.86, 0.83, 0.85, 0.86]
ALIKE = [0.80, 0.82, 0.78, 0.81, 0.81]


def test_an_arm_has_its_mean_and_its_own_interval():
    conclusion = conclude(evidence({"control": CONTROL, "arm": BETTER}))
    arm = conclusion.arms[1]
    low, high = stats.t.interval(0.95, 4, np.mean(BETTER), stats.sem(BETTER))
    assert (arm.mean, arm.low, arm.high) == pytest.approx((np.mean(BETTER), low, high))
    assert arm.scores == dict(enumerate(BETTER))
    assert (arm.parameters, arm.seconds) == (650, 2.0)
    assert conclusion.complete


def test_the_control_comes_first_and_is_in_no_contrast():
    conclusion = conclude(evidence({"control": CONTROL, "a": BETTER, "b": ALIKE}))
    assert [arm.name for arm in conclusion.arms] == ["control", "a", "b"]
    assert [contrast.arm for contrast in conclusion.contrasts] == ["a", "b"]


def test_a_contrast_is_the_paired_t_test():
    contrast = conclude(evidence({"control": CONTROL, "arm": BETTER})).contrasts[0]
    assert contrast.p == pytest.approx(stats.ttest_rel(BETTER, CONTROL).pvalue)
    assert contrast.difference == pytest.approx(np.mean(BETTER) - np.mean(CONTROL))
    assert contrast.level == pytest.approx(0.95)
    assert (contrast.word, contrast.pairs) == ("better", 5)
    assert contrast.sentence == "arm is better than control: +4.4 points [+3.7, +5.1] over 5 seeds."
    assert contrast.correlation == pytest.approx(np.corrcoef(BETTER, CONTROL)[0, 1])


def test_what_is_not_decided_says_what_it_would_take():
    contrast = conclude(evidence({"control": CONTROL, "arm": ALIKE}, margin=0.01)).contrasts[0]
    assert contrast.word == "undecided"
    assert contrast.sentence.startswith("Undecided whether arm differs from control: 0.0 points")
    assert "in four studies of five" in contrast.sentence
    assert re.search(r"To find one as large as the margin takes \d+ to \d+ seeds\.$", contrast.sentence)


def test_within_the_margin_means_equivalent_and_only_with_a_margin():
    near = {"control": CONTROL, "arm": [score + 0.001 * (-1) ** i for i, score in enumerate(CONTROL)]}
    assert conclude(evidence(near, margin=0.01)).contrasts[0].word == "equivalent"
    assert conclude(evidence(near)).contrasts[0].word == "undecided"


def test_better_by_less_than_the_margin_says_both():
    near = {"control": CONTROL, "arm": [score + 0.004 + 0.001 * (i % 2) for i, score in enumerate(CONTROL)]}
    contrast = conclude(evidence(near, margin=0.01)).contrasts[0]
    assert (contrast.word, contrast.within_margin) == ("better", True)
    assert "arm is better than control, but by less than the margin:" in contrast.sentence


def test_more_contrasts_make_wider_intervals():
    one = conclude(evidence({"control": CONTROL, "arm": BETTER})).contrasts[0]
    three = conclude(evidence({"control": CONTROL, "arm": BETTER, "b": ALIKE, "c": ALIKE})).contrasts[0]
    assert three.low < one.low < one.high < three.high
    assert three.level == pytest.approx(1 - 0.05 / 3)


@pytest.mark.parametrize("seeds", [1, 2, 3, 4])
def test_under_five_seeds_there_is_no_word_anywhere(seeds):
    conclusion = conclude(evidence({"control": CONTROL[:seeds], "arm": BETTER[:seeds]}, margin=0.5))
    contrast = conclusion.contrasts[0]
    assert contrast.word is None
    said = contrast.sentence + " ".join(conclusion.notes)
    assert not re.search("better|worse|equivalent|undecided", said, re.IGNORECASE)
    assert f"With {seeds} seed" in " ".join(conclusion.notes)


def test_a_seed_that_is_missing_in_one_arm_is_left_out_of_the_pairs_and_told():
    conclusion = conclude(
        evidence({"control": CONTROL, "arm": [*BETTER[:4], None]}, states={("arm", 4): "failed"})
    )
    assert conclusion.contrasts[0].pairs == 4
    assert conclusion.contrasts[0].word is None
    assert not conclusion.complete
    assert "1 of 10 runs are missing, 1 of them failed" in " ".join(conclusion.notes)


def test_where_nothing_has_finished_nothing_is_said():
    contrast = conclude(evidence({"control": CONTROL, "arm": [None] * 5})).contrasts[0]
    assert (contrast.difference, contrast.word, contrast.p) == (None, None, None)
    assert contrast.sentence == "arm cannot be compared with control yet: no seed has finished in both."


class TestDivergence:
    SEEDS = 8
    CONTROL = [0.80, 0.81, 0.79, 0.80, 0.82, 0.80, 0.81, 0.79]

    def contrast(self, diverged, control_diverged=0):
        states = {("arm", seed): "diverged" for seed in range(diverged)}
        states |= {("control", seed): "diverged" for seed in range(control_diverged)}
        scores = {
            "control": [None] * control_diverged + self.CONTROL[control_diverged:],
            "arm": [None] * diverged + [score + 0.05 for score in self.CONTROL[diverged:]],
        }
        return conclude(evidence(scores, states=states)).contrasts[0]

    def test_is_judged_by_fisher_and_gets_no_verdict_on_scores(self):
        contrast = self.contrast(7)
        assert contrast.divergence.p == pytest.approx(stats.fisher_exact([[7, 1], [0, 8]]).pvalue)
        assert (contrast.word, contrast.p, contrast.low) == (None, None, None)
        assert contrast.divergence.differs
        assert contrast.sentence.startswith(
            "arm diverges more often than control: 7 of 8 runs of arm diverged, 0 of 8 of control."
        )
        assert "which says nothing of the rest" in contrast.sentence

    def test_of_the_control_turns_the_sentence_round(self):
        assert "arm diverges less often than control" in self.contrast(0, 8).sentence

    def test_of_a_few_runs_is_undecided(self):
        assert self.contrast(1).sentence.startswith("Undecided whether arm diverges as often as control")

    def test_takes_its_place_in_the_family(self):
        scores = {"control": CONTROL, "arm": BETTER, "wild": [None] * 5}
        states = {("wild", seed): "diverged" for seed in range(5)}
        arm, wild = conclude(evidence(scores, states=states)).contrasts
        assert arm.level == pytest.approx(0.975)
        assert arm.word == "better"
        assert wild.divergence.p == pytest.approx(stats.fisher_exact([[5, 0], [0, 5]]).pvalue)

    def test_is_no_verdict_before_all_runs_have_ended(self):
        scores = {"control": [*CONTROL, None], "arm": [None] * 6}
        states = {("arm", seed): "diverged" for seed in range(6)}
        contrast = conclude(evidence(scores, states=states)).contrasts[0]
        assert not contrast.divergence.differs
        assert contrast.sentence == (
            "6 of 6 runs of arm diverged, 0 of 5 of control so far. "
            "No verdict before all their runs have ended."
        )

    def test_under_five_seeds_is_counted_and_nothing_more(self):
        states = {("arm", seed): "diverged" for seed in range(4)}
        contrast = conclude(evidence({"control": CONTROL[:4], "arm": [None] * 4}, states=states)).contrasts[0]
        assert contrast.sentence == "4 of 4 runs of arm diverged, 0 of 4 of control."


class TestNewImages:
    def test_cannot_be_asked_where_each_seed_has_its_own(self):
        contrast = conclude(evidence({"control": CONTROL, "arm": BETTER})).contrasts[0]
        assert contrast.these_images_only is None

    def test_a_difference_on_many_images_holds_beyond_them(self):
        looks = (LookRecord(0.0, "me", "r", "s"),)
        conclusion = conclude(evidence({"control": CONTROL, "arm": BETTER}, split="test", looks=looks))
        assert conclusion.contrasts[0].these_images_only is False
        assert "opened once" in conclusion.notes[0]

    def test_a_difference_on_always_the_same_few_images_does_not(self):
        """The arm is right on three or four more images of a thousand, nearly the same for every seed."""
        found = evidence({"control": [0.5] * 5, "arm": [0.503, 0.503, 0.504, 0.503, 0.503]}, split="test")
        contrast = conclude(found).contrasts[0]
        assert contrast.word == "better"
        assert contrast.these_images_only is True
        assert "arm is better than control on these test images:" in contrast.sentence


def test_differences_without_any_spread_are_no_certainty():
    conclusion = conclude(evidence({"control": [0.5] * 5, "arm": [0.503] * 5}))
    assert {(arm.low, arm.high) for arm in conclusion.arms} == {(None, None)}
    contrast = conclusion.contrasts[0]
    assert (contrast.word, contrast.p, contrast.low) == (None, None, None)
    assert contrast.sentence == (
        "arm against control: +0.3 points over 5 seeds, the same for each: no spread, so no error bar."
    )


def test_there_is_no_verdict_before_all_runs_of_a_contrast_have_ended():
    conclusion = conclude(
        evidence({"control": [*CONTROL, 0.8], "arm": [*BETTER, None], "other": [*BETTER, 0.84]})
    )
    waiting, ended = conclusion.contrasts
    assert (waiting.word, waiting.waiting, waiting.pairs) == (None, 1, 5)
    assert waiting.sentence.endswith("over 5 seeds so far. No verdict before all their runs have ended.")
    assert ended.word == "better"


def test_an_interval_stays_within_what_is_possible():
    arm = conclude(evidence({"control": [0.99, 0.5], "arm": [0.2, 0.9]}))
    assert all(0 <= found.low <= found.high <= 1 for found in arm.arms)
    assert -1 <= arm.contrasts[0].low < arm.contrasts[0].high <= 1


def test_which_single_seeds_mislead_is_told_by_seed():
    contrast = conclude(evidence({"control": CONTROL, "arm": [0.84, 0.81, 0.83, 0.79, 0.86]})).contrasts[0]
    assert contrast.other_way == {0: 0.0, 1: 0.5, 2: 0.0, 3: 1.0, 4: 0.0}
    assert contrast.other_way_share == pytest.approx(0.3)


def test_a_revision_after_a_look_says_so():
    assert "after a look" in " ".join(conclude(evidence({"c": CONTROL, "a": BETTER}, after_look=True)).notes)
