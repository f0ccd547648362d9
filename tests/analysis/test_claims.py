"""What becomes of registered claims, in figures and in words."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from paribus.analysis import conclude
from paribus.analysis.claim_sentences import count_words
from paribus.analysis.claims import conclude_claims

from .small import evidence

CONTROL = [0.80, 0.81, 0.79, 0.80, 0.82]
BETTER = [0.84, 0.86, 0.83, 0.85, 0.86]
ALIKE = [0.80, 0.82, 0.78, 0.81, 0.81]
SCORES = {"control": CONTROL, "better": BETTER, "alike": ALIKE}
A_BEATS_B = {"arm": "better", "beats": "control"}


def judge(claims, scores=SCORES, **more):
    return conclude(evidence(scores, claims=claims, **more)).claims


def judge_one(claim, scores=SCORES, **more):
    return judge({"It is so": claim}, scores, **more)[0]


def said(claim):
    return claim.sentence.replace("\N{MINUS SIGN}", "-")


def test_a_study_without_claims_has_none():
    assert judge({}) == ()


def test_a_claim_is_judged_by_the_paired_t_test_in_a_family_of_its_own():
    """One claim beside two contrasts: 95 %, not 97.5 %."""
    claim = judge_one(A_BEATS_B)
    differences = np.subtract(BETTER, CONTROL)
    low, high = stats.t.interval(0.95, 4, differences.mean(), stats.sem(differences))
    assert (claim.estimate, claim.low, claim.high) == pytest.approx((differences.mean(), low, high))
    assert (claim.claim, claim.kind, claim.word, claim.seeds) == ("It is so", "beats", "holds", 5)
    assert claim.level == pytest.approx(0.95)
    assert claim.p_holm == pytest.approx(stats.ttest_rel(BETTER, CONTROL).pvalue)


def test_more_claims_make_wider_intervals():
    one, two = judge({"a": A_BEATS_B, "b": {"arm": "alike", "beats": "control"}})
    assert one.level == two.level == pytest.approx(0.975)


@pytest.mark.parametrize(
    ("claim", "more", "sentence"),
    [
        (A_BEATS_B, {}, "Holds: better is better than control: +4.4 points [+3.7, +5.1] over 5 seeds."),
        (
            {"arm": "control", "beats": "better"},
            {},
            "Contradicted: control is worse than better: -4.4 points [-5.1, -3.7] over 5 seeds.",
        ),
        (
            A_BEATS_B,
            {"margin": 0.1},
            (
                "Holds: better is better than control, but by less than the margin: "
                "+4.4 points [+3.7, +5.1] over 5 seeds."
            ),
        ),
        (
            {"arm": "alike", "beats": "control"},
            {"margin": 0.03},
            (
                "Contradicted: alike is equivalent to control: 0.0 points [-1.2, +1.2] over 5 seeds, "
                "all within the margin."
            ),
        ),
        (
            {"arm": "alike", "equals": "control"},
            {"margin": 0.03},
            "Holds: alike and control are less apart than the margin: 0.0 points [-1.2, +1.2] over 5 seeds.",
        ),
        (
            {"arm": "better", "equals": "control"},
            {"margin": 0.03},
            (
                "Contradicted: better and control are more apart than the margin: "
                "+4.4 points [+3.7, +5.1] over 5 seeds."
            ),
        ),
        (
            {"best": "better"},
            {},
            (
                "Holds: better is better than each other arm; nearest is control: "
                "+4.4 points [+3.7, +5.1] over 5 seeds."
            ),
        ),
        (
            {"best": "control"},
            {},
            "Contradicted: control is worse than better: -4.4 points [-5.3, -3.5] over 5 seeds.",
        ),
        (
            {"arm": "better", "reaches": 0.83},
            {},
            "Holds: better reaches 83 %: 84.8 % [83.18, 86.42] over 5 seeds.",
        ),
        (
            {"arm": "control", "reaches": 0.8616},
            {},
            "Contradicted: control stays below 86.16 %: 80.4 % [78.98, 81.82] over 5 seeds.",
        ),
    ],
)
def test_a_word_comes_with_its_figures(claim, more, sentence):
    assert said(judge_one(claim, **more)) == sentence


def test_what_is_undecided_says_with_how_many_seeds_and_what_it_would_take():
    claim = judge_one({"arm": "alike", "beats": "control"}, margin=0.01)
    assert claim.word == "undecided"
    assert said(claim).startswith("Undecided with 5 seeds: 0.0 points [-1.2, +1.2]. These")
    low, high = claim.seeds_needed
    assert claim.sentence.endswith(f"To find one as large as the margin takes {low} to {high} seeds.")


def test_equality_takes_more_seeds_than_a_difference_as_large_as_the_margin():
    beats = judge_one({"arm": "alike", "beats": "control"}, margin=0.005)
    equals = judge_one({"arm": "alike", "equals": "control"}, margin=0.005)
    assert equals.seeds_needed[0] > beats.seeds_needed[0]


def test_the_best_names_whom_it_cannot_be_told_from():
    claim = judge_one(
        {"best": "better"}, SCORES | {"twin": [s + 0.002 * (-1) ** k for k, s in enumerate(BETTER)]}
    )
    assert (claim.word, claim.unbeaten, claim.other) == ("undecided", ("twin",), "twin")
    assert claim.sentence.startswith(
        "Undecided with 5 seeds: better is not shown to beat twin; against twin "
    )
    many = {f"arm{k}": list(np.roll(BETTER, k)) for k in range(6)}
    assert "arm1, arm2, arm3 and 2 more; against" in judge_one({"best": "arm0"}, many).sentence


@pytest.mark.parametrize("seeds", [1, 2, 4])
@pytest.mark.parametrize(
    "claim",
    [
        A_BEATS_B,
        {"best": "better"},
        {"arm": "better", "equals": "control"},
        {"arm": "better", "reaches": 0.1},
        {"arm": "better", "diverges": True},
    ],
    ids=["beats", "best", "equals", "reaches", "diverges"],
)
def test_under_five_seeds_there_is_no_other_word(claim, seeds):
    found = judge_one(claim, {arm: row[:seeds] for arm, row in SCORES.items()}, margin=0.5)
    assert found.word == "undecided"
    if "diverges" not in claim:
        assert found.sentence.startswith(f"Undecided with {seeds} seed{'s' * (seeds > 1)}; words need five: ")


def test_there_is_no_word_before_all_runs_of_its_arms_have_ended():
    scores = {"control": [*CONTROL, 0.8], "better": [*BETTER, None], "alike": [*ALIKE, 0.8]}
    waiting, other, best = judge(
        {"a": A_BEATS_B, "b": {"arm": "control", "reaches": 0.1}, "c": {"best": "alike"}}, scores
    )
    assert (waiting.word, waiting.waiting) == (best.word, best.waiting) == ("undecided", 1)
    assert other.word == "holds"
    assert waiting.sentence == (
        "Undecided with 5 seeds so far: no word before all runs of its arms have ended: "
        "+4.4 points [+3.4, +5.4]."
    )


def test_where_nothing_has_finished_a_claim_is_undecided():
    claim = judge_one(A_BEATS_B, SCORES | {"better": [None] * 5})
    assert (claim.word, claim.estimate) == ("undecided", None)
    assert claim.sentence == (
        "Undecided with 0 seeds so far: no word before all runs of its arms have ended."
    )


@pytest.mark.parametrize(
    "claim", [{"arm": "late", "beats": "control"}, {"arm": "late", "reaches": 0.1}, {"best": "better"}]
)
def test_an_arm_that_the_study_has_not_yet_is_waited_for(claim):
    claims = judge({"a": claim, "b": {"arm": "late", "diverges": True}})
    assert [(found.word, found.waiting > 0) for found in claims] == [("undecided", True)] * 2


def test_an_arm_without_any_run_yet_is_waited_for():
    found = evidence(SCORES, claims={"a": A_BEATS_B})
    arms = {arm.name: arm for arm in conclude(found).arms}
    arms["better"] = replace(arms["better"], scores={}, states={})
    assert conclude_claims(found, arms)[0].waiting == 1


def test_an_arm_may_be_known_by_another_name_too():
    """As the winner of a search is, where the study had an arm with its settings."""
    claims = {"a": {"arm": "winner", "beats": "control"}, "b": {"best": "winner"}, "c": {"best": "alike"}}
    found = evidence(SCORES, claims=claims)
    arms = {arm.name: arm for arm in conclude(found).arms}
    beats, best, other = conclude_claims(found, arms, {"winner": "better"})
    assert [(claim.arm, claim.word) for claim in (beats, best)] == [("better", "holds")] * 2
    assert (best.other, other.word) == ("control", "contradicted")
    alone = evidence(SCORES, claims={"c": {"best": "alike"}})
    assert conclude_claims(alone, arms, {"winner": "better"}) == conclude_claims(alone, arms)


def test_differences_without_any_spread_are_no_certainty():
    claim = judge_one(A_BEATS_B, {"control": [0.5] * 5, "better": [0.503] * 5})
    assert claim.word == "undecided"
    assert claim.sentence == (
        "Undecided with 5 seeds: +0.3 points, the same for each: no spread, so no error bar."
    )


class TestDivergence:
    STATES = {("better", seed): "diverged" for seed in range(8)}
    SCORES = {
        "control": [*CONTROL, 0.8, 0.81, 0.79],
        "better": [None] * 8,
        "alike": [*(score - 0.1 for score in ALIKE), 0.71, 0.7, 0.72],
    }

    def judge(self, claim, scores=None, states=None, **more):
        return judge_one(claim, scores or self.SCORES, states=states or self.STATES, **more)

    @pytest.mark.parametrize(
        ("claim", "word", "says"),
        [
            ({"arm": "better", "diverges": True}, "holds", "Holds: 8 of 8 runs diverged."),
            ({"arm": "control", "diverges": True}, "contradicted", "Contradicted: 0 of 8 runs diverged."),
            (
                A_BEATS_B,
                "contradicted",
                "Contradicted: better is worse than control: 8 of 8 runs of better diverged.",
            ),
            (
                {"arm": "control", "beats": "better"},
                "holds",
                "Holds: control is better than better: 8 of 8 runs of better diverged.",
            ),
            (
                {"arm": "better", "equals": "control"},
                "contradicted",
                "Contradicted: better and control are not alike: 8 of 8 runs of better diverged.",
            ),
            (
                {"arm": "better", "reaches": 0.1},
                "contradicted",
                "Contradicted: better stays below 10 %: 8 of 8 runs of better diverged.",
            ),
        ],
    )
    def test_decides_who_is_the_better(self, claim, word, says):
        found = self.judge(claim, margin=0.1)
        assert (found.word, found.sentence) == (word, says)

    def test_of_another_arm_is_in_nobodys_way_to_be_the_best(self):
        found = self.judge({"best": "control"})
        assert (found.word, found.other) == ("holds", "alike")
        assert found.sentence.startswith(
            "Holds: control is better than each other arm; nearest is alike: +9.6 points ["
        )

    def test_of_some_runs_leaves_it_undecided_and_says_so(self):
        scores = self.SCORES | {"better": [None, *(score + 0.1 for score in self.SCORES["control"][1:])]}
        states = {("better", 0): "diverged"}
        for claim in (A_BEATS_B, {"best": "better"}, {"arm": "better", "reaches": 0.1}):
            found = self.judge(claim, scores, states)
            assert found.word == "undecided"
            assert found.sentence == "Undecided with 8 seeds: 1 of 8 runs of better diverged."

    def test_of_five_runs_says_how_many_would_decide(self):
        scores = {arm: row[:5] for arm, row in self.SCORES.items()}
        found = self.judge({"arm": "better", "diverges": True}, scores, dict(list(self.STATES.items())[:5]))
        assert found.sentence == (
            "Undecided with 5 seeds: 5 of 5 runs diverged. 6 runs that all end alike would decide."
        )


class TestNewImages:
    """An arm that is right on the same few images more for every seed."""

    SCORES = {"control": [0.5, 0.5, 0.5, 0.5, 0.5], "arm": [0.503, 0.503, 0.504, 0.503, 0.503]}

    @pytest.mark.parametrize(
        ("claim", "word"),
        [
            ({"arm": "arm", "beats": "control"}, "holds"),
            ({"best": "arm"}, "holds"),
            ({"best": "control"}, "contradicted"),
            ({"arm": "arm", "reaches": 0.5025}, "holds"),
            ({"arm": "arm", "reaches": 0.505}, "contradicted"),
            ({"arm": "arm", "equals": "control"}, "contradicted"),
        ],
    )
    def test_a_word_that_only_these_images_carry_says_so(self, claim, word):
        found = judge_one(claim, self.SCORES, split="test", margin=0.001)
        assert (found.word, found.these_images_only) == (word, True)
        assert found.sentence.startswith(f"{word.capitalize()} on these test images: ")

    def test_a_word_that_holds_beyond_them_does_not(self):
        found = judge_one(A_BEATS_B, split="test")
        assert found.these_images_only is False
        assert found.sentence.startswith("Holds: ")

    def test_is_not_asked_where_each_seed_has_its_own_images_nor_of_equality(self):
        assert judge_one(A_BEATS_B).these_images_only is None
        equal = judge_one({"arm": "alike", "equals": "control"}, split="test", margin=0.03)
        assert (equal.word, equal.these_images_only) == ("holds", None)


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ({"a": A_BEATS_B}, "The one claim holds."),
        ({"a": {"arm": "control", "beats": "better"}}, "The one claim is contradicted."),
        (
            {
                "a": A_BEATS_B,
                "b": {"best": "better"},
                "c": {"best": "control"},
                "d": {"arm": "alike", "beats": "control"},
            },
            "Of 4 claims 2 hold, 1 is contradicted, 1 is undecided.",
        ),
        ({"a": {"best": "alike"}, "b": {"best": "control"}}, "Of 2 claims 2 are contradicted."),
    ],
)
def test_all_claims_in_one_sentence(claims, sentence):
    assert count_words(judge(claims)) == sentence


def test_published_figures_and_the_loss_stand_by_arm():
    found = evidence(SCORES, reference={"better": {"train": 0.9, "test": 0.85, "loss": 0.5, "source": "R0"}})
    control, better, _ = conclude(found).arms
    assert (better.published, better.published_source) == ({"train": 0.9, "test": 0.85, "loss": 0.5}, "R0")
    right, wrong = -np.log(np.e / (np.e + 1)), -np.log(1 / (np.e + 1))
    assert better.loss == pytest.approx(np.mean([s * right + (1 - s) * wrong for s in BETTER]), rel=1e-5)
    assert (control.published, control.loss) == ({}, None)


@pytest.mark.parametrize(
    ("claimed", "known", "ends"),
    [(0.5, 0, "5 seeds."), (3.5, 1, "after one of its runs had ended."), (9, 3, "3 of its runs had ended.")],
)  # fmt: skip
def test_a_claim_made_after_its_runs_were_there_says_so(claimed, known, ends):
    found = evidence(SCORES, claims={"a": A_BEATS_B, "b": {"arm": "alike", "reaches": 0.1}})
    ended = {"better/0": 3.0, "better/1": 4.0, "control/4": 8.0}
    runs = {name: replace(run, known=ended.get(name)) for name, run in found.runs.items()}
    first, second = conclude(replace(found, runs=runs, claimed={"a": claimed, "b": claimed})).claims
    assert (first.known_before, second.known_before) == (known, 0)
    assert first.sentence.endswith(ends)
