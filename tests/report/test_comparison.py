import csv
import io
from dataclasses import replace

import pytest
import vl_convert

from paribus.analysis.comparing import ComparedArm, ComparedTable, ComparisonResult
from paribus.report.comparison import NO_WORD, build_comparison
from paribus.report.comparison_texts import build_comparison_csv, build_comparison_markdown
from tests.functional.commands import SMALL, paribus, write_study

from .example import make_report
from .reading import Page

NASTY = "</script><b>|`x`\"' שלום"


@pytest.fixture
def result():
    one, two = (
        make_report(troubles=False).conclusion,
        make_report({"a": 0.0, NASTY: 0.02}, troubles=False).conclusion,
    )
    arms = [
        *(ComparedArm("one", arm, arm.is_control) for arm in one.arms),
        ComparedArm("two", two.arms[0], False, 8, 0.012, 0.004, 0.02),
        ComparedArm("two", two.arms[1], False, apart="other images"),
    ]
    table = ComparedTable("accuracy", "validation", 0.95, tuple(arms))
    settings = (("net.hidden", ("[64]", "[256]")), ("margin", ("0.01", "")))
    return ComparisonResult((one, two), ("one", "two"), (table,), settings, (32, 16), 5)


def test_the_page_shows_arms_side_by_side_with_what_the_result_has(result):
    page = Page(build_comparison(result))
    head, *rows = page.tables["compared-1"]
    assert len(rows) == 6
    first, other, apart = rows[0], rows[4], rows[5]
    assert first[5] == "the control"
    assert other[:2] == ["two", "a"]
    assert other[5:] == ["+1.2", "[+0.4, +2.0]", "8 pairs"]
    assert apart[5:] == ["", "", "other images"]
    assert head[5] == "minus optimizer.lr=0.001 of one"
    assert "5 runs are common to two or more" in page.text
    assert page.tables["settings"][1:] == [["net.hidden", "[64]", "[256]"], ["margin", "0.01", "\N{EN DASH}"]]
    assert NO_WORD in page.text
    assert not page.open
    (spec,) = page.specs
    assert "<svg" in vl_convert.vegalite_to_svg({**spec, "width": 700})


def test_tables_in_two_units_say_why(result):
    other = replace(result.tables[0], split="test")
    assert (
        "do not answer in one unit"
        in Page(build_comparison(replace(result, tables=(*result.tables, other)))).text
    )


def test_markdown_and_csv_have_the_same(result):
    text = build_comparison_markdown(result)
    assert "| two | a |" in text
    assert r"| +1.2 | \[+0.4, +2.0\] | 8 pairs |" in text
    assert r"\</script\>\<b\>\|\`x\`" in text
    rows = list(csv.DictReader(io.StringIO(build_comparison_csv(result))))
    assert len(rows) == 6
    assert (rows[4]["difference"], rows[4]["difference_low"], rows[4]["pairs"]) == ("0.012", "0.004", "8")
    assert rows[5]["apart"] == "other images"
    assert [float(row["mean"]) for row in rows] == [c.arm.mean for c in result.tables[0].arms]


def test_the_verb_compares_studies_and_refuses_one_twice(tmp_path):
    write_study(tmp_path, SMALL, "a.toml")
    write_study(tmp_path, SMALL.replace("[0.01, 0.001]", "[0.01, 0.002]"), "b.toml")
    for name in ("a", "b"):
        paribus(tmp_path, "run", f"{name}.toml")
    told = paribus(tmp_path, "report", "a.toml", "b.toml").stdout
    assert told == f"Report: {tmp_path / 'a-and-b.html'}\n"
    page = Page((tmp_path / "a-and-b.html").read_text(encoding="utf-8"))
    assert "2 runs are common to two or more" in page.text
    assert [row[7] for row in page.tables["compared-1"][3:]] == ["the same runs", "2 pairs"]
    assert (
        "| b | optimizer.lr=0.002 |" in paribus(tmp_path, "report", "a.toml", "b.toml", "--markdown").stdout
    )
    assert "given twice" in paribus(tmp_path, "report", "a.toml", "a.toml", code=2).stderr
    assert ".md, .csv" in paribus(tmp_path, "report", "a.toml", "b.toml", "-o", "x.pdf", code=2).stderr
