import itertools
from dataclasses import replace

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from paribus.nets.layer_table import LayerTable
from paribus.report import build_page
from paribus.report.colours import style_arms
from paribus.report.costs import draw_cost_figures
from paribus.report.inputs import Model
from paribus.report.label_places import RADIUS, Point, _box, place_labels

from .example import make_report
from .reading import Page

ARMS = {"small": 0.0, "middle": 0.01, "poor": -0.01, "large": 0.02}
PARAMETERS = {"small": 1_000, "middle": 4_000, "poor": 5_000, "large": 90_000}


def with_costs(report, parameters=None, flops=None, seconds=None, machines=None):
    arms = [
        replace(
            arm, parameters=(parameters or {}).get(arm.name, 7), seconds=(seconds or {}).get(arm.name, 9.0)
        )
        for arm in report.conclusion.arms
    ]
    runs = {
        arm: {
            seed: replace(
                run,
                seconds=(seconds or {}).get(arm, 9.0) + 0.01 * seed,
                machine={"processor": (machines or {}).get(arm, "x"), "device": "cpu", "threads": 1},
            )
            for seed, run in of_arm.items()
        }
        for arm, of_arm in report.runs.items()
    }
    models = tuple(
        Model((arm,), LayerTable((3, 8, 8), (), 7, 0, count, 0, 28)) for arm, count in (flops or {}).items()
    )
    conclusion = replace(report.conclusion, arms=tuple(arms))
    return replace(report, conclusion=conclusion, runs=runs, models=models)


def draw(**costs):
    report = with_costs(make_report(ARMS, troubles=False), **costs)
    styles = style_arms([arm.name for arm in report.conclusion.arms], report.conclusion.control)
    return report, draw_cost_figures(report, styles)


def x_of(figure):
    return figure.spec["layer"][0]["encoding"]["x"]


def test_only_costs_in_which_arms_differ_are_shown():
    assert draw()[1] == []
    assert [figure.name for figure in draw(parameters=PARAMETERS)[1]] == ["cost-parameters"]
    assert [figure.name for figure in draw(flops=PARAMETERS)[1]] == ["cost-flops"]
    assert "What it costs" not in build_page(make_report())


def test_a_cost_that_only_an_arm_without_a_score_has_is_none():
    report = with_costs(make_report(ARMS, troubles=False), parameters={"large": 90_000})
    arms = [replace(arm, mean=None) if arm.name == "large" else arm for arm in report.conclusion.arms]
    report = replace(report, conclusion=replace(report.conclusion, arms=tuple(arms)))
    assert draw_cost_figures(report, style_arms([*ARMS], report.conclusion.control)) == []


def test_times_are_shown_where_every_run_of_an_arm_takes_longer_than_every_run_of_another():
    assert draw(seconds={"small": 9.0, "large": 9.05})[1] == []  # seeds lie 0.07 s apart
    assert [figure.name for figure in draw(seconds={"large": 10.0})[1]] == ["cost-seconds"]


def test_times_of_two_kinds_of_machine_are_not_compared():
    assert draw(seconds={"large": 20.0}, machines={"large": "y"})[1] == []


def test_points_have_the_figures_of_the_table_and_those_that_another_beats_are_pale():
    report, (figure,) = draw(parameters=PARAMETERS)
    assert "<svg" in vl_convert.vegalite_to_svg({**figure.spec, "width": 300})
    rows = {row["name"]: row for row in figure.spec["datasets"]["rows"]}
    for arm in report.conclusion.arms:
        row = rows[arm.name]
        assert row["cost"] == arm.parameters
        assert [row["mean"], row["low"], row["high"]] == pytest.approx(
            [100 * arm.mean, 100 * arm.low, 100 * arm.high], abs=0.001
        )
    assert {name for name, row in rows.items() if row["_opacity"] < 1} == {"poor"}
    means = [rows[name]["mean"] for name in ("small", "middle", "large")]
    assert [step["mean"] for step in figure.spec["datasets"]["front"]] == [*means, means[-1]]
    assert "poor" not in figure.told


@pytest.mark.parametrize(("most", "scale"), [(90_000, "log"), (9_000, "linear")])
def test_a_cost_that_spreads_over_more_than_ten_times_has_a_log_axis(most, scale):
    _, (figure,) = draw(parameters={**PARAMETERS, "large": most})
    assert x_of(figure)["scale"]["type"] == scale


def test_all_charts_share_one_axis_of_scores():
    _, figures = draw(parameters=PARAMETERS, flops=PARAMETERS, seconds=PARAMETERS)
    domains = [figure.spec["layer"][0]["encoding"]["y"]["scale"]["domain"] for figure in figures]
    assert len(domains) == 3
    assert domains[0] == domains[1] == domains[2]


def test_the_page_has_them_in_one_figure():
    report, _ = draw(parameters=PARAMETERS, flops=PARAMETERS)
    html = build_page(report)
    assert {"cost-parameters", "cost-flops"} <= set(Page(html).names)
    assert html.count("By means alone") == 1


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(1, 20)), min_size=1, max_size=15)
)
def test_no_name_stands_on_a_point_or_on_another_name_in_any_width(found):
    for wide in (1.0, 1.7, 4.0):
        narrow = [Point("n" * n, float(x), float(y), y - 6.0, y + 6.0) for x, y, n in found]
        places = place_labels(narrow, 215, 220)
        points = [replace(point, x=point.x * wide) for point in narrow]
        boxes = [_box(point, place) for point, place in zip(points, places, strict=True) if place]
        marks = [(p.x - RADIUS, p.y - RADIUS, p.x + RADIUS, p.y + RADIUS) for p in points]
        pairs = [*itertools.combinations(boxes, 2), *itertools.product(boxes, marks)]
        for a, b in pairs:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (a, b, wide)
