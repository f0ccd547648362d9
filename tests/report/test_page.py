import re
from dataclasses import replace

import pytest
import vl_convert

from paribus.report import build_page
from paribus.report.numerals import MINUS
from paribus.store import LookRecord

from .example import CONTROL, make_report, with_text
from .reading import Page

NASTY = (
    "<script>alert(1)</script><img src=x> \"quoted\" 'and' & ]]> <!-- שלום \u2028 | `x` 😀 ${html} $$ {{x}} "
    + "long " * 40
)
WORDS = ("better", "worse", "equivalent", "undecided")


@pytest.fixture(scope="module")
def report():
    return make_report()


@pytest.fixture(scope="module")
def page(report):
    return Page(build_page(report))


def shown(share):
    return f"{100 * share:.1f}".replace("-", MINUS)


def test_the_table_of_arms_shows_what_was_concluded(report, page):
    head, *rows = page.tables["arms"]
    assert len(rows) == len(report.conclusion.arms) == 4
    for arm, row in zip(report.conclusion.arms, rows, strict=True):
        cells = dict(zip(head, row, strict=True))
        assert cells["arm"] == arm.name
        assert cells["accuracy, %"] == shown(arm.mean)
        assert cells["95 % interval"] == f"[{shown(arm.low)}, {shown(arm.high)}]"
        assert cells["parameters"] == "124,180"
        assert cells["published, %"] == ("86.05" if arm.name == CONTROL else "")


def test_the_list_of_sections_leads_to_each_of_them_in_its_order(report):
    text = build_page(report)
    listed = re.search(r'<nav class="contents" aria-label="Sections">(.*?)</nav>', text)[1]
    links = re.findall(r'<a href="#(.*?)">(.*?)</a>', listed)
    assert links == re.findall(r'<h2 id="(.*?)">(.*?)</h2>', text)
    assert [title for _, title in links][:2] == ["Arms", "What one seed would have said"]
    assert text.count('<nav class="contents"') == 1


def test_the_table_of_arms_shows_each_difference_with_its_interval_and_word(report, page):
    head, _, *rows = page.tables["arms"]
    for contrast, row in zip(report.conclusion.contrasts, rows, strict=True):
        cells = dict(zip(head, row, strict=True))
        figures = [contrast.difference, contrast.low, contrast.high]
        given = [
            float(x.replace(MINUS, "-"))
            for x in re.findall(rf"[+{MINUS}]?[\d.]+", cells["minus control"] + cells["interval, points"])
        ]
        assert given == pytest.approx([100 * f for f in figures], abs=0.0501)
        assert cells["verdict"] == (contrast.word or "1 of 8 diverged")
    assert {contrast.word for contrast in report.conclusion.contrasts} == {"better", "equivalent", None}


def test_every_seed_has_its_value_or_its_state(report, page):
    _, *rows = page.tables["seeds"]
    for arm, (name, *cells) in zip(report.conclusion.arms, rows, strict=True):
        assert name == arm.name
        assert cells == [
            arm.states[seed] if score is None else shown(score) for seed, score in arm.scores.items()
        ]
    assert "diverged" in rows[3]
    assert "failed" in rows[2]


def test_every_number_of_a_sentence_leads_to_a_row_that_exists(report):
    html = build_page(report)
    links = re.findall(r'<a href="#(arm-\d+)">([^<]+)</a>', html)
    assert len(links) == 3 + 3 + 6  # difference, interval, seeds; runs diverged of runs, twice, for the last
    assert {place for place, _ in links} <= set(Page(html).ids)


def test_a_name_that_holds_a_number_is_no_link(report):
    assert re.search(r"<a [^>]*>0\.00", build_page(report)) is None


def test_nothing_is_fetched(report):
    html = build_page(report)
    page = Page(html)
    assert page.loads == ["data:,"]
    assert all(link.startswith("#") for link in page.links)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in html  # and the browser would refuse


def test_no_text_of_a_user_becomes_markup():
    plain, nasty = build_page(make_report()), build_page(with_text(make_report(), NASTY))
    page = Page(nasty)
    assert "alert(1)" in page.text
    assert len(page.specs) == len(Page(plain).specs) > 0
    for tag in ("script", "img"):
        assert nasty.count(f"<{tag}") == plain.count(f"<{tag}")
    assert "<!-- שלום" not in nasty
    assert not page.open


def test_a_users_text_stands_in_the_charts_as_it_is():
    page = Page(build_page(with_text(make_report(), NASTY)))
    names = [row["name"] for row in page.specs[0]["datasets"]["rows"]]
    assert names == [f"{k} {NASTY}" for k in (1, 2, 3)]


@pytest.mark.parametrize("seeds", [2, 3, 4])
def test_under_five_seeds_no_verdict_word_appears(seeds):
    html = build_page(make_report(seeds=seeds, troubles=False))
    page = Page(html)
    told = (page.text + " ".join(page.labels) + str(page.specs)).lower()
    assert not [word for word in WORDS if word in told]


