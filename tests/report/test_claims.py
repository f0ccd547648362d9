"""Claims, published figures and what a study says of itself: on the page, in Markdown and in LaTeX."""

import re
from dataclasses import replace

import pytest

from paribus.report import build_csv, build_latex, build_markdown, build_page
from paribus.report.figure_files import write_figures
from paribus.report.numerals import MINUS

from .example import CONTROL, make_report, with_claims, with_text
from .reading import Page
from .test_page import NASTY

FASTER = "optimizer.lr=0.003"


@pytest.fixture(scope="module")
def report():
    return with_claims(make_report(steps=20))


@pytest.fixture(scope="module")
def page(report):
    return Page(build_page(report))


def by_column(table):
    head, *rows = table
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_each_claim_has_its_outcome_its_figures_and_its_words(report, page):
    rows = by_column(page.tables["claims"])
    assert [row["claim"] for row in rows] == [claim.claim for claim in report.conclusion.claims]
    assert [row["in words"] for row in rows] == [claim.sentence for claim in report.conclusion.claims]
    assert [row["outcome"] for row in rows] == [
        "holds", "contradicted", "undecided with 8 seeds", "undecided with 8 seeds", "contradicted"
    ]  # fmt: skip
    assert [row["measured"].replace(MINUS, "-") for row in rows] == [
        "+1.3 points", "-1.3 points", "+0.4 points", "86.11 %", "1 of 8"
    ]  # fmt: skip
    assert [row["interval"].replace(MINUS, "-") for row in rows] == [
        "[+0.9, +1.7]", "[-1.7, -0.9]", "[-0.1, +0.8]", "[85.69, 86.53]", "[0, 48]"
    ]  # fmt: skip


def test_the_caption_does_not_say_of_a_late_claim_that_it_came_before(report):
    late = replace(report.conclusion.claims[0], known_before=3)
    claims = (late, *report.conclusion.claims[1:])
    text = Page(build_page(replace(report, conclusion=replace(report.conclusion, claims=claims)))).text
    assert "Claimed before any result of their arms, unless it says otherwise." in text


def test_published_figures_stand_beside_a_claim_with_their_split(page):
    assert [row["published"] for row in by_column(page.tables["claims"])] == [
        "86.05 % against 87.05 % on test",
        f"86.05 % against 87.05 % of {FASTER} on test",
        "86.05 % against 87.05 % on test",
        "86.05 % on test",
        "",
    ]
    assert "Published on test, judged here on validation: these are not the same images." in page.text


def test_figures_of_our_own_split_need_no_warning(report):
    on_test = Page(build_page(replace(report, conclusion=replace(report.conclusion, split="test"))))
    assert "these are not the same images" not in on_test.text


def test_the_claims_stand_between_verdict_and_arms_and_the_first_screen_counts_them(report, page):
    html = build_page(report)
    places = [html.index(text) for text in ('class="cost"', 'id="claims"', 'id="arms"')]
    assert places == sorted(places)
    assert html.index(">claims</a> 1 holds, 2 are contradicted, 2 are undecided.") < places[0]
    assert "#claims" in page.links


def test_a_study_without_claims_has_no_section_of_them(report):
    bare = make_report(steps=20)
    page = Page(build_page(bare))
    assert "claims" not in page.tables
    assert "Claims" not in page.text
    assert "laim" not in build_markdown(bare) + build_latex(bare)


def test_what_the_study_is_about_stands_below_its_title_in_paragraphs(report):
    html = build_page(report)
    found = re.findall(r'<p class="about" dir="auto">([^<]*)</p>', html)
    assert found == ["A report compared rates with one seed each.", "It could not know what luck does. "[:-1]]
    assert html.index("</h1>") < html.index('class="about"') < html.index("</header>")
    title, first, second, *_ = build_markdown(report).split("\n\n")
    assert title.startswith("# ")
    assert [first, second] == found


