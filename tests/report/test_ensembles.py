import csv
import io
from dataclasses import replace

import pytest

from paribus.analysis import EnsembleResult
from paribus.report import build_csv, build_markdown, build_page

from .example import CONTROL, make_report
from .reading import Page

TITLE = "What averaging the seeds would give"
NASTY = "</td><script>alert(1)</script> | `x`"


def result(arm, *, together=0.9, low=0.01, high=0.03):
    growth = None if together is None else {1: 0.88, 2: 0.89, 3: together}
    alone = None if together is None else 0.88
    images = 5 if together is None else 4000
    return EnsembleResult(arm, "test", (0, 1, 2), images, alone, together, low, high, growth)


@pytest.fixture
def report():
    report = make_report()
    arms = [arm.name for arm in report.conclusion.arms]
    return replace(report, ensembles=(result(arms[0]), result(arms[1], together=0.91, low=None, high=None)))


def test_the_table_shows_one_alone_together_and_the_gain_with_its_interval(report):
    page = Page(build_page(report))
    head, first, second = page.tables["ensembles"]
    assert dict(zip(head, first, strict=True)) == {
        "arm": CONTROL,
        "members": "3",
        "images": "4,000",
        "one alone, %": "88.00",
        "together, %": "90.00",
        "gain, points": "+2.0",
        "interval": "[+1.0, +3.0]",
    }
    assert second[-2:] == ["+3.0", ""]
    assert TITLE in page.text
    assert f"{CONTROL}: 88.0 % of 1, 89.0 % of 2, 90.0 % of 3" in " ".join(page.labels)


def test_where_no_image_is_common_the_report_says_why_and_what_would_help(report):
    arms = [arm.name for arm in report.conclusion.arms]
    silent = replace(report, ensembles=tuple(result(arm, together=None) for arm in arms))
    page = Page(build_page(silent))
    assert "ensembles" not in page.tables
    assert "5 of them are common to the runs of an arm; 30 are the least" in page.text
    assert TITLE not in build_markdown(silent)
    assert "together" not in build_markdown(silent)


def test_arms_of_which_nothing_can_be_told_are_counted(report):
    arms = [arm.name for arm in report.conclusion.arms]
    some = replace(report, ensembles=(result(arms[0]), *(result(arm, together=None) for arm in arms[1:])))
    page = Page(build_page(some))
    assert len(page.tables["ensembles"]) == 2
    assert "Of 3 more arms no images were judged by all seeds." in page.text


def test_a_study_without_two_finished_runs_has_no_such_section():
    assert TITLE not in build_page(make_report())


def test_markdown_and_csv_have_it_too(report):
    row = f"| {CONTROL} | 3 | 4,000 | 88.00 | 90.00 | +2.0 | [+1.0, +3.0] |"
    assert row in build_markdown(report)
    rows = list(csv.DictReader(io.StringIO(build_csv(report))))
    found = [(row["ensemble"], row["ensemble_gain_low"], row["ensemble_gain_high"]) for row in rows]
    assert found == [("0.9", "0.01", "0.03"), ("0.91", "", ""), ("", "", ""), ("", "", "")]


def test_a_name_that_is_markup_stays_a_name(report):
    renamed = [replace(arm, name=NASTY) if arm.name == CONTROL else arm for arm in report.conclusion.arms]
    conclusion = replace(report.conclusion, arms=tuple(renamed), control=NASTY)
    histories = {NASTY if arm == CONTROL else arm: of for arm, of in report.histories.items()}
    runs = {NASTY if arm == CONTROL else arm: of for arm, of in report.runs.items()}
    nasty = replace(report, conclusion=conclusion, runs=runs, histories=histories, ensembles=(result(NASTY),))
    page = Page(build_page(nasty))
    assert page.tables["ensembles"][1][0] == NASTY
    line = next(line for line in build_markdown(nasty).splitlines() if "| 3 | 4,000 |" in line)
    assert line.startswith(r"| \</td\>\<script\>alert(1)\</script\> \| \`x\` | 3 |")