def test_from_five_seeds_the_words_are_explained(page):
    assert all(word in page.text.lower() for word in WORDS)


def test_the_same_input_gives_the_same_bytes(report):
    assert build_page(report) == build_page(make_report())


def test_no_two_charts_of_a_page_have_one_name(page):
    assert len(page.names) == len(page.specs) > 3
    assert len(set(page.names)) == len(page.names)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in page.names)


def test_every_chart_compiles(page):
    assert len(page.specs) == 1 + 1 + 2 + 2 * 4
    for spec in page.specs:
        assert vl_convert.vegalite_to_vega(spec)["marks"]


def test_every_chart_is_told_in_words(report, page):
    html = build_page(report)
    charts = re.findall(r'<div class="chart" role="img" aria-label="([^"]+)"', html)
    assert len(charts) == len(page.specs)
    assert "optimizer.lr=0.003: +1." in charts[0]


def test_tables_have_scopes_and_the_first_link_skips_to_them(page):
    html = build_page(make_report())
    assert len(re.findall(r"<th(?![^>]*scope=)[ >]", html)) == 0
    assert page.links[0] == "#arms"
    assert "arms" in page.ids
    assert len(page.ids) == len(set(page.ids))


def test_ten_arms_of_five_seeds_stay_under_three_megabytes():
    report = make_report({f"arm {k}": 0.002 * k for k in range(10)}, seeds=5, epochs=20, steps=300)
    assert len(build_page(report).encode()) < 3_000_000


def test_a_study_that_has_not_begun_still_makes_a_page():
    report = make_report(troubles=False)
    empty = tuple(
        replace(
            arm,
            scores=dict.fromkeys(arm.scores),
            states=dict.fromkeys(arm.states, "planned"),
            mean=None,
            low=None,
            high=None,
            seconds=None,
            parameters=None,
        )
        for arm in report.conclusion.arms
    )
    nothing = dict.fromkeys(
        (
            "difference",
            "low",
            "high",
            "level",
            "pointwise_low",
            "pointwise_high",
            "p",
            "p_signflip",
            "word",
            "detectable",
            "seeds_needed",
            "correlation",
        )
    )
    contrasts = tuple(
        replace(c, pairs=0, other_way={}, sentence="No pairs yet.", **nothing)
        for c in report.conclusion.contrasts
    )
    conclusion = replace(report.conclusion, arms=empty, contrasts=contrasts)
    page = Page(build_page(replace(report, conclusion=conclusion, runs={}, histories={})))
    assert page.tables["seeds"][1][1:] == ["planned"] * 8
    for spec in page.specs:
        vl_convert.vegalite_to_vega(spec)


def test_each_look_at_the_test_set_is_on_record():
    report = make_report()
    looks = (LookRecord(1_780_000_000.0, "ann <b>", "3f9a1c72b0de44aa", "rates <i>"),)
    page = Page(build_page(replace(report, conclusion=replace(report.conclusion, split="test", looks=looks))))
    assert "28 May 2026, 20:26 UTC, by  ann <b> , for  rates <i> , revision 3f9a1c72b0de" in page.text


def test_runs_that_did_not_finish_are_listed_with_their_reason(page):
    assert re.search(r"seed 7 diverged:\s+loss was NaN at step 3 of epoch 2", page.text)
    assert "the worker was killed" in page.text
    assert "KilledError" in page.text


def test_the_page_holds_what_it_takes_to_do_it_again(report, page):
    assert report.command in page.text
    assert report.study_toml in page.text
    _, *runs = page.tables["runs"]
    assert len(runs) == 32
    assert runs[0][6] == report.runs[CONTROL][0].fingerprint
    assert report.runs[CONTROL][0].artifacts["last.safetensors"] in runs[0][7]


def test_an_arm_far_off_is_a_triangle_at_the_edge_and_leaves_the_scale_to_the_others():
    report = make_report({"a": 0.0, "b": 0.004, "c": -0.6}, troubles=False)
    near, far = Page(build_page(report)).specs[0]["datasets"]["rows"]
    assert (near["_off"], far["_off"]) == (False, True)
    assert -2 < far["_edge"] < 0


def test_one_arm_alone_makes_a_page_without_a_comparison():
    page = Page(build_page(make_report({"only": 0.0}, troubles=False)))
    assert "there is nothing to compare it with" in page.text
    assert len(page.tables["arms"]) == 2
    assert "tests" not in page.tables


def test_of_many_verdicts_the_first_stand_open_and_the_rest_are_counted():
    report = make_report({f"arm {k}": -0.02 * k for k in range(9)}, troubles=False)
    html = build_page(report)
    assert "<summary>5 more: 5 worse</summary>" in html
    before, _, folded = html.partition("<summary>5 more")
    assert before.count('<p class="verdict"') == 3
    assert folded.partition("</details>")[0].count('<p class="verdict"') == 5
