from dataclasses import replace

import numpy as np

from paribus.report import build_page
from tests.report.example import CONTROL, make_report
from tests.report.reading import Page

from .made import make_arms, make_section, report_with

HOSTILE = '</script><b>"&\u202e 😀'


def recall(arm, label):
    """By seed."""
    return [(s.logits.argmax(1) == s.labels)[s.labels == label].mean() for s in arm.seen.values()]


def test_the_table_has_each_class_of_the_control_and_of_the_best_arm_the_worst_first():
    report, arms = report_with()
    head, *rows = Page(build_page(report)).tables["classes"]
    assert [row[0] for row in rows] == [
        f"kind {k}" for k in np.argsort([np.mean(recall(arms[1], k)) for k in range(4)])
    ]
    for row in rows:
        k = int(row[0][-1])
        cells = dict(zip(head, row, strict=True))
        mine, theirs = np.array(recall(arms[1], k)), np.array(recall(arms[0], k))
        assert cells["images"] == "60"
        assert cells["control, %"] == f"{100 * theirs.mean():.1f}"
        assert cells["arm, %"] == f"{100 * mine.mean():.1f}"
        assert float(cells["minus control, points"].replace("\N{MINUS SIGN}", "-")) == round(
            100 * (mine - theirs).mean(), 1
        )


def test_the_chart_shows_what_the_table_says_and_is_told_in_words():
    report, _ = report_with()
    page = Page(build_page(report))
    spec = page.specs[page.names.index("classes")]
    rows = {(row["class"], row["arm"]): row for row in spec["datasets"]["rows"]}
    assert len(rows) == 8
    for cells in page.tables["classes"][1:]:
        assert f"{rows[cells[0], CONTROL]['accuracy']:.1f}" == cells[2]
        assert f"[{rows[cells[0], CONTROL]['low']:.1f}, {rows[cells[0], CONTROL]['high']:.1f}]" == cells[3]
    told = next(label for label in page.labels if label.startswith("Accuracy by class."))
    assert all(f"kind {k}: {CONTROL} " in told for k in range(4))


def test_the_other_arms_are_folded_into_one_table():
    report, arms = report_with()
    head, *rows = Page(build_page(report)).tables["other-classes"]
    assert [row[0] for row in rows] == [arm.arm for arm in arms[2:]]
    assert rows[0][head.index("kind 3")] == f"{100 * np.mean(recall(arms[2], 3)):.1f}"


def test_of_many_classes_the_chart_has_the_twelve_worst_and_best_and_the_table_all():
    report, arms = report_with(classes=60, images=600)
    page = Page(build_page(report))
    names = [row["name"] for row in page.specs[page.names.index("classes")]["datasets"]["names"]]
    order = sorted(range(60), key=lambda k: (np.mean(recall(arms[1], k)), k))
    assert names == [f"kind {k}" for k in (*order[:12], *order[-12:])]
    assert len(page.tables["classes"]) == 61
    assert "The 12 that are known worst, and the 12 best." in page.text


def test_one_seed_is_told_to_have_intervals_over_images():
    report, _ = report_with(seeds=1)
    assert "95 %, Wilson's, over images: seeds show no spread." in Page(build_page(report)).text


def test_a_class_whose_name_is_markup_is_shown_as_it_is():
    names = (HOSTILE, "b" * 200, "שלום", "d")
    report, _ = report_with(names=names)
    html = build_page(report)
    page = Page(html)
    assert {row[0] for row in page.tables["classes"][1:]} == set(names)
    assert "</script><b>" not in html
    assert {cell["is"] for cell in page.specs[page.names.index("confusions-1-1")]["data"]["values"]} == set(
        names
    )


def test_arms_with_classes_of_their_own_stand_by_themselves():
    report = make_report()
    names = [arm.name for arm in report.conclusion.arms]
    whole, part = (
        make_section(make_arms(names[:3]), ("a", "b", "c", "d")),
        make_section(make_arms(names[3:], classes=2), ("a", "b")),
    )
    section = replace(
        whole, groups=(*whole.groups, *part.groups), calibrations=whole.calibrations + part.calibrations
    )
    page = Page(build_page(replace(report, images=section)))
    assert len(page.tables["classes"]) == 5
    head, *rows = page.tables["classes-2"]
    assert head == ["class", "images", "accuracy, %", "interval"]
    assert len(rows) == 2


def test_a_study_without_a_finished_run_has_no_such_sections():
    assert "By class" not in build_page(make_report())
