import re
from dataclasses import replace

import pytest
import vl_convert

from paribus.report import build_page
from paribus.report.charts import ACCENT
from paribus.report.one_seed import say_one_seed
from paribus.report.seed_marks import draw_seed_marks, say_count

from .example import make_report
from .reading import Page


def with_ways(report, ways):
    contrasts = tuple(
        replace(c, other_way=way, pairs=len(way))
        for c, way in zip(report.conclusion.contrasts, ways, strict=True)
    )
    return replace(report, conclusion=replace(report.conclusion, contrasts=contrasts))


@pytest.fixture
def report():
    return make_report({"control": 0.0, "a": 0.001, "b": 0.03}, troubles=False)


def test_each_seed_is_a_mark_on_its_side_and_those_that_mislead_are_filled(report):
    contrasts = report.conclusion.contrasts
    spec = draw_seed_marks(report, contrasts)
    marks = spec["datasets"]["marks"]
    assert len(marks) == 16
    control = report.control.scores
    for mark in marks:
        arm = report.conclusion.arms[report.number_of(mark["arm"])]
        assert mark["difference"] == pytest.approx(
            100 * (arm.scores[mark["seed"]] - control[mark["seed"]]), abs=1e-4
        )
        assert mark["misleads"] == report.contrast_of(mark["arm"]).other_way[mark["seed"]]
    drawn = vl_convert.vegalite_to_svg({**spec, "width": 700})
    filled = sum(mark["misleads"] for mark in marks)
    assert len(re.findall(f'fill="{ACCENT}"', drawn)) == filled > 0


def test_the_count_stands_in_words(report):
    a, b = with_ways(report, [{0: 1.0, 1: 0.5, 2: 0.0}, {0: 0.0, 1: 0.0}]).conclusion.contrasts
    assert say_count(a) == "1.5 of 3 seeds"
    assert say_count(b) == "none of 2 seeds"
    assert say_one_seed([a, b]).startswith("Of 5 comparisons by one seed alone, 1.5 (30 %) would have ranked")
    assert (
        say_one_seed([b]) == "Each of 2 comparisons by one seed alone ranks the two as all seeds together do."
    )


def test_who_cannot_see_it_is_told_which_seeds_mislead(report):
    misled = with_ways(report, [{0: 0.0, 4: 1.0, 7: 1.0}, {0: 0.0}])
    page = Page(build_page(misled))
    assert "Seeds that alone would have misled. a: 2 of 3 seeds (4 and 7); b: none of 1 seed" in page.labels


def test_before_any_pair_there_is_no_picture(report):
    page = Page(build_page(with_ways(report, [{}, {}])))
    assert "one-seed" not in page.names
    assert "No arm has finished a seed together with the control yet." in page.text
