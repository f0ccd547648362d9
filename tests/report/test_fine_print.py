from dataclasses import replace

import pytest
import vl_convert

from paribus.analysis.results import DivergenceResult
from paribus.report import build_csv, build_markdown, build_page
from paribus.report.numerals import NOTHING

from .example import make_report
from .reading import Page

ARMS = {"a": 0.0, "b": 0.01, "c": 0.0001}


def with_contrasts(report, **changes):
    contrasts = tuple(replace(contrast, **changes) for contrast in report.conclusion.contrasts)
    return replace(report, conclusion=replace(report.conclusion, contrasts=contrasts))


def cells_of(report, title):
    head, *rows = Page(build_page(report)).tables["tests"]
    return [row[head.index(title)] for row in rows]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("better", NOTHING),
        ("worse", NOTHING),
        ("equivalent", NOTHING),
        ("undecided", "6 to 14"),
        (None, "6 to 14"),
    ],
)
def test_seeds_to_decide_stand_only_beside_what_is_not_decided(word, said):
    report = with_contrasts(make_report(ARMS, troubles=False), word=word, seeds_needed=(6, 14))
    assert cells_of(report, "seeds to decide") == [said, said]


@pytest.mark.parametrize(("runs", "tested"), [(4, False), (5, True)])
def test_under_five_runs_divergence_is_counted_and_not_tested(runs, tested):
    seen = DivergenceResult(1, runs, 0, 8, 1.0, differs=False)
    text = Page(build_page(with_contrasts(make_report(ARMS), word=None, divergence=seen))).text
    assert f"1 of {runs} runs diverged, 0 of 8 of the control's" in text
    assert ("no difference after Holm" in text) == tested
    assert ("under 5 runs: no test" in text) != tested


def test_divergence_is_not_tested_before_all_runs_have_ended():
    seen = DivergenceResult(6, 6, 0, 6, 0.002, differs=False)
    text = Page(build_page(with_contrasts(make_report(ARMS), word=None, divergence=seen, waiting=3))).text
    assert "0 of 6 of the control's; no test before all runs have ended." in text


@pytest.mark.parametrize(("seeds", "threshold"), [(8, "0.15"), (5, "0.27")])
def test_the_correlation_from_which_pairing_pays_stands_with_the_table(seeds, threshold):
    text = Page(build_page(make_report(ARMS, seeds=seeds, troubles=False))).text
    assert f"of {seeds} pairs, pairing narrows the interval above {threshold}." in text


def test_a_tiny_p_has_one_sign():
    seen = DivergenceResult(8, 8, 0, 8, 0.0002, differs=True)
    text = Page(build_page(with_contrasts(make_report(ARMS), word=None, divergence=seen))).text
    assert "Fisher's exact test p < 0.001, a difference after Holm" in text


def test_where_no_contrast_has_a_word_no_verdict_is_claimed_whatever_the_seeds():
    report = with_contrasts(
        make_report(ARMS, troubles=False), word=None, these_images_only=False, sentence="Runs are missing."
    )
    text = Page(build_page(report)).text
    told = (text + build_markdown(report) + build_csv(report)).lower()
    assert not [word for word in ("better", "worse", "equivalent", "undecided") if word in told]
    assert "while runs are missing" in text
    assert "line clear of zero" not in text
    assert cells_of(report, "new images too") == [NOTHING, NOTHING]


def test_a_line_without_a_verdict_is_no_difference():
    report = make_report(ARMS, troubles=False)
    first, second = report.conclusion.contrasts
    mixed = (replace(first, word=None), second)
    text = Page(build_page(replace(report, conclusion=replace(report.conclusion, contrasts=mixed)))).text
    assert "is a difference where a verdict stands beside it" in text


@pytest.mark.parametrize("bounds", [(-1.0, 1.0), (None, None), (0.01, 0.01)])
def test_intervals_clipped_or_without_spread_are_drawn(bounds):
    low, high = bounds
    report = with_contrasts(
        make_report(ARMS, troubles=False),
        word=None,
        low=low,
        high=high,
        pointwise_low=low,
        pointwise_high=high,
        detectable=None,
        seeds_needed=None,
    )
    arms = tuple(replace(arm, low=0.0, high=1.0) for arm in report.conclusion.arms)
    page = Page(build_page(replace(report, conclusion=replace(report.conclusion, arms=arms))))
    assert page.tables["arms"][1][3] == "[0.0, 100.0]"
    for spec in page.specs:
        assert vl_convert.vegalite_to_vega(spec)["marks"]
