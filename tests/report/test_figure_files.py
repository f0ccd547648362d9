import csv
import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from paribus.errors import ExecutionError, StoreError
from paribus.report import build_latex, build_page, parse_formats, write_figures
from paribus.report.charts import draw_chart
from paribus.report.figures import Figure
from paribus.report.latex import escape_latex, write_latex_table
from paribus.report.numerals import MINUS
from paribus.report.reading_back import read_back
from paribus.report.shell import write_shell

from .example import make_report, with_text
from .reading import Page


@pytest.fixture(scope="module")
def html():
    return build_page(make_report(steps=8))


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


@pytest.fixture(scope="module")
def folder(html, tmp_path_factory):
    place = tmp_path_factory.mktemp("figures") / "new" / "folder"
    write_figures(html, place, ("svg",))
    return place


def test_every_chart_is_there_and_every_table_as_text(folder, page):
    charts = {f"{name}.svg" for name in page.names}
    tables = {f"{name}.{kind}" for name in page.tables for kind in ("csv", "md", "tex")}
    assert {path.name for path in folder.iterdir()} == charts | tables
    assert len(charts) == 12
    assert len(tables) == 3 * 5


def test_charts_are_what_their_ending_says(folder, tmp_path):
    spec = draw_chart(90, data={"values": [{"x": 1}]}, mark="point", encoding={"x": {"field": "x"}})
    page = write_shell("One", Figure("one", spec, "A point.", "One point.").write(), charts=True)
    assert [path.name for path in write_figures(page, tmp_path, ("png", "pdf"))] == ["one.png", "one.pdf"]
    with Image.open(tmp_path / "one.png") as image:
        assert image.width == 2 * 640
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF")
    texts = [element.text or "" for element in ET.parse(folder / "differences.svg").iter()]
    assert "optimizer.lr=0.003" in texts
    assert "Learning rate of the SVHN baseline" in texts
    assert any("Shaded: differences under 0.5 points" in text for text in texts)


def test_a_panel_is_titled_by_its_arm_and_others_by_their_heading(html):
    charts, _ = read_back(html)
    titles = {chart.name: chart.title for chart in charts}
    assert titles["accuracy-of-arm-1"] == "optimizer.lr=0.003 n = 8"
    assert titles["accuracy-by-epoch"] == "Learning curves"
    captions = {chart.name: chart.caption for chart in charts}
    assert captions["loss-of-arm-3"].startswith("Loss of each arm.")


def test_a_csv_has_what_the_table_of_the_page_shows_but_pictures(folder, page):
    rows = list(csv.reader(io.StringIO((folder / "arms.csv").read_text(encoding="utf-8"))))
    strips = page.tables["arms"][0].index("each seed")
    shown = [[cell for k, cell in enumerate(row) if k != strips] for row in page.tables["arms"]]
    assert rows == [[cell.replace(MINUS, "-") for cell in row] for row in shown]


def test_tables_of_one_name_are_numbered():
    table = '<table class="layers"><tr><th>a</th></tr><tr><td>1</td></tr></table>'
    _, tables = read_back(table * 2)
    assert [table.name for table in tables] == ["layers", "layers-2"]


def test_a_users_text_makes_no_command_and_no_row():
    nasty = r"50% & $x_1$ \input{/etc/passwd} {#1} ~^ <b> [2] \\"
    report = with_text(make_report(steps=20), nasty)
    latex = build_latex(report)
    body = latex[latex.index(r"\midrule") : latex.index(r"\bottomrule")]
    rows = [line for line in body.splitlines() if line.endswith(r" \\")]
    assert len(rows) == 4
    assert all(row.replace(r"\&", "").count("&") == 8 for row in rows)
    assert r"\input" not in latex
    assert escape_latex(nasty) in latex
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")


def test_signs_of_the_page_become_latex():
    assert escape_latex(f"{MINUS}0.4 \N{PLUS-MINUS SIGN}\N{EN DASH}") == r"$-$0.4 $\pm$--"
    assert escape_latex("a_b%") == r"a\_b\%"


def test_a_row_that_begins_with_a_bracket_is_no_option():
    latex = write_latex_table(["interval"], [False], [["[0.1, 0.2]"], ["*"]])
    assert "\n{}[0.1, 0.2] \\\\\n{}* \\\\\n" in latex
    assert r"\begin{tabular}{@{}l@{}}" in latex


def test_columns_of_figures_stand_to_the_right(folder):
    latex = (folder / "arms.tex").read_text(encoding="utf-8")
    assert r"\begin{tabular}{@{}llrlrllrrr@{}}" in latex
    for part in (r"\toprule", r"\midrule", r"\bottomrule", r"\caption{4 arms, 8 seeds each"):
        assert part in latex


@pytest.mark.parametrize("text", ["gif", "svg,gif", "", "svg,"])
def test_a_format_that_is_none_is_refused_with_what_is_allowed(text):
    with pytest.raises(
        ExecutionError, match=r"^--format .*expected some of svg, png, pdf, joined by commas$"
    ):
        parse_formats(text)


def test_formats_are_read_as_people_write_them():
    assert parse_formats("PNG, svg,png") == ("png", "svg")


def test_a_folder_that_cannot_be_made_is_told_in_one_line(html, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"file/figures: cannot be made: Not a directory; name another"):
        write_figures(html, tmp_path / "file" / "figures", ("svg",))
