import itertools
from dataclasses import replace

import pytest
import vl_convert

from paribus.report.colours import style_arms
from paribus.report.differences import draw_differences
from paribus.report.rows import LETTERS, break_name

from .example import make_report

GRID = [
    f"batch_size={size},optimizer.lr={rate},net.batch_norm={norm}"
    for size, rate, norm in itertools.product((32, 64), (0.001, 0.003), ("true", "false"))
]


def draw(report):
    return draw_differences(report, style_arms([a.name for a in report.conclusion.arms], "none"))


def domain_of(spec):
    return spec["layer"][0]["encoding"]["x"]["scale"]["domain"]


def test_a_long_name_is_broken_at_its_commas():
    assert break_name(GRID[0]) == ["batch_size=32,", "optimizer.lr=0.001,", "net.batch_norm=true"]
    assert break_name("a=1,b=2") == ["a=1,b=2"]


@pytest.mark.parametrize(
    "name",
    ["x" * 70, "a.very_long_place.of_a_setting=some_value,b", "long words " * 9, ",,", "=", "a" * 20 + " b"],
)
def test_no_letter_of_a_name_is_lost_and_every_line_fits(name):
    lines = break_name(name)
    assert "".join(lines) == name
    assert max(len(line.rstrip()) for line in lines) <= LETTERS


def test_no_two_arms_of_a_grid_have_one_label_and_rows_grow_with_their_lines():
    spec = draw(make_report(dict.fromkeys(GRID, 0.0)))
    labels = [tuple(row["label"]) for row in spec["datasets"]["rows"]]
    assert len(set(labels)) == 7
    assert spec["height"] == 7 * (54 + 2 * 14)
    names = next(layer for layer in spec["layer"] if layer["encoding"].get("text") == {"field": "label"})
    assert "limit" not in names["mark"]  # which would cut it
    drawn = vl_convert.vegalite_to_svg({**spec, "width": 700})
    for line in ("optimizer.lr=0.001,", "net.batch_norm=false"):
        assert f">{line}</tspan>" in drawn or f">{line}</text>" in drawn


def test_short_names_leave_the_rows_as_they_are():
    assert draw(make_report({"a": 0.0, "b": 0.01}, troubles=False))["height"] == 54


def test_the_axis_ends_where_differences_do():
    report = make_report({"a": 0.0, "b": 0.01}, troubles=False)
    wide = replace(report.conclusion.contrasts[0], low=-1.0, high=1.0)
    spec = draw(replace(report, conclusion=replace(report.conclusion, contrasts=(wide,))))
    assert domain_of(spec) == [-100, 100]
