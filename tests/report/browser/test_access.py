"""Keyboard, screen reader, contrast, motion."""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from paribus.report import build_page
from tests.report.example import make_report, with_claims

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe():
    """axe-core, out of the package that carries it."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None, "needs axe-core; do: make setup"
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["light", "dark"])
def test_axe_finds_no_serious_fault(chromium, tmp_path, axe, width, dark):
    path = tmp_path / "report.html"
    path.write_text(build_page(with_claims(make_report(steps=20))), encoding="utf-8")
    chromium.open(path, width=width, dark=dark)
    chromium.draw_all()  # unfolds everything too
    chromium.driver.execute_script("document.querySelectorAll('.save').forEach((menu) => (menu.open = true))")
    chromium.driver.execute_script(axe)
    found = chromium.driver.execute_async_script(
        "const done = arguments[1]; axe.run(document, { runOnly: arguments[0] }).then(done)", RULES
    )
    assert len(found["passes"]) > 20
    faults = [
        f"{fault['impact']}: {fault['id']}: {node['html'][:200]}: {node['failureSummary'][:300]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
        if fault["impact"] in {"serious", "critical"}
    ]
    assert faults == []


def test_the_first_stop_of_the_keyboard_skips_to_the_table(browser):
    browser.find("body").send_keys(Keys.TAB)
    first = browser.driver.switch_to.active_element
    assert first.text == "Skip to the table of arms"
    assert first.rect["x"] >= 0
    first.send_keys(Keys.ENTER)
    browser.wait("location.hash === '#arms'")


def test_the_keyboard_goes_through_the_page_in_its_order_and_focus_is_seen(browser):
    tops, unseen = [], []
    for _ in range(60):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        place, outline, text = browser.ask(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            "return [e.getBoundingClientRect().top + scrollY, s.outlineStyle, e.outerHTML.slice(0, 80)]; })()"
        )
        tops.append(place)
        if outline == "none":
            unseen.append(text)
    assert unseen == []
    jumps = [b - a for a, b in pairwise(tops[1:]) if b < a - 40]
    assert len(jumps) <= 3  # from the end of one column to the top of the next


def test_what_can_be_pressed_has_a_name(browser):
    nameless = browser.ask(
        "[...document.querySelectorAll('button, summary, input, a')]"
        ".filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length))"
        ".map((e) => e.outerHTML.slice(0, 100))"
    )
    assert nameless == []


def test_a_drawn_chart_still_says_in_words_what_it_shows(browser):
    browser.draw_all()
    boxes = browser.find_all(".chart")
    assert {box.get_attribute("role") for box in boxes} == {"img"}
    said = [box.get_attribute("aria-label") for box in boxes]
    assert said[0].startswith("optimizer.lr=0.003: +1.")
    assert said[1].startswith("Seeds that alone would have misled.")
    assert said[2].startswith("Validation accuracy by epoch. optimizer.lr=0.001 ends at")
    assert all(said)


def test_nothing_moves(browser):
    moving = browser.ask(
        "[...document.querySelectorAll('*')].filter((e) => { const s = getComputedStyle(e);"
        "return s.animationName !== 'none' || parseFloat(s.transitionDuration) > 0"
        "|| s.scrollBehavior === 'smooth'; }).length"
    )
    assert moving == 0


def test_after_a_change_to_the_dark_page_a_chart_has_the_new_ink_without_being_drawn_again(browser):
    browser.wait("document.querySelector('svg.marks text')")
    ink = "getComputedStyle(document.querySelector('svg.marks text')).fill"
    light = browser.ask(ink)
    browser.emulate(dark=True)
    assert browser.ask(ink) != light