def test_a_note_stands_below_what_the_study_is_about(report):
    noted = replace(report, conclusion=replace(report.conclusion, note="Cut for two cores."))
    found = re.findall(r'<p class="about" dir="auto">([^<]*)</p>', build_page(noted))
    assert found[-1] == "Cut for two cores."
    assert len(found) == 3
    assert build_markdown(noted).split("\n\n")[3] == "Cut for two cores."


def test_the_table_of_arms_labels_a_figure_of_another_split(report, page):
    rows = {row["arm"]: row["published, %"] for row in by_column(page.tables["arms"])}
    assert rows == {CONTROL: "86.05 on test", FASTER: "87.02 on test"} | {
        arm.name: "" for arm in report.conclusion.arms[2:]
    }
    on_test = replace(report, conclusion=replace(report.conclusion, split="test"))
    assert by_column(Page(build_page(on_test)).tables["arms"])[0]["published, %"] == "86.05"


def test_published_figures_stand_beside_ours_of_the_same_split(report, page):
    control, faster = by_column(page.tables["published"])
    last = [epochs[-1].train_accuracy for epochs in report.histories[CONTROL].values()]
    assert control == {
        "arm": CONTROL,
        "published train, %": "88.3",
        "our train, %": f"{100 * sum(last) / len(last):.1f}",
        "published test, %": "86.05",
        "our test, %": "not opened",
        "published test loss": "0.521",
        "our validation loss": "0.498",
        "source": "R0, table 2",
    }
    assert (faster["published train, %"], faster["our train, %"]) == ("", "")


def test_our_train_accuracy_is_that_of_the_epoch_that_speaks(report):
    runs = {
        arm: {seed: replace(run, best_epoch=2) for seed, run in of.items()} for arm, of in report.runs.items()
    }
    best = replace(report, runs=runs, conclusion=replace(report.conclusion, weights="best"))
    second = [epochs[1].train_accuracy for epochs in report.histories[CONTROL].values()]
    shown = by_column(Page(build_page(best)).tables["published"])[0]["our train, %"]
    assert shown == f"{100 * sum(second) / len(second):.1f}"


def test_figures_that_the_table_of_arms_shows_have_no_table_of_their_own():
    assert "published" not in Page(build_page(make_report(steps=20))).tables


def test_markdown_has_the_claims_as_a_table_under_the_verdicts(report):
    text = build_markdown(report)
    assert text.index(report.conclusion.contrasts[-1].arm) < text.index("## Claims") < text.index("## Arms")
    assert "Of 5 claims 1 holds, 2 are contradicted, 2 are undecided. Claimed before any result" in text
    assert "| A rate of 0.003 is better | holds | +1.3 points | \\[+0.9, +1.7\\] |" in text
    assert "| published, % |" in text


def test_latex_has_a_table_of_claims_of_its_own(report):
    text = build_latex(report)
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2
    assert r"\label{tab:claims}" in text
    assert r"A rate of 0.003 is better" in text


def test_csv_has_published_figures_by_split(report):
    head, control, *_ = build_csv(report).splitlines()
    row = dict(zip(head.split(","), control.split(","), strict=True))
    assert (row["published"], row["published_train"], row["published_test"]) == ("", "0.883", "0.8605")


def test_the_claims_leave_as_files_too(report, tmp_path):
    write_figures(build_page(report), tmp_path, ["svg"])
    for ending in ("csv", "md", "tex"):
        assert "A rate of 0.01 diverges" in (tmp_path / f"claims.{ending}").read_text(encoding="utf-8")


@pytest.mark.parametrize("build", [build_page, build_markdown, build_latex])
def test_no_text_of_a_claim_becomes_markup(build):
    report = with_text(make_report(steps=20), NASTY)
    written = build(with_claims(report, NASTY + r" \input{x} $x$ | # _"))
    if build is build_page:
        page = Page(written)
        assert page.open == []
        assert "<script>alert(1)" not in written
        assert "<img src=x" not in written
        assert NASTY.split("long")[0].split("|")[0].strip() in page.text
    elif build is build_markdown:
        assert not re.search(r"(?<!\\)<script", written)
    else:
        assert r"\input" not in written
