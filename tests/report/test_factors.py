import re

import pytest
import vl_convert

from paribus.report import build_page
from paribus.report.colours import GRAY, style_arms
from paribus.report.factors import AT_THE_EDGE, draw_factor_figures

from .example import make_report
from .grids import make_grid_report, names_of
from .reading import Page

RATES = {"optimizer.lr": [0.1, 0.01, 0.001]}
TWO = {"optimizer.lr": [0.1, 0.01, 0.001], "net.dropout": [0.0, 0.5]}
THREE = {**TWO, "batch_size": [32, 64, 128]}
NASTY = "</script><b>\"' [0] + alert(1) \\n ${x} שלום"


def draw(report):
    arms = report.conclusion.arms
    figures = draw_factor_figures(report, style_arms([arm.name for arm in arms], report.conclusion.control))
    for figure in figures:
        assert "<svg" in vl_convert.vegalite_to_svg({**figure.spec, "width": 640})
    return figures


def rows_of(figure):
    return {row["label"]: row for row in figure.spec["datasets"]["rows"]}


def axis_of(figure, channel):
    found = [layer["encoding"][channel] for layer in figure.spec["layer"] if channel in layer["encoding"]]
    return next(axis for axis in found if axis and "axis" in axis)


def test_one_factor_is_shown_with_what_the_ledger_has():
    report = make_grid_report(RATES)
    (figure,) = draw(report)
    rows = rows_of(figure)
    assert [*rows] == ["0.001", "0.01", "0.1"]
    for arm in report.conclusion.arms:
        row = rows[arm.name.split("=")[1]]
        assert [row["mean"], row["low"], row["high"]] == pytest.approx(
            [100 * arm.mean, 100 * arm.low, 100 * arm.high], abs=0.001
        )
    dots = [dot["value"] for dot in figure.spec["datasets"]["dots"]]
    assert sorted(dots) == pytest.approx(
        sorted(100 * s for arm in report.conclusion.arms for s in arm.scores.values()), abs=0.001
    )
    assert axis_of(figure, "x")["scale"]["type"] == "log"
    assert "n = 5 seeds" in axis_of(figure, "y")["axis"]["title"]


def test_arms_keep_their_colours_and_the_control_is_gray():
    report = make_grid_report(RATES, control="optimizer.lr=0.01")
    rows = rows_of(draw(report)[0])
    styles = style_arms([arm.name for arm in report.conclusion.arms], "optimizer.lr=0.01")
    assert rows["0.01"]["colour"] == GRAY
    assert rows["0.1"]["colour"] == styles["optimizer.lr=0.1"].colour != GRAY


@pytest.mark.parametrize(("gains", "side"), [([0.02, 0.0, 0.01], "right"), ([0.0, 0.01, 0.02], "left")])
def test_a_best_value_at_the_edge_is_pointed_out_at_its_mark(gains, side):
    (figure,) = draw(make_grid_report(RATES, gains))
    texts = [layer for layer in figure.spec["layer"] if AT_THE_EDGE in str(layer)]
    assert len(texts) == 1
    assert texts[0]["mark"]["align"] == side


def test_a_best_value_inside_is_not():
    assert AT_THE_EDGE not in str(draw(make_grid_report(RATES, [0.0, 0.02, 0.01]))[0].spec)


def test_values_that_are_no_numbers_stand_in_rows():
    (figure,) = draw(make_grid_report({"optimizer": ["sgd", "adam"]}))
    assert [row["_name"] for row in figure.spec["datasets"]["rows"]] == [["sgd"], ["adam"]]
    assert figure.spec["encoding"]["y"]["type"] == "ordinal"


def test_runs_that_diverged_are_shown_and_not_dropped():
    report = make_grid_report(RATES, lost=("optimizer.lr=0.1",), control="optimizer.lr=0.01")
    (figure,) = draw(report)
    row = rows_of(figure)["0.1"]
    assert (row["mean"], row["lost"]) == (None, "5 of 5")
    assert "Cross" in figure.caption
    assert "0.1: no score, 5 of 5 runs diverged" in figure.told


def test_a_published_figure_is_hollow_beside_ours():
    report = make_grid_report(RATES, references={"optimizer.lr=0.01": 0.8612})
    (figure,) = draw(report)
    hollow = [layer for layer in figure.spec["layer"] if layer["mark"].get("filled") is False]
    assert [layer["data"]["values"][0]["mean"] for layer in hollow] == [86.12]
    assert any(layer["mark"].get("text") == "published" for layer in figure.spec["layer"])
    assert "Hollow: published." in figure.caption


