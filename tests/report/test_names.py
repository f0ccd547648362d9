import re

import pytest

from paribus.report import build_page
from paribus.report.colours import ArmStyle
from paribus.report.curve_charts import shorten_names
from paribus.report.markup import write_name
from paribus.report.tables import name_cell, write_table

from .example import make_report
from .reading import Page

GRID = "batch_size=32,optimizer.lr=0.001,net.batch_norm=true"
STYLE = ArmStyle("#000")


def lines_of(html):
    return [re.sub(r"<[^>]*>", "", part) for part in html.split("<wbr>")]


def test_a_name_breaks_after_commas_equals_signs_and_dots_and_in_no_number():
    assert lines_of(write_name(GRID)) == [
        *("batch_size=", "32,", "optimizer.", "lr=", "0.001,", "net.", "batch_norm=", "true")
    ]
    assert lines_of(write_name("lenet5")) == ["lenet5"]


def test_a_name_stays_text():
    html = write_name("<b>=&amp;,x")
    assert lines_of(html) == ["&lt;b&gt;=", "&amp;amp;,", "x"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("plain", None), ("batch_norm=true", None), ("optimizer.lr=0.001", "middling"), (GRID, "long")],
)
def test_only_longer_names_take_lines(name, kind):
    found = re.match(r'<th scope="row"(?: class="(\w+)")?>', name_cell(name, STYLE))
    assert found[1] == kind


def test_only_names_without_joints_break_anywhere():
    assert 'class="endless"' in name_cell("x" * 60, STYLE)
    style = build_page(make_report())
    rules = re.findall(r"^\s*([^{}\n]*th[^{}\n]*)\{[^}]*overflow-wrap: anywhere", style, re.MULTILINE)
    assert [rule.strip() for rule in rules] == ["th.endless, th.endless bdi"]


def test_a_caption_stands_above_the_frame_that_scrolls():
    html = write_table("arms", {"arm": ""}, [], label="Arms", caption="All arms.")
    assert html.startswith('<p class="caption" id="arms-caption">All arms.</p><div')
    assert 'aria-describedby="arms-caption"' in html
    assert "<caption" not in html


def test_a_table_without_a_caption_refers_to_none():
    assert "describedby" not in write_table("plan", {"arm": ""}, [], label="Arms")


def test_every_description_exists_in_the_page():
    html = build_page(make_report())
    described = re.findall(r'aria-describedby="([^"]+)"', html)
    assert len(described) == 3
    assert set(described) <= set(Page(html).ids)


def test_arms_of_a_grid_are_told_apart_by_what_differs():
    names = ["a=1,b.c=2,d=x", "a=1,b.c=3,d=x", "a=2,b.c=3,d=x"]
    assert shorten_names(names) == ["1, 2", "1, 3", "2, 3"]
    assert shorten_names(["base", *names]) == ["base", *names]
