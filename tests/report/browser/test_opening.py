import pytest

from paribus.report import build_page
from tests.report.example import make_report, with_text

pytestmark = pytest.mark.browser

SECTIONS = (
    "Arms",
    "What one seed would have said",
    "Learning curves",
    "Fine print",
    "Plan and provenance",
)
HOSTILE = {
    "markup": "</script><script>alert(1)</script><img src=x onerror=alert(2)> <!-- {{x}} ${y}",
    "quotes": "\"quoted\" 'and' `ticked` \\ & &amp; \u2028",
    "right to left": "\u202e שלום \u202c",
    "emoji": "\N{CAT FACE}\N{ZERO WIDTH JOINER}\N{ROCKET}" * 3,
    "long": "x" * 200,
}


def test_every_section_is_there_and_every_chart_is_drawn_and_nothing_is_asked_for(browser, page_file):
    headings = [heading.text for heading in browser.find_all("h2")]
    assert [heading for heading in headings if heading in SECTIONS] == list(SECTIONS)
    assert browser.draw_all() == len(browser.find_all(".chart svg.marks")) == 2 + 2 + 2 * 4
    assert browser.requests() == [page_file.as_uri()]


def test_what_is_far_from_the_screen_waits_until_somebody_comes(browser):
    browser.wait("CHARTS[0].view !== null")
    assert browser.ask("CHARTS.at(-1).view") is None
    browser.driver.execute_script("CHARTS.at(-1).box.scrollIntoView()")
    browser.wait("CHARTS.at(-1).view !== null")


def test_the_first_screen_holds_question_verdict_chart_and_cost(browser):
    shown = [browser.find(selector).rect for selector in ("h1", ".verdict", "figure .chart", ".cost")]
    assert [place["y"] for place in shown] == sorted(place["y"] for place in shown)
    assert shown[-1]["y"] + shown[-1]["height"] < 900


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_a_page_is_as_wide_as_the_screen_and_no_wider(chromium, page_file, width):
    chromium.open(page_file, width=width)
    chromium.draw_all()
    assert chromium.ask("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_users_text_is_shown_as_text_everywhere(chromium, tmp_path, kind):
    text = HOSTILE[kind]
    path = tmp_path / "report.html"
    path.write_text(build_page(with_text(make_report(steps=20), text)), encoding="utf-8")
    chromium.open(path, width=390)
    charts = chromium.draw_all()
    shown = chromium.ask("document.body.innerText")
    assert chromium.find("h1").text.split() == text.replace("\u2028", " ").split()
    assert shown.count(text[:20].strip()) > 20
    assert chromium.ask("[...document.querySelectorAll('svg.marks text')].map((t) => t.textContent).join('')")
    assert len(chromium.find_all(".chart svg.marks")) == charts
    assert chromium.ask("document.images.length") == 0
    assert chromium.ask("document.documentElement.scrollWidth") == 390
    assert chromium.messages() == []


def test_without_scripts_the_tables_are_plain_and_words_stand_for_charts(chromium, page_file):
    chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.open(page_file)
        assert not chromium.find_all("th button, .save")
        assert not chromium.find(".controls").is_displayed()
        assert not chromium.find(".slider").is_displayed()
        assert len(chromium.find_all("table.arms tbody tr")) == 4
        assert "The charts need scripts" in chromium.find("noscript p").text
    finally:
        chromium.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
