"""What docs/statistics.md promises of claims, kept over 4,000 simulated studies each."""

import numpy as np
import pytest

from paribus import chance
from paribus.stats import Beats, Best, Diverges, Equals, Pair, Reaches, estimate_mean, judge_claims

from .test_simulations import STUDIES, draw_studies, keep, share

MARGIN = 2.0  # run-deviations


def pair(differences):
    return Pair(estimate_mean(differences))


def words_of(families):
    """`[study][claim]`."""
    found = [[result.reading.word for result in judge_claims(tests)] for tests in families]
    assert len(found) == STUDIES
    return found


def any_of(families, *wrong):
    """The share of studies in which a claim has one of its wrong words."""
    return share(
        any(word in said.split() for word, said in zip(words, wrong, strict=True))
        for words in words_of(families)
    )


EITHER = "holds contradicted"


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_a_claim_that_an_arm_beats_its_equal_seldom_has_a_word(seeds):
    scores, control = draw_studies("claims of equals", 4, seeds)
    families = ([Beats(pair(d)) for d in study] for study in scores - control[:, None])
    keep("any word on 4 claims that an arm beats its equal", seeds, any_of(families, *[EITHER] * 4), 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_the_best_is_seldom_claimed_or_denied_wrongly(seeds):
    """One rival of five is as good; the others are far behind, so that it alone stands in the way."""
    scores, control = draw_studies("claims of the best", 5, seeds)
    scores[:, 1:] -= 5
    families = ([Best([pair(d) for d in study])] for study in control[:, None] - scores)
    keep("any word on a claim to be the best of two equal ones", seeds, any_of(families, EITHER), 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_the_best_of_equal_arms_is_seldom_denied(seeds):
    """Each of five rivals is as good, so that there are five ways to be wrong."""
    scores, control = draw_studies("claims of the best of all", 5, seeds)
    families = ([Best([pair(d) for d in study])] for study in control[:, None] - scores)
    keep("any word on a claim to be the best of 6 equal arms", seeds, any_of(families, EITHER), 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_the_margin_is_seldom_claimed_or_denied_wrongly(seeds):
    """Two claims of equality and two of a lead, where the true difference is exactly the margin."""
    scores, control = draw_studies("claims of the margin", 4, seeds)

    def claims(study):
        first, second, third, fourth = map(pair, study)
        return [Equals(first, MARGIN), Equals(second, MARGIN), Beats(third, MARGIN), Beats(fourth, MARGIN)]

    families = (claims(study) for study in scores - control[:, None] + MARGIN)
    wrong = any_of(families, EITHER, EITHER, "contradicted", "contradicted")
    keep("a wrong word on 4 claims about arms off by the margin", seeds, wrong, 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_what_is_exactly_reached_seldom_has_a_word(seeds):
    scores, _ = draw_studies("claims of numbers", 4, seeds)
    families = ([Reaches(pair(s), 0.0) for s in study] for study in scores)
    keep("any word on 4 claims to reach the true mean", seeds, any_of(families, *[EITHER] * 4), 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_what_diverges_every_other_time_seldom_has_a_word(seeds):
    lost = chance.generator(0, "simulation", "claims of divergence", seeds).binomial(seeds, 0.5, (STUDIES, 4))
    families = ([Diverges(int(k), seeds) for k in study] for study in lost)
    keep(
        "any word on 4 claims of runs that diverge half the time",
        seeds,
        any_of(families, *[EITHER] * 4),
        0,
        0.055,
    )


def each_kind(study, lost, seeds):
    """One claim of each kind at the edge of truth, behind two that are clearly true."""
    a, b, c, d, control = study
    return [
        Beats(pair(c + 9 - control)),
        Reaches(pair(d), -9.0),
        Beats(pair(a - control)),
        Equals(pair(b + MARGIN - control), MARGIN),
        Best([pair(control - c), pair(control - d + 9)]),
        Reaches(pair(d), 0.0),
        Diverges(lost, seeds),
    ]


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_all_kinds_together_beside_true_claims_are_seldom_wrong(seeds):
    scores, control = draw_studies("claims of each kind", 4, seeds)
    lost = chance.generator(0, "simulation", "claims of each kind", seeds).binomial(seeds, 0.5, STUDIES)
    studies = np.concatenate([scores, control[:, None]], axis=1)
    families = (each_kind(study, int(k), seeds) for study, k in zip(studies, lost, strict=True))
    wrong = any_of(families, "contradicted", "contradicted", *[EITHER] * 5)
    keep("any wrong word on 7 claims, 2 of them clearly true", seeds, wrong, 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_a_lead_by_diverging_less_is_seldom_claimed_wrongly(seeds):
    """Both arms diverge in three runs of ten; where none did, the t test decides over equal scores."""
    generator = chance.generator(0, "simulation", "claims beside divergence", seeds)

    def claim():
        lost = generator.binomial(seeds, 0.3, 2)
        differences = generator.normal(size=seeds)
        counts = (int(lost[0]), seeds, int(lost[1]), seeds)
        return Beats(Pair(None, counts)) if lost.any() else Beats(pair(differences))

    families = ([claim() for _ in range(4)] for _ in range(STUDIES))
    keep(
        "any word on 4 claims about arms that diverge alike", seeds, any_of(families, *[EITHER] * 4), 0, 0.055
    )


@pytest.mark.parametrize("seeds", [8, 12])
def test_a_true_best_is_found(seeds):
    scores, control = draw_studies("claims of the true best", 5, seeds)
    families = ([Best([pair(d) for d in study])] for study in control[:, None] - scores + 2)
    keep(
        "*holds* found of the best of 6, ahead by 2 run-deviations", seeds, any_of(families, "holds"), 0.7, 1
    )
