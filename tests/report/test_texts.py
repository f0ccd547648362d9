import csv
import io
import re
from dataclasses import replace

import pytest

from paribus.report import build_csv, build_markdown

from .example import make_report, with_text

PIPES = "a|b `c` *d* _e_ <f>\n\\|"


@pytest.fixture(scope="module")
def report():
    return make_report()


def table_rows(markdown):
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1] for line in lines]


def test_markdown_begins_with_the_verdicts(report):
    text = build_markdown(report)
    first = text.split("\n\n")[1]
    assert first == report.conclusion.contrasts[0].sentence.replace("[", "\\[").replace("]", "\\]")


def test_a_markdown_row_has_as_many_cells_as_its_head_whatever_the_names(report):
    rows = table_rows(build_markdown(with_text(report, PIPES)))
    assert len(rows) == 2 + 4
    assert {len(row) for row in rows} == {9}


def test_csv_holds_full_precision_and_every_seed(report):
    rows = list(csv.DictReader(io.StringIO(build_csv(report))))
    assert len(rows) == 4
    for arm, row in zip(report.conclusion.arms, rows, strict=True):
        assert row["arm"] == arm.name
        assert float(row["mean"]) == arm.mean
        assert [row[f"seed_{s}"] for s in range(8)] == [
            arm.states[s] if arm.scores[s] is None else str(arm.scores[s]) for s in range(8)
        ]


def test_csv_keeps_a_name_with_commas_quotes_and_lines(report):
    name = 'a,b "c"\nd'
    rows = list(csv.DictReader(io.StringIO(build_csv(with_text(report, name)))))
    assert rows[2]["arm"] == f"2 {name}"


def test_under_five_seeds_no_text_holds_a_verdict_word():
    report = make_report(seeds=4, troubles=False)
    assert not re.search("better|worse|equivalent|undecided", build_markdown(report) + build_csv(report))


def test_the_notes_stand_under_the_table(report):
    notes = ("Concluded on validation images; the test set has not been opened.", "Mind | the gap.")
    noted = replace(report, conclusion=replace(report.conclusion, notes=notes))
    last = build_markdown(noted).strip().splitlines()[-1]
    assert last.endswith(notes[0] + " Mind \\| the gap.")