def test_a_control_beside_the_grid_is_a_line_and_other_arms_beside_it_are_named():
    report = make_grid_report(RATES, beside=("base", "wide"), control="base")
    (figure,) = draw(report)
    assert any(
        layer["mark"] == {"type": "rule", "color": GRAY, "strokeWidth": 1.5} for layer in figure.spec["layer"]
    )
    text = Page(build_page(report)).text
    assert "The arm wide stands beside the grid, and not in these charts." in text


def test_a_value_far_off_is_a_triangle_that_leaves_the_axis_to_the_others():
    (figure,) = draw(make_grid_report(RATES, [0.0, 0.01, -0.6]))
    assert [row["_off"] for row in figure.spec["datasets"]["rows"]] == [True, False, False]
    assert axis_of(figure, "y")["scale"]["domain"][0] > 80


def test_two_factors_make_a_cell_for_each_arm():
    report = make_grid_report(TWO, lost=("optimizer.lr=0.001,net.dropout=0.5",))
    cells, lines = draw(report)
    assert len(cells.spec["datasets"]["cells"]) == 6
    shown = {row["name"]: row for row in cells.spec["datasets"]["cells"]}
    for arm in report.conclusion.arms:
        row = shown[arm.name]
        if arm.mean is None:
            assert (row["_interval"], row["_shade"]) == ("5 of 5 div.", 0.0)
        else:
            assert row["_figure"] == f"{100 * arm.mean:.1f}"
            assert row["_interval"] == f"{100 * arm.low:.1f}\N{EN DASH}{100 * arm.high:.1f}"
    shades = sorted((row["mean"], row["_shade"]) for row in shown.values() if row["mean"] is not None)
    assert [shade for _, shade in shades] == sorted(shade for _, shade in shades)
    assert sorted(row["_edge"] for row in shown.values()) == ["", "", "", "", "best", "control"]
    assert {label["name"] for label in lines.spec["datasets"]["labels"]} == {"0.0", "0.5"}


def test_a_heat_map_of_twelve_by_twelve_has_a_figure_in_every_cell():
    factors = {"optimizer.lr": [2.0**-k for k in range(12)], "batch_size": [8 * k for k in range(1, 13)]}
    cells = draw(make_grid_report(factors, [0.0005 * k for k in range(144)]))[0]
    assert len(cells.spec["datasets"]["cells"]) == 144
    drawn = vl_convert.vegalite_to_svg({**cells.spec, "width": 768})
    assert len(re.findall(r">\d\d\.\d</text>", drawn)) == 144


def test_many_values_of_both_factors_make_no_lines():
    factors = {"optimizer.lr": [2.0**-k for k in range(6)], "batch_size": [8 * k for k in range(1, 7)]}
    assert [figure.name for figure in draw(make_grid_report(factors))] == ["factors"]


def test_three_factors_make_a_chart_each_on_one_axis():
    report = make_grid_report(THREE)
    figures = draw(report)
    assert [figure.name for figure in figures] == ["factor-1", "factor-2", "factor-3"]
    assert "averaged over 6 combinations of the other factors, the same for every value" in figures[0].caption
    domains = [axis_of(figure, "y")["scale"]["domain"] for figure in figures]
    assert domains[0] == domains[1] == domains[2]


def test_a_level_that_never_learns_takes_no_other_level_with_it():
    lost = tuple(name for name in names_of(THREE) if "dropout=0.5" in name)
    rate, dropout, _ = draw(make_grid_report(THREE, lost=lost))[:3]
    assert rows_of(dropout)["0.5"]["lost"] == "45 of 45"
    assert rows_of(dropout)["0.0"]["mean"] is not None
    assert "3 more left out for want of a score" in rate.caption


def test_a_study_without_factors_has_no_such_section():
    assert "What varied" not in build_page(make_report())


def test_a_grid_that_has_not_begun_has_none_either():
    report = make_grid_report(RATES, lost=names_of(RATES))
    assert draw(report) == []


def test_a_users_text_stands_in_the_charts_as_it_is():
    report = make_grid_report({"optimizer": ["sgd", "adam"], "data": [NASTY, "digits"]})
    page = Page(build_page(report))
    assert not page.open
    cells = next(spec for spec in page.specs if "cells" in spec.get("datasets", {}))["datasets"]["cells"]
    assert [NASTY in cell["name"] for cell in cells] == [True, False, True, False]
    assert [cell["down"].replace("\n", "") for cell in cells[:2]] == [NASTY, "digits"]
