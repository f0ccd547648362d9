import re

import pytest

from paribus import Study
from paribus.report import build_fragment

from .example import make_report, with_claims, with_text
from .reading import Page

NASTY = '</style></svg><script>alert(1)</script> "quoted" שלום 😀 ' + "long " * 40


@pytest.fixture(scope="module")
def html():
    return build_fragment(make_report())


def test_it_shows_what_was_concluded(html):
    report = make_report()
    page = Page(html)
    for contrast in report.conclusion.contrasts:
        assert contrast.sentence in page.text
    _, *rows = page.tables[None]
    assert [row[0] for row in rows] == [arm.name for arm in report.conclusion.arms]
    assert [row[1] for row in rows] == [f"{100 * arm.mean:.1f}" for arm in report.conclusion.arms]
    assert html.count("<svg") == 1


def test_claims_stand_under_the_verdicts_and_their_texts_are_no_markup():
    report = with_claims(make_report(), NASTY)
    html = build_fragment(report)
    page = Page(html)
    assert "Of 5 claims 1 holds, 2 are contradicted, 2 are undecided." in page.text
    for claim in report.conclusion.claims:
        assert claim.sentence in page.text
    assert "<script" not in html
    assert html.index(report.conclusion.claims[0].sentence[:20]) < html.index("<svg")


def test_it_is_small_and_brings_nothing_with_it(html):
    assert len(html) < 40_000
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="(?!#)', html)
    assert not re.findall(r"url\((?!#)", html)


def test_its_ink_is_the_notebooks(html):
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert "currentColor" in svg
    assert not re.search(r'<text[^>]* fill="(black|#000)', svg)


def test_two_charts_of_one_notebook_share_no_names():
    ids = [
        set(re.findall(r' id="([^"]+)"', build_fragment(make_report(gains, troubles=False))))
        for gains in ({"a": 0.0, "b": 0.1}, {"a": 0.0, "c": 0.0})
    ]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_every_name_that_is_used_is_there(html):
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(re.findall(r' id="([^"]+)"', html))


def test_no_text_of_a_user_becomes_markup():
    html = build_fragment(with_text(make_report(), NASTY))
    assert "<script" not in html
    assert html.count("</style>") == 1
    assert not Page(html).open


def test_a_result_shows_itself(tmp_path):
    study = Study(
        "Which rate?",
        control="optimizer.lr=0.01",
        seeds=2,
        run={"data": "digits", "net": "linear", "epochs": 1},
        factors={"optimizer.lr": [0.1, 0.01]},
        folder=tmp_path,
    )
    html = study.run()._repr_html_()
    assert html == study.result()._repr_html_()
    assert "optimizer.lr=0.1 against optimizer.lr=0.01" in Page(html).text
