import re
from dataclasses import replace

from paribus.analysis.calibration import judge_calibration
from paribus.report import build_page
from tests.report.example import make_report
from tests.report.reading import Page

from .made import make_arms, make_section, report_with


def test_the_table_has_every_arm_and_the_figures_of_the_analysis():
    report, arms = report_with()
    head, *rows = Page(build_page(report)).tables["calibration"]
    assert [row[0] for row in rows] == [arm.arm for arm in arms]
    for row, arm in zip(rows, arms, strict=True):
        cells, found = dict(zip(head, row, strict=True)), judge_calibration(arm)
        assert cells["calibration error, points"] == f"{100 * found.error.mean:.1f}"
        assert cells["95 %"] == f"[{100 * found.error.low:.1f}, {100 * found.error.high:.1f}]"
        assert cells["log loss, nats"] == f"{found.loss.mean:.3f}"


def test_the_diagram_has_a_dot_for_each_bin_of_two_arms_and_says_them_in_words():
    report, arms = report_with()
    page = Page(build_page(report))
    rows = page.specs[page.names.index("calibration")]["data"]["values"]
    assert {row["arm"] for row in rows} == {arm.arm for arm in arms[:2]}
    assert sum(row["images"] for row in rows) == 2 * 5 * 240
    first = judge_calibration(arms[0]).dots[0]
    said = f"{arms[0].arm}: {100 * first.confidence:.1f} % sure, {100 * first.accuracy:.1f} % right"
    assert any(said in label for label in page.labels)


def test_it_is_said_in_words_whether_an_arm_is_too_sure():
    """The same guesses, shouted and whispered."""
    names = [arm.name for arm in make_report().conclusion.arms]
    loud, low = make_arms(names[:2])
    for arm, factor in ((loud, 5.0), (low, 0.3)):
        for seen in arm.seen.values():
            seen.logits[:] *= factor
    text = Page(build_page(replace(make_report(), images=make_section([loud, low], tuple("abcd"))))).text
    said = re.findall(r"is (surer than it is right|right more often than it says), by \d", text)
    assert said == ["surer than it is right", "right more often than it says"]
    assert text.count("expected calibration error is") == 2
