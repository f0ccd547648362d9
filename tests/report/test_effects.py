from dataclasses import replace

import pytest

from paribus.analysis import judge_effects, judge_pairs
from paribus.report import build_page
from paribus.report.all_pairs import say_best
from paribus.report.numerals import as_interval, as_points

from .example import make_report
from .grids import make_grid_report
from .reading import Page

TWO = {"optimizer.lr": [0.1, 0.01, 0.001], "net.dropout": [0.0, 0.5]}


def with_all(report):
    return replace(
        report, effects=judge_effects(report.grid, report.conclusion), pairs=judge_pairs(report.conclusion)
    )


def test_the_table_of_effects_has_what_was_found():
    report = with_all(make_grid_report(TWO))
    page = Page(build_page(report))
    _, *rows = page.tables["effects"]
    assert len(rows) == len(report.effects.effects) == 5
    for effect, row in zip(report.effects.effects[:3], rows[:3], strict=True):
        assert row[0] == effect.factors[0]
        assert row[1] == f"{effect.values[0]} instead of {effect.bases[0]}"
        assert row[2:4] == [as_points(effect.difference), as_interval(effect.low, effect.high)]
    assert rows[3][0] == "optimizer.lr \N{MULTIPLICATION SIGN} net.dropout"
    assert " with " in rows[3][1]


def test_every_level_of_the_intervals_is_named():
    report = with_all(make_grid_report(TWO))
    report = replace(report, effects=replace(report.effects, levels=(0.9875, 0.99)))
    assert (
        "intervals (98.75 % and 99 %) and p are corrected for all 5 effects" in Page(build_page(report)).text
    )


def test_a_large_grid_shows_its_clearest_interactions_and_says_so():
    factors = {"optimizer.lr": [0.1, 0.2, 0.3, 0.4, 0.5], "batch_size": [8, 16, 32, 64, 128]}
    page = Page(build_page(with_all(make_grid_report(factors))))
    assert len(page.tables["effects"]) == 1 + 8 + 12
    assert "Of 16 interactions the 12 clearest." in page.text


def test_a_grid_with_a_hole_says_why_there_is_no_table():
    report = with_all(make_grid_report(TWO, lost=("optimizer.lr=0.001,net.dropout=0.5",)))
    page = Page(build_page(report))
    assert "effects" not in page.tables
    assert (
        "No table of effects, which takes a full grid: 1 arm of the grid diverged or is without a score."
        in page.text
    )


def test_all_pairs_stand_in_a_folded_table():
    report = with_all(make_grid_report(TWO))
    html = build_page(report)
    _, *rows = Page(html).tables["pairs"]
    assert len(rows) == 15
    for pair, row in zip(report.pairs.pairs, rows, strict=True):
        assert row[:4] == [
            pair.second,
            pair.first,
            as_points(pair.difference),
            as_interval(pair.low, pair.high),
        ]
    assert "<details><summary>All 15 pairs of arms</summary>" in html


@pytest.mark.parametrize(
    ("possible", "said"),
    [
        (("a", "b", "c"), "cannot tell it from b and c."),
        (("a",), "a is the best of the arms"),
        (None, "says little"),
    ],
)
def test_who_may_be_the_best_is_a_sentence(possible, said):
    found = judge_pairs(make_report({"a": 0.0, "b": 0.0, "c": 0.0}, troubles=False).conclusion)
    assert said in say_best(replace(found, best="a", possible=possible))


def test_how_often_the_best_is_among_the_possible_follows_the_studys_alpha():
    found = judge_pairs(make_report({"a": 0.0, "b": 0.0, "c": 0.0}, troubles=False).conclusion)
    assert "In 80 of 100 such studies" in say_best(replace(found, best="a", possible=("a", "b"), alpha=0.2))
