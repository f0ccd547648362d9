import re
from dataclasses import replace

import pytest
import vl_convert

from paribus.analysis.search_results import SearchEdge, SearchResult, TrialRow
from paribus.report import build_markdown, build_page
from paribus.report.colours import style_arms
from paribus.report.search import LONG, draw_search_figures
from paribus.report.search_charts import _whole_ticks
from paribus.stats import expect_best

from .example import GAINS, make_report
from .reading import Page

NASTY = "</script><b>\"' [0] + alert(1) \\n ${x} שלום"
SCORES = (0.86, 0.9, None, 0.2, 0.91, 0.89)


def make_search(scores=SCORES, **values):
    """A search over a rate and two nets, the second of them with a name that is none."""
    rows = tuple(
        TrialRow(
            number=k + 1,
            rung=1,
            epochs=5,
            values={"optimizer.lr": f"{10**-k:g}", "net": ["small", NASTY][k % 2]},
            numbers={"optimizer.lr": 10.0**-k, "net": None},
            point=(10.0**-k, 1 - k % 2),
            score=score,
            state="diverged" if score is None else "finished",
            parameters=1000 + k,
            seconds=2.0,
            runs={1000: f"{k:x}" * 64},
        )
        for k, score in enumerate(scores)
    )
    known = [0.0 if score is None else score for score in scores]
    made = SearchResult(
        method="random",
        asked=len(scores),
        seeds=(1000,),
        dimensions=("optimizer.lr", "net"),
        logs=("optimizer.lr",),
        rows=rows,
        refused=3,
        refused_such_as="the net has 200,000 parameters",
        again=1,
        proposers=("drawn",),
        best=known.index(max(known)),
        arm="optimizer.lr=0.003",
        confirmed=0.874,
        confirmed_seeds=8,
        settings=(("optimizer.lr", "0.001", "0.0001"), ("net", "plain", NASTY)),
        expected=expect_best(known),
        edges=(SearchEdge("optimizer.lr", "0.0001", "lowest"),),
        seen_before=0.1,
    )
    return replace(made, **values)


def report_with(search):
    report = make_report()
    return replace(report, conclusion=replace(report.conclusion, search=search))


def draw(search):
    report = report_with(search)
    figures = draw_search_figures(report, style_arms([*GAINS], report.conclusion.control))
    for figure in figures:
        assert "<svg" in vl_convert.vegalite_to_svg({**figure.spec, "width": 640})
    return {figure.name: figure for figure in figures}


def test_every_trial_is_a_mark_and_the_best_so_far_a_step_line():
    figure = draw(make_search())["search-trials"]
    rows = figure.spec["datasets"]["rows"]
    assert [row["_kind"] for row in rows] == ["on", "on", "lost", "off", "on", "on"]
    assert [row["score"] for row in rows] == [86.0, 90.0, None, 20.0, 91.0, 89.0]
    steps = figure.spec["layer"][0]["data"]["values"]
    assert [(one["place"], one["best"]) for one in steps] == [(1, 86.0), (2, 90.0), (5, 91.0), (6, 91.0)]
    assert "Cross: diverged" in figure.caption
    assert "Triangle: off the scale" in figure.caption
    assert figure.told.startswith("Scores of 6 trials, the best first. trial 5: 91.0 %")


def test_the_winner_has_the_colour_of_its_arm_and_its_confirmed_mean_stands_beside():
    report = make_report()
    colour = style_arms([*GAINS], report.conclusion.control)["optimizer.lr=0.003"].colour
    figure = draw(make_search())["search-trials"]
    assert [row["place"] for row in figure.spec["datasets"]["rows"] if row["colour"] == colour] == [5]
    dashed = next(layer for layer in figure.spec["layer"] if layer["mark"].get("strokeDash"))
    assert (dashed["mark"]["color"], dashed["data"]["values"]) == (colour, [{"_shown": 87.4}])


def test_a_setting_s_scores_stand_on_the_scale_that_it_was_drawn_on():
    figures = draw(make_search())
    rate, net = figures["search-1"].spec, figures["search-2"].spec
    at = rate["layer"][0]["encoding"]["x"]
    assert at["scale"]["type"] == "log"
    assert [row["value"] for row in rate["datasets"]["rows"]] == [10.0**-k for k in range(6)]
    assert [row["value"] for row in net["datasets"]["rows"]] == [NASTY] * 3 + ["small"] * 3
    assert net["layer"][0]["encoding"]["x"]["type"] == "nominal"


def test_only_random_search_tells_what_so_many_trials_are_expected_to_find():
    rows = draw(make_search())["search-expected"].spec["datasets"]["rows"]
    assert [row["trials"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert "search-expected" not in draw(make_search(method="tpe", expected=()))


def test_the_section_has_sentences_settings_and_a_row_for_each_trial():
    page = build_page(report_with(make_search()))
    read = Page(page)
    assert ">The search</h2>" in page
    assert "the best of 6 is optimistic" in read.text
    assert "a better one may lie beyond" in read.text
    assert (
        "3 points were refused and count as no trials, such as: the net has 200,000 parameters" in read.text
    )
    table = re.search(r'<table class="trials".*?</table>', page, re.DOTALL)[0]
    assert table.count("<tr>") == 1 + 6
    assert "5 (winner)" in table
    assert '<td class="number" data-value="0.91">91.00</td>' in table
    assert "diverged" in table
    assert "<b>" not in page.split("The search</h2>")[1].split("</section>")[0]


def test_long_tables_of_trials_are_folded():
    scores = tuple(0.5 + 0.01 * k for k in range(LONG + 1))
    page = build_page(report_with(make_search(scores)))
    assert f"<summary>{LONG + 1} trials</summary>" in page
    assert f"<summary>{LONG} trials</summary>" not in build_page(report_with(make_search(scores[:LONG])))


@pytest.mark.parametrize(
    "search",
    [
        make_search(
            (None, None), best=None, arm=None, confirmed=None, settings=(), edges=(), seen_before=None
        ),
        make_search((0.5,)),
        make_search((0.5, 0.5), confirmed=0.5),
        make_search(arm=None, confirmed=None, settings=(), expected=(), edges=(), seen_before=None),
    ],
    ids=["all diverged", "one", "equal", "goes on"],
)
def test_a_search_with_little_in_it_is_drawn_too(search):
    assert len(draw(search)) >= 3
    assert ">The search</h2>" in build_page(report_with(search))


def test_before_any_trial_has_ended_there_are_sentences_and_no_figure():
    search = make_search()
    waiting = tuple(replace(row, score=None, state="waiting", seconds=None) for row in search.rows)
    read = Page(build_page(report_with(replace(search, rows=waiting, best=None, arm=None, expected=()))))
    assert "The search" in read.text
    assert "search-trials" not in read.names


def test_a_study_without_a_search_or_before_its_first_trial_has_no_such_section():
    assert "The search</h2>" not in build_page(make_report())
    none = make_search(rows=(), best=None, arm=None, confirmed=None, expected=())
    assert "The search</h2>" not in build_page(report_with(none))
    assert build_markdown(report_with(none))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (1, 2, {"values": [1, 2]}),
        (3.0, 5.0, {"values": [3, 4, 5]}),
        (1, 24, {"tickMinStep": 1, "tickCount": 4}),
    ],
    ids=["two", "three", "many"],
)
def test_whole_numbers_have_no_ticks_between_them(low, high, ticks):
    assert _whole_ticks(low, high, 4) == ticks
